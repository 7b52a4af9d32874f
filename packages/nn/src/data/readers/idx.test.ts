import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readIdx, readIdxImages, readIdxLabels } from "./idx.js";

/** An IDX file by hand: type, sizes, payload. */
function idx(type: number, sizes: readonly number[], payload: readonly number[]): Uint8Array {
  const header = sizes.flatMap((size) => [size >>> 24, (size >>> 16) & 255, (size >>> 8) & 255, size & 255]);
  return Uint8Array.from([0, 0, type, sizes.length, ...header, ...payload]);
}

describe("readIdx", () => {
  it("reads every type, big-endian", () => {
    expect(readIdx(idx(8, [3], [0, 128, 255]))).toEqual({ data: Uint8Array.of(0, 128, 255), shape: [3] });
    expect(readIdx(idx(9, [2], [1, 255])).data).toEqual(Int8Array.of(1, -1));
    expect(readIdx(idx(11, [2], [1, 2, 255, 254])).data).toEqual(Int16Array.of(258, -2));
    expect(readIdx(idx(12, [1], [0, 1, 0, 2])).data).toEqual(Int32Array.of(65538));
    // 0x3fc00000 is 1.5 in float32, 0xc004000000000000 is -2.5 in float64.
    expect(readIdx(idx(13, [1], [0x3f, 0xc0, 0, 0])).data).toEqual(Float32Array.of(1.5));
    expect(readIdx(idx(14, [1], [0xc0, 0x04, 0, 0, 0, 0, 0, 0])).data).toEqual(Float64Array.of(-2.5));
  });

  it("reads from the middle of a buffer and lets go of it", () => {
    const file = idx(8, [2, 2], [1, 2, 3, 4]);
    const padded = new Uint8Array(file.length + 7);
    padded.set(file, 5);
    const { data, shape } = readIdx(padded.subarray(5, 5 + file.length));
    padded.fill(9);
    expect([data, shape]).toEqual([Uint8Array.of(1, 2, 3, 4), [2, 2]]);
  });

  it("gives back any bytes with any shape", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 }), (shape) => {
        const count = shape.reduce((a, b) => a * b, 1);
        const payload = Array.from({ length: count }, (_, i) => (i * 7) & 255);
        expect(readIdx(idx(8, shape, payload))).toEqual({ data: Uint8Array.from(payload), shape });
      }),
    );
  });

  it("adds the channel that images of one channel leave out", () => {
    expect(readIdxImages(idx(8, [2, 1, 2], [1, 2, 3, 4])).shape).toEqual([2, 1, 1, 2]);
    expect(readIdxImages(idx(8, [1, 3, 1, 1], [1, 2, 3])).shape).toEqual([1, 3, 1, 1]);
    expect(readIdxLabels(idx(8, [2], [7, 9]))).toEqual({ data: Uint8Array.of(7, 9), shape: [2] });
  });

  it("finds the channels of colour pictures, first or last", () => {
    // Two pictures of 2x4 with three channels; value 100·picture + 10·channel + pixel.
    const value = (picture: number, channel: number, pixel: number) => 100 * picture + 10 * channel + pixel;
    const each = (
      sizes: readonly [number, number, number],
      take: (i: number, j: number, k: number) => number,
    ) =>
      [...Array(sizes[0]).keys()].flatMap((i) =>
        [...Array(sizes[1]).keys()].flatMap((j) => [...Array(sizes[2]).keys()].map((k) => take(i, j, k))),
      );
    const first = each([2, 3, 8], value);
    const last = each([2, 8, 3], (picture, pixel, channel) => value(picture, channel, pixel));
    const expected = { data: Uint8Array.from(first), shape: [2, 3, 2, 4] };
    expect(readIdxImages(idx(8, [2, 3, 2, 4], first))).toEqual(expected);
    expect(readIdxImages(idx(8, [2, 2, 4, 3], last))).toEqual(expected);
  });

  it.each([
    [
      [1, 28, 28, 1],
      [1, 1, 28, 28],
    ],
    [
      [1, 1, 28, 28],
      [1, 1, 28, 28],
    ],
    [
      [1, 1, 28, 1],
      [1, 1, 28, 1],
    ],
    [
      [1, 5, 7, 4],
      [1, 4, 5, 7],
    ],
    [
      [1, 2, 5, 7],
      [1, 2, 5, 7],
    ],
    [
      [1, 4, 5, 3],
      [1, 3, 4, 5],
    ],
    [
      [1, 13, 6, 6],
      [1, 13, 6, 6],
    ],
    [
      [1, 6, 6, 13],
      [1, 13, 6, 6],
    ],
  ])("takes images of shape %j for %j", (shape, expected) => {
    const payload = new Array<number>(shape.reduce((a, b) => a * b)).fill(0);
    expect(readIdxImages(idx(8, shape, payload)).shape).toEqual(expected);
  });

  it.each([[[1, 3, 5, 3]], [[1, 1, 28, 3]], [[1, 8, 8, 8]], [[1, 8, 9, 10]], [[1, 2, 5, 4]]])(
    "does not guess which of %j are the channels",
    (shape) => {
      const payload = new Array<number>(shape.reduce((a, b) => a * b)).fill(0);
      expect(() => readIdxImages(idx(8, shape, payload), "x")).toThrow(
        `x: shape [${shape.join(", ")}] does not tell whether the channels come first or last; write grey pictures as [n, height, width], or read the values with readIdx and say the shape.`,
      );
    },
  );

  it("refuses what is not whole, in one sentence", () => {
    expect(() => readIdx(new Uint8Array(0), "a.idx")).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: a.idx: is not an IDX file; expected it to begin with 00 00, a type (08 to 0e) and a rank, got nothing.]`,
    );
    expect(() => readIdx(Uint8Array.of(0x89, 0x50, 0x4e, 0x47), "a.idx")).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: a.idx: is not an IDX file; expected it to begin with 00 00, a type (08 to 0e) and a rank, got 89 50 4e 47.]`,
    );
    expect(() => readIdx(Uint8Array.of(0, 0, 8, 3, 0, 0), "a.idx")).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: a.idx: ends inside its IDX header of 16 bytes.]`,
    );
    expect(() => readIdx(idx(8, [60000, 28, 28], [1, 2]), "a.idx")).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: a.idx: its header claims shape [60000, 28, 28], which takes 47040016 bytes, but the file has 18; it is damaged or cut short.]`,
    );
    expect(() =>
      readIdx(idx(8, [2 ** 32 - 1, 2 ** 32 - 1, 255], []), "a.idx"),
    ).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: a.idx: its header claims shape [4294967295, 4294967295, 255], which takes 4.7039197366055023e+21 bytes, but the file has 16; it is damaged or cut short.]`,
    );
    expect(() => readIdx(idx(8, [1], [1, 2]), "a.idx")).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: a.idx: its header claims shape [1], which takes 9 bytes, but the file has 10; it is damaged or cut short.]`,
    );
    expect(() => readIdxImages(idx(8, [4], [1, 2, 3, 4]), "images")).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: images: expected images of bytes with shape [n, height, width], got uint8 of shape [4].]`,
    );
    expect(() => readIdxLabels(idx(9, [2], [1, 2]), "labels")).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: labels: expected labels of bytes with shape [n], got int8 of shape [2].]`,
    );
  });
});
