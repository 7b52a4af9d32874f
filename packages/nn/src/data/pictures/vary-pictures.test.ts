import { describe, expect, it } from "vitest";
import type { Dataset } from "../../index.js";
import { type PictureVariation, pictureVariations, varyPictures } from "./vary-pictures.js";

const [HEIGHT, WIDTH] = [8, 16];
const pixel = (i: number, c: number, row: number, column: number) =>
  (i * 91 + c * 57 + row * 13 + column * 7) % 256;
const dataset = (samples: number, value = pixel): Dataset => {
  const data: number[] = [];
  for (let i = 0; i < samples; i++)
    for (let c = 0; c < 2; c++)
      for (let row = 0; row < HEIGHT; row++)
        for (let column = 0; column < WIDTH; column++) data.push(value(i, c, row, column));
  return {
    name: "stripes",
    inputs: { data: Uint8Array.from(data), shape: [samples, 2, HEIGHT, WIDTH] },
    labels: { data: Uint32Array.from({ length: samples }, (_, i) => i), shape: [samples] },
    scaling: { kind: "divide", by: 255 },
  };
};
const SIZE = 2 * HEIGHT * WIDTH;
const copyOf = ({ inputs }: Dataset, k: number) => Array.from(inputs.data.subarray(k * SIZE, (k + 1) * SIZE));

