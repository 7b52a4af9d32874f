import { describe, expect, it } from "vitest";
import { philox4x32 } from "../src/random/philox.js";

describe("philox4x32", () => {
  it("gives the known answers of Random123, the authors' own library (kat_vectors, philox4x32 10)", () => {
    const ones = 0xffffffff;
    expect(philox4x32([0, 0, 0, 0], [0, 0])).toEqual(
      Uint32Array.of(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8),
    );
    expect(philox4x32([ones, ones, ones, ones], [ones, ones])).toEqual(
      Uint32Array.of(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd),
    );
    // The digits of π.
    expect(philox4x32([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0])).toEqual(
      Uint32Array.of(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1),
    );
  });

  it("writes where it is told to", () => {
    const out = new Uint32Array(4);
    expect(philox4x32([1, 2, 3, 4], [5, 6], out)).toBe(out);
    expect(out).toEqual(philox4x32([1, 2, 3, 4], [5, 6]));
  });
});
