import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { FormatError } from "../errors.js";
import { unpack } from "./unpack.js";

const MB = 0x10_0000;

const packed = gzipSync(new Uint8Array(20 * MB));

/** The packed zeros in pieces, and whether whoever reads them was told to stop. */
function zeros(length: number) {
  const state = { closed: false };
  const pieces = (function* () {
    try {
      for (let at = 0; at < packed.length; at += length)
        yield new Uint8Array(packed.subarray(at, at + length));
    } finally {
      state.closed = true;
    }
  })();
  return { pieces, state };
}

const tooLarge = () => new FormatError("gzip-too-large", "too large");
const how = { format: "gzip" as const, damaged: () => new FormatError("gzip-damaged", "damaged"), tooLarge };

it("stops a reader that is slower than what unpacks, without a late piece that ends the process", async () => {
  // An error outside of any promise is counted by the runner: half of such runs had one when the stream was cancelled.
  const read = async (most: number) => {
    for await (const _ of unpack(zeros(packed.length).pieces, { ...how, most: () => most }))
      await new Promise((resolve) => setTimeout(resolve, 0));
  };
  for (let round = 1; round <= 5; round++) {
    const reads = [1, 2, 3, 4].map((k) => expect(read(k * round * 100_000)).rejects.toThrow("too large"));
    await Promise.all(reads);
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
});

it("closes the file when the reader has enough", async () => {
  const { pieces, state } = zeros(1024);
  for await (const piece of unpack(pieces, { ...how, most: () => 40 * MB })) {
    expect(piece.length).toBeGreaterThan(0);
    break;
  }
  expect(state.closed).toBe(true);
});
