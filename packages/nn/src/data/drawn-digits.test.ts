import { describe, expect, it } from "vitest";
import { syntheticDigits } from "../index.js";
import { areDrawnDigits } from "./drawn-digits.js";

const SIDE = 28;
/** So many pictures of 28x28, in a grey value for each pixel. */
const pictures = (count: number, ink: (i: number, x: number, y: number) => number) => ({
  data: Uint8Array.from({ length: count * SIDE * SIDE }, (_, at) =>
    ink(Math.floor(at / SIDE / SIDE), at % SIDE, Math.floor(at / SIDE) % SIDE),
  ),
  shape: [count, 1, SIDE, SIDE],
});
/** A bar of 8x20 whose middle is the picture's, moved. */
const bar = (dx: number) => (_: number, x: number, y: number) =>
  x >= 10 + dx && x < 18 + dx && y >= 4 && y < 24 ? 200 : 0;

describe("areDrawnDigits", () => {
  it("knows digits that are drawn as MNIST's are", () => {
    expect(areDrawnDigits(syntheticDigits({ samples: 200, seed: 1 }).inputs)).toBe(true);
    expect(areDrawnDigits(pictures(3, bar(0)))).toBe(true);
  });

  it("tells them from pictures that fill their frame, lie beside the middle, or are dark on light", () => {
    expect(areDrawnDigits(pictures(3, (i, x, y) => (x * 7 + y * 3 + i) % 256))).toBe(false);
    expect(areDrawnDigits(pictures(3, bar(3)))).toBe(false);
    expect(areDrawnDigits(pictures(3, (i, x, y) => 255 - bar(0)(i, x, y)))).toBe(false);
    expect(areDrawnDigits(pictures(3, () => 0))).toBe(false);
    // One in five is no exception.
    expect(areDrawnDigits(pictures(10, (i, x, y) => bar(i % 5 === 0 ? 4 : 0)(i, x, y)))).toBe(false);
    expect(areDrawnDigits(pictures(40, (i, x, y) => bar(i === 7 ? 4 : 0)(i, x, y)))).toBe(true);
  });

  it("looks at grey ones of that size alone", () => {
    const { data } = syntheticDigits({ samples: 4, seed: 1 }).inputs;
    expect(areDrawnDigits({ data, shape: [1, 4, SIDE, SIDE] })).toBe(false);
    expect(areDrawnDigits({ data, shape: [4, SIDE * SIDE] })).toBe(false);
    expect(areDrawnDigits({ data, shape: [4, 1, 14, 56] })).toBe(false);
  });
});
