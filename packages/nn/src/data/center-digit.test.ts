import { describe, expect, it } from "vitest";
import { centerDigit } from "./center-digit.js";
import { syntheticDigits } from "./sources/digits.js";

describe("centerDigit", () => {
  it("leaves a picture alone that is MNIST's already", () => {
    const { inputs } = syntheticDigits({ samples: 60, seed: 3 });
    for (let i = 0; i < 60; i++) {
      const image = inputs.data.slice(i * 784, (i + 1) * 784);
      const strongest = Math.max(...image);
      const expected = image.map((value) => Math.floor((value * 255) / strongest + 0.5));
      expect(centerDigit(image, 28, 28)).toEqual(expected);
    }
  });

  it("gives the same for a picture moved and enlarged by a whole factor", () => {
    const draw = (factor: number, left: number, top: number) => {
      const side = 60 * factor;
      const ink = new Float64Array(side * side);
      for (let y = 0; y < 20 * factor; y++) {
        for (let x = 0; x < 12 * factor; x++) ink[(y + top) * side + x + left] = 1;
      }
      return centerDigit(ink, side, side);
    };
    const first = draw(1, 3, 5);
    expect(draw(1, 30, 35)).toEqual(first);
    expect(draw(4, 17, 40).filter((value) => value === 255).length).toBeGreaterThanOrEqual(18 * 10);
    expect(first.filter((value) => value === 255)).toHaveLength(240);
  });

  it("accepts one pixel", () => {
    const ink = new Uint8Array(100);
    ink[37] = 1;
    expect(Math.max(...centerDigit(ink, 10, 10))).toBe(255);
  });

  it("refuses an empty picture", () => {
    expect(() => centerDigit(new Uint8Array(100), 10, 10, "pad")).toThrowErrorMatchingInlineSnapshot(
      `[DataError: pad: shows no digit; every pixel has the colour of the paper.]`,
    );
  });
});
