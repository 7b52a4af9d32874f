import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { gunzip } from "./gzip.js";
import { idxBytes } from "./idx.js";

const text = new TextEncoder().encode("the quick brown fox ".repeat(5000));

describe("gunzip", () => {
  it("unpacks gzip and leaves other bytes alone", async () => {
    expect(await gunzip(gzipSync(text))).toEqual(text);
    expect(await gunzip(text)).toBe(text);
    expect(await gunzip(new Uint8Array(0))).toEqual(new Uint8Array(0));
  });

  it("refuses a stream that was cut short or changed", async () => {
    const packed = new Uint8Array(gzipSync(text));
    await expect(gunzip(packed.subarray(0, 100), "a.gz")).rejects.toThrowErrorMatchingInlineSnapshot(
      `[FormatError: a.gz: the gzip stream ends too early or is damaged; fetch the file again.]`,
    );
    await expect(gunzip(packed.subarray(0, -3), "a.gz")).rejects.toThrowErrorMatchingInlineSnapshot(
      `[FormatError: a.gz: the gzip stream ends too early or is damaged; fetch the file again.]`,
    );
    const changed = packed.slice();
    changed[changed.length - 6]! ^= 1; // the checksum
    await expect(gunzip(changed, "a.gz")).rejects.toMatchObject({
      code: "gzip-damaged",
      name: "FormatError",
    });
  });

  it("stops at what was claimed, and at 256 times the file", async () => {
    const zeros = Buffer.concat(new Array<Buffer>(65).fill(gzipSync(new Uint8Array(0x10_0000))));
    expect(zeros.length).toBeLessThan(100_000);
    await expect(gunzip(zeros, "a.gz")).rejects.toThrowErrorMatchingInlineSnapshot(
      `[FormatError: a.gz: unpacks to more than the 67108864 bytes that are to be expected; if it is sound, unpack it first (gunzip).]`,
    );
    await expect(gunzip(gzipSync(text), "a.gz", text.length - 1)).rejects.toMatchObject({
      code: "gzip-too-large",
    });
    expect(await gunzip(gzipSync(text), "a.gz", text.length)).toEqual(text);
  });

  it("takes from an IDX header how much there can be", async () => {
    const idx = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, ...[1, 2, 3, 4, 5, 6]);
    expect(idxBytes(idx)).toBe(18);
    expect(await gunzip(gzipSync(idx), "a.gz", idxBytes)).toEqual(idx);
    const bomb = new Uint8Array(0x10_0000);
    bomb.set(idx);
    await expect(gunzip(gzipSync(bomb), "a.gz", idxBytes)).rejects.toThrow("more than the 18 bytes");
    // What does not begin as IDX does is for the reader to refuse.
    expect(await gunzip(gzipSync(text), "a.gz", idxBytes)).toEqual(text);
  });
});
