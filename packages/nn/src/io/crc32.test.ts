import { describe, expect, it } from "vitest";
import { crc32 } from "./crc32.js";

describe("crc32", () => {
  const check = new TextEncoder().encode("123456789");

  it("has the standard's check value", () => {
    expect(crc32(check)).toBe(0xcb_f4_39_26);
    expect(crc32(new Uint8Array())).toBe(0);
  });

  it("goes on from what came before", () => {
    expect(crc32(check.subarray(4), crc32(check.subarray(0, 4)))).toBe(0xcb_f4_39_26);
  });
});
