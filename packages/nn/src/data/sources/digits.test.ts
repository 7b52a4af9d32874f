import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { syntheticDigits } from "./digits.js";

const hash = (bytes: Uint8Array | Float32Array) => createHash("sha256").update(bytes).digest("hex");

describe("syntheticDigits", () => {
  const digits = syntheticDigits({ samples: 2000, seed: 5 });
  const pixels = digits.inputs.data as Uint8Array;
  const images = Array.from({ length: 2000 }, (_, i) => pixels.subarray(i * 784, (i + 1) * 784));

  it("is a data set of byte images", () => {
    expect(digits.inputs.shape).toEqual([2000, 1, 28, 28]);
    expect(digits.inputs.data).toBeInstanceOf(Uint8Array);
    expect(digits.labels.data).toBeInstanceOf(Uint8Array);
    expect(digits.classNames).toHaveLength(10);
    expect(digits.scaling).toEqual({ kind: "divide", by: 255 });
  });

  it("gives the same bits for the same seed, and others for another", () => {
    const again = syntheticDigits({ samples: 2000, seed: 5 });
    expect(hash(again.inputs.data)).toBe(hash(digits.inputs.data));
    expect(again.labels.data).toEqual(digits.labels.data);
    const others = [6, 5 + 2 ** 32].map((seed) => hash(syntheticDigits({ samples: 50, seed }).inputs.data));
    expect(new Set([hash(digits.inputs.data.subarray(0, 50 * 784)), ...others]).size).toBe(3);
  });

  it("draws sample i alike wherever the set begins", () => {
    for (const start of [1, 777, 1999]) {
      const part = syntheticDigits({ samples: 2000 - start, seed: 5, start });
      expect(hash(part.inputs.data)).toBe(hash(digits.inputs.data.subarray(start * 784)));
      expect(part.labels.data).toEqual(digits.labels.data.subarray(start));
    }
    syntheticDigits({ samples: 1, seed: 5, start: 2 ** 40 });
  });

  it("draws every digit about equally often", () => {
    const counts = new Array<number>(10).fill(0);
    for (const label of digits.labels.data) counts[label]! += 1;
    // χ² with 9 degrees of freedom exceeds 33.7 once in ten thousand.
    expect(counts.reduce((sum, count) => sum + (count - 200) ** 2 / 200, 0)).toBeLessThan(33.7);
  });

  it("is normalised as MNIST is: ink up to 255, a box of 20, the centre of mass in the middle", () => {
    for (const image of images) {
      let [mass, x, y] = [0, 0, 0];
      let [left, right, top, bottom] = [28, -1, 28, -1];
      image.forEach((value, i) => {
        const [row, column] = [Math.floor(i / 28), i % 28];
        mass += value;
        x += value * column;
        y += value * row;
        if (value < 50) return;
        [left, right] = [Math.min(left, column), Math.max(right, column)];
        [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
      });
      expect(Math.abs(x / mass - 14)).toBeLessThanOrEqual(0.5);
      expect(Math.abs(y / mass - 14)).toBeLessThanOrEqual(0.5);
      const side = Math.max(right - left, bottom - top) + 1;
      expect(side).toBeGreaterThanOrEqual(18);
      expect(side).toBeLessThanOrEqual(21);
      expect(Math.max(...image)).toBeGreaterThan(180);
    }
  });

  it("covers about as much of the picture as handwriting does, class by class", () => {
    // Mean ink of MNIST's training images in pixels of full strength, rounded; ours must come within a fifth.
    const mnist = [138, 61, 117, 112, 96, 101, 108, 91, 118, 97];
    const ink = new Array<number>(10).fill(0);
    const count = new Array<number>(10).fill(0);
    images.forEach((image, i) => {
      const label = digits.labels.data[i]!;
      ink[label]! += image.reduce((sum, value) => sum + value, 0) / 255;
      count[label]! += 1;
    });
    mnist.forEach((expected, digit) => {
      expect(Math.abs(ink[digit]! / count[digit]! / expected - 1)).toBeLessThan(0.2);
    });
  });

  it("refuses a set of nothing", () => {
    expect(() => syntheticDigits({ samples: 0, seed: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: syntheticDigits: samples must be an integer of at least 1, got 0.]`,
    );
    expect(() => syntheticDigits({ samples: 1, seed: -1 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: syntheticDigits: seed must be an integer of at least 0, got -1.]`,
    );
    expect(() => syntheticDigits({ samples: 1, seed: 1, start: 0.5 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: syntheticDigits: start must be an integer of at least 0, got 0.5.]`,
    );
  });
});