describe("varyPictures", () => {
  it("puts copies behind the originals, with their labels, the same for the same seed", () => {
    const varied = varyPictures(dataset(3), { kinds: pictureVariations, copies: 2, seed: 5 });
    expect(varied.inputs.shape).toEqual([9, 2, HEIGHT, WIDTH]);
    expect(Array.from(varied.labels.data)).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2]);
    expect(varied.inputs.data.subarray(0, 3 * SIZE)).toEqual(dataset(3).inputs.data);
    expect(varyPictures(dataset(3), { kinds: pictureVariations, copies: 2, seed: 5 })).toEqual(varied);
    expect(copyOf(varied, 3)).not.toEqual(copyOf(varied, 6));
    // What the others are does not matter to one.
    const alone = varyPictures(dataset(1), { kinds: pictureVariations, copies: 1, seed: 5 });
    expect(copyOf(alone, 1)).toEqual(copyOf(varied, 3));
  });

  it("flips left for right about every other time, and nothing else", () => {
    const varied = varyPictures(dataset(100), { kinds: ["flip"], copies: 1, seed: 1 });
    const flipped = dataset(100, (i, c, row, column) => pixel(i, c, row, WIDTH - 1 - column));
    let turned = 0;
    for (let i = 0; i < 100; i++) {
      const copy = copyOf(varied, 100 + i);
      const isFlipped = String(copy) === String(copyOf(flipped, i));
      if (!isFlipped) expect(copy).toEqual(copyOf(dataset(100), i));
      turned += Number(isFlipped);
    }
    // A fair coin strays further than 4 deviations of 5 less often than once in ten thousand.
    expect(Math.abs(turned - 50)).toBeLessThan(20);
  });

  it("cuts a square out of all planes, anywhere, and leaves the rest", () => {
    const white = dataset(200, () => 200);
    const varied = varyPictures(white, { kinds: ["cutout"], copies: 1, seed: 3 });
    const corners = new Set<string>();
    for (let k = 200; k < 400; k++) {
      const copy = copyOf(varied, k);
      expect(copy.slice(HEIGHT * WIDTH)).toEqual(copy.slice(0, HEIGHT * WIDTH));
      const black = copy.slice(0, HEIGHT * WIDTH).flatMap((value, i) => (value === 0 ? [i] : []));
      const rows = black.map((i) => Math.floor(i / WIDTH));
      const columns = black.map((i) => i % WIDTH);
      const [down, across] = [rows, columns].map((of) => Math.max(...of) - Math.min(...of) + 1) as [
        number,
        number,
      ];
      // Half of the shorter side, unless an edge cuts it: a whole rectangle.
      expect(Math.max(down, across)).toBeLessThanOrEqual(HEIGHT / 2);
      expect(Math.min(down, across)).toBeGreaterThanOrEqual(HEIGHT / 4);
      expect(black.length).toBe(down * across);
      expect(copy.filter((value) => value === 200).length).toBe(SIZE - 2 * black.length);
      corners.add(`${rows[0]} ${columns[0]}`);
    }
    expect(corners.size).toBeGreaterThan(50);
    // What is drawn for it changes no other kind.
    const both = varyPictures(dataset(1), { kinds: ["flip", "shift"], copies: 1, seed: 3 });
    const three = varyPictures(dataset(1), { kinds: ["flip", "shift", "cutout"], copies: 1, seed: 3 });
    expect(copyOf(three, 1).every((value, i) => value === 0 || value === copyOf(both, 1)[i])).toBe(true);
  });

  /** The centre of mass of a dot, which goes where the view goes. */
  const dotOf = (kinds: readonly PictureVariation[], seed: number) => {
    const dot = dataset(1, (_i, _c, row, column) => (row === 4 && column === 11 ? 200 : 0));
    const copy = copyOf(varyPictures(dot, { kinds, copies: 1, seed }), 1).slice(0, HEIGHT * WIDTH);
    const mass = copy.reduce((sum, value) => sum + value, 0);
    const x = copy.reduce((sum, value, i) => sum + value * (i % WIDTH), 0) / mass;
    const y = copy.reduce((sum, value, i) => sum + value * Math.floor(i / WIDTH), 0) / mass;
    return { x, y, mass };
  };

  it("shifts by at most an eighth of the sides, and keeps what is there", () => {
    const seen = Array.from({ length: 30 }, (_, seed) => dotOf(["shift"], seed));
    for (const { x, y, mass } of seen) {
      expect(Math.abs(x - 11)).toBeLessThanOrEqual(WIDTH / 8 + 0.01);
      expect(Math.abs(y - 4)).toBeLessThanOrEqual(HEIGHT / 8 + 0.01);
      // Each of up to four pixels is rounded.
      expect(Math.abs(mass - 200)).toBeLessThanOrEqual(2);
    }
    expect(Math.max(...seen.map(({ x }) => x)) - Math.min(...seen.map(({ x }) => x))).toBeGreaterThan(2);
  });

  it("turns by at most 15° about the middle", () => {
    const angles = Array.from({ length: 30 }, (_, seed) => {
      const { x, y } = dotOf(["turn"], seed);
      return (Math.atan2(y - 3.5, x - 7.5) - Math.atan2(0.5, 3.5)) * (180 / Math.PI);
    });
    // Between pixels a dot's centre of mass strays by a part of a pixel: 4° at this radius.
    for (const angle of angles) expect(Math.abs(angle)).toBeLessThan(19);
    expect(Math.max(...angles) - Math.min(...angles)).toBeGreaterThan(12);
  });

  it("makes lighter and darker by at most a quarter, and white no whiter", () => {
    const grey = dataset(50, () => 100);
    const { inputs } = varyPictures(grey, { kinds: ["light"], copies: 1, seed: 2 });
    const values = Array.from({ length: 50 }, (_, i) => inputs.data[(50 + i) * SIZE]!);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(75);
    expect(Math.max(...values)).toBeLessThanOrEqual(125);
    expect(new Set(values).size).toBeGreaterThan(20);
    const white = varyPictures(
      dataset(20, () => 250),
      { kinds: ["light"], copies: 1, seed: 2 },
    );
    expect(Math.max(...white.inputs.data)).toBe(255);
  });

  it("leaves a plain picture plain, whatever is done to it", () => {
    const plain = varyPictures(
      dataset(10, () => 77),
      { kinds: ["flip", "shift", "zoom", "turn"], copies: 3, seed: 9 },
    );
    expect(new Set(plain.inputs.data)).toEqual(new Set([77]));
  });

  it("refuses what it cannot vary", () => {
    const table = { ...dataset(1), inputs: { data: Float32Array.of(1, 2), shape: [1, 2] } };
    const all = { kinds: pictureVariations, copies: 1, seed: 0 };
    expect(() => varyPictures(table, all)).toThrow(expect.objectContaining({ code: "not-pictures" }));
    expect(() => varyPictures(dataset(1), { ...all, kinds: [] })).toThrow(
      expect.objectContaining({ code: "kinds-empty" }),
    );
    expect(() => varyPictures(dataset(1), { ...all, kinds: ["spin" as "turn"] })).toThrow(
      expect.objectContaining({ code: "kinds-unknown" }),
    );
  });
});
