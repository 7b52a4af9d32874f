import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { gunzip } from "./gzip.js";

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
});
