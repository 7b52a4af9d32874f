import { describe, expect, test } from "vitest";
import type { Dataset } from "./dataset.js";
import { distortPictures, distortPicturesInParts } from "./distort-pictures.js";
import { byteScaling } from "./scaling.js";
import { syntheticDigits } from "./sources/digits.js";

const digits = syntheticDigits({ samples: 40, seed: 3 });
const size = 784;

/** Sum of all grey values of picture `i`. */
function ink(data: ArrayLike<number>, i: number): number {
  let sum = 0;
  for (let k = 0; k < size; k++) sum += data[i * size + k]!;
  return sum;
}

/** Centre of mass of picture `i` in pixels. */
function centre(data: ArrayLike<number>, i: number): [number, number] {
  let x = 0;
  let y = 0;
  for (let k = 0; k < size; k++) {
    x += (k % 28) * data[i * size + k]!;
    y += Math.floor(k / 28) * data[i * size + k]!;
  }
  return [x / ink(data, i), y / ink(data, i)];
}

describe("distortPictures", () => {
  test("keeps the originals and their labels first, and repeats the labels for every round of copies", () => {
    const more = distortPictures(digits, { copies: 2, seed: 1 });
    expect(more.inputs.shape).toEqual([120, 1, 28, 28]);
    expect(more.inputs.data.subarray(0, 40 * size)).toEqual(digits.inputs.data);
    for (let round = 0; round < 3; round++) {
      expect(more.labels.data.subarray(round * 40, (round + 1) * 40)).toEqual(digits.labels.data);
    }
  });

  test("copy k of picture i depends on (seed, i, k) and the picture alone", () => {
    const once = distortPictures(digits, { copies: 1, seed: 9 });
    const twice = distortPictures(digits, { copies: 2, seed: 9 });
    expect(twice.inputs.data.subarray(0, 80 * size)).toEqual(once.inputs.data);
    expect(distortPictures(digits, { copies: 1, seed: 10 }).inputs.data).not.toEqual(once.inputs.data);
  });

  test("in parts it lets others in, and comes to the same", () => {
    const many = syntheticDigits({ samples: 101, seed: 3 });
    const parts = distortPicturesInParts(many, { copies: 2, seed: 9 });
    let part = parts.next();
    let calls = 1;
    for (; !part.done; part = parts.next()) calls++;
    expect(calls).toBe(3); // after picture 100 of each round, and the end
    const { inputs, labels } = distortPictures(many, { copies: 2, seed: 9 });
    expect(part.value.labels).toEqual(labels);
    expect(part.value.inputs.shape).toEqual(inputs.shape);
    expect(Buffer.compare(part.value.inputs.data as Uint8Array, inputs.data as Uint8Array)).toBe(0);
  });

  test("copies differ from the picture but keep about its ink and its place", () => {
    const { data } = distortPictures(digits, { copies: 1, seed: 4 }).inputs;
    for (let i = 0; i < 40; i++) {
      const copy = 40 + i;
      expect(data.subarray(copy * size, (copy + 1) * size)).not.toEqual(
        data.subarray(i * size, (i + 1) * size),
      );
      const ratio = ink(data, copy) / ink(data, i);
      expect(ratio).toBeGreaterThan(0.5);
      expect(ratio).toBeLessThan(2);
      const [x, y] = centre(data, i);
      const [copyX, copyY] = centre(data, copy);
      expect(Math.hypot(copyX - x, copyY - y)).toBeLessThan(5);
    }
  });

  test("a distortion is the same for all channels", () => {
    const { data, shape } = digits.inputs;
    const twoChannels = new Uint8Array(2 * data.length);
    for (let i = 0; i < 40; i++) {
      const picture = data.subarray(i * size, (i + 1) * size);
      twoChannels.set(picture, 2 * i * size);
      twoChannels.set(picture, (2 * i + 1) * size);
    }
    const coloured: Dataset = { ...digits, inputs: { data: twoChannels, shape: [40, 2, ...shape.slice(2)] } };
    const grey = distortPictures(digits, { copies: 1, seed: 2 }).inputs.data;
    const both = distortPictures(coloured, { copies: 1, seed: 2 }).inputs.data;
    for (let channel = 0; channel < 2; channel++) {
      const at = (2 * 40 + channel) * size;
      expect(both.subarray(at, at + size)).toEqual(grey.subarray(40 * size, 41 * size));
    }
  });

  test("refuses what is no picture", () => {
    const table: Dataset = {
      name: "table.csv",
      inputs: { data: new Float32Array(6), shape: [2, 3] },
      labels: { data: new Uint8Array(2), shape: [2] },
      scaling: byteScaling,
    };
    expect(() => distortPictures(table, { copies: 1, seed: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[DataError: table.csv: expected pictures of bytes with shape [n, channels, height, width] and at most 1024 pixels, got [2, 3]; only those can be distorted.]`,
    );
    expect(() => distortPictures(digits, { copies: 0, seed: 0 })).toThrow("copies");
  });
});
