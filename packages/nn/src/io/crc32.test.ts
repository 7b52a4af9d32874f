import { describe, expect, it } from "vitest";
import { crc32 } from "./crc32.js";

describe("crc32", () => {
  const check = new TextEncoder().encode("123456789");

  it("has the standard's check value", () => {
    expect(crc32(check)).toBe(0xcb_f4_39_26);
    expect(crc32(new Uint8Array())).toBe(0);
  });

  it("is the remainder of the whole, however many bytes there are", () => {
    const bytes = Uint8Array.from({ length: 70 }, (_, i) => i * 89 + 255);
    for (let length = 0; length <= bytes.length; length++) {
      let expected = ~7;
      for (const byte of bytes.subarray(0, length)) {
        expected ^= byte;
        for (let bit = 0; bit < 8; bit++) expected = (expected >>> 1) ^ (expected & 1 ? 0xed_b8_83_20 : 0);
      }
      expect(crc32(bytes.subarray(0, length), 7)).toBe(~expected >>> 0);
    }
  });

  it("goes on from what came before", () => {
    expect(crc32(check.subarray(4), crc32(check.subarray(0, 4)))).toBe(0xcb_f4_39_26);
  });
});
