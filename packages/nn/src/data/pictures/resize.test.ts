import { describe, expect, it } from "vitest";
import type { Picture } from "./picture.js";
import { planes, resize } from "./resize.js";

/** A picture of grey values, one row after the other. */
const grey = (rows: readonly (readonly number[])[]): Picture => ({
  height: rows.length,
  width: rows[0]!.length,
  rgb: Uint8Array.from(rows.flat().flatMap((v) => [v, v, v])),
});
const rowsOf = ({ width, height, rgb }: Picture) =>
  Array.from({ length: height }, (_, y) => Array.from({ length: width }, (_, x) => rgb[3 * (y * width + x)]));

describe("resize", () => {
  it("takes the mean of what a pixel covers when a side shrinks", () => {
    const picture = grey([
      [0, 100, 10, 30],
      [200, 100, 50, 70],
    ]);
    expect(rowsOf(resize(picture, 1, 2))).toEqual([[100, 40]]); // (0 + 100 + 200 + 100) / 4, (10 + 30 + 50 + 70) / 4
    // Two thirds: a pixel has the whole of one and half of the next. (90 + 30/2) / 1.5, (30/2 + 240) / 1.5
    expect(rowsOf(resize(grey([[90, 30, 240]]), 1, 2))).toEqual([[70, 170]]);
  });

  it("goes straight from middle to middle when a side grows", () => {
    // Middles of the four at -1/4, 1/4, 3/4, 5/4 of the two.
    expect(rowsOf(resize(grey([[0, 100]]), 1, 4))).toEqual([[0, 25, 75, 100]]);
    expect(rowsOf(resize(grey([[8], [200]]), 3, 1))).toEqual([[8], [104], [200]]);
    expect(rowsOf(resize(grey([[7]]), 2, 3))).toEqual([
      [7, 7, 7],
      [7, 7, 7],
    ]);
  });

  it("may shrink one side and let the other grow", () => {
    expect(
      rowsOf(
        resize(
          grey([
            [0, 100],
            [50, 250],
          ]),
          1,
          4,
        ),
      ),
    ).toEqual([[25, 63, 138, 175]]); // 25 and 175: 62.5, 137.5
  });

  it.each([
    [37, 53, 32, 32],
    [5, 7, 32, 31],
    [100, 3, 13, 17],
    [1, 1, 5, 5],
  ])("leaves one colour as it is, from %ix%i to %ix%i", (height, width, to, by) => {
    const rgb = Uint8Array.from({ length: 3 * height * width }, (_, i) => [255, 1, 99][i % 3]!);
    const small = resize({ height, width, rgb }, to, by);
    expect(small.rgb).toEqual(Uint8Array.from({ length: 3 * to * by }, (_, i) => [255, 1, 99][i % 3]!));
  });

  it("agrees with sums over the areas in another order, to the rounding", () => {
    const [height, width, to, by] = [29, 41, 11, 6];
    const picture = {
      height,
      width,
      rgb: Uint8Array.from({ length: 3 * height * width }, (_, i) => (i * i * 31) & 255),
    };
    const small = resize(picture, to, by);
    const share = (source: number, target: number, i: number, k: number) =>
      Math.max(0, Math.min(((i + 1) * source) / target, k + 1) - Math.max((i * source) / target, k));
    for (let row = 0; row < to; row++)
      for (let column = 0; column < by; column++)
        for (let c = 0; c < 3; c++) {
          let sum = 0;
          for (let x = 0; x < width; x++)
            for (let y = 0; y < height; y++)
              sum +=
                share(height, to, row, y) *
                share(width, by, column, x) *
                picture.rgb[3 * (y * width + x) + c]!;
          const mean = sum / ((height / to) * (width / by));
          expect(Math.abs(small.rgb[3 * (row * by + column) + c]! - mean)).toBeLessThanOrEqual(0.5 + 1e-9);
        }
  });
});

describe("planes", () => {
  const rgb = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30);
  it("parts the colours", () => {
    expect(Array.from(planes({ width: 2, height: 2, rgb }, 3))).toEqual([
      255, 0, 0, 10, 0, 255, 0, 20, 0, 0, 255, 30,
    ]);
  });
  it("weighs them for grey", () => {
    // 0.299·255 = 76.245, 0.587·255 = 149.685, 0.114·255 = 29.07, 2.99 + 11.74 + 3.42 = 18.15
    expect(Array.from(planes({ width: 2, height: 2, rgb }, 1))).toEqual([76, 150, 29, 18]);
    expect(Array.from(planes({ width: 1, height: 1, rgb: Uint8Array.of(77, 77, 77) }, 1))).toEqual([77]);
  });
});
