import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { encode } from "fast-png";
import { describe, expect, it } from "vitest";
import { readPngDigit } from "./png.js";

const SIDE = 40;

/** A thick slanted stroke, 1 on ink and 0 on paper, far from the middle. */
function stroke(x: number, y: number): number {
  return y >= 4 && y < 24 && x >= 6 + y / 4 && x < 10 + y / 4 ? 1 : 0;
}

/** The stroke as a PNG, `paint` giving the channels of a pixel for ink in [0, 1]. */
function png(channels: number, paint: (ink: number) => readonly number[]): Uint8Array {
  const data = new Uint8Array(SIDE * SIDE * channels);
  for (let i = 0; i < SIDE * SIDE; i++) {
    data.set(paint(stroke(i % SIDE, Math.floor(i / SIDE))), i * channels);
  }
  return encode({ width: SIDE, height: SIDE, data, channels });
}

/** One bit a pixel with a palette, each row beginning at a whole byte: encoded by hand from what fast-png gives for grey. */
const onWhite = png(1, (ink) => [255 - 255 * ink]);

describe("readPngDigit", () => {
  it("gives the same picture for every way of storing it", () => {
    const expected = readPngDigit(onWhite);
    expect(expected).toHaveLength(784);
    const same = [
      png(1, (ink) => [255 * ink]),
      png(2, (ink) => [255 - 255 * ink, 255]),
      png(2, (ink) => [0, 255 * ink]),
      png(2, (ink) => [255, 255 * ink]),
      png(3, (ink) => [255 - 255 * ink, 255 - 255 * ink, 255 - 255 * ink]),
      png(3, (ink) => [200 - 150 * ink, 200 - 150 * ink, 200 - 150 * ink]),
      png(4, (ink) => [255 * ink, 255 * ink, 255 * ink, 255]),
      png(4, (ink) => [10, 20, 30, 255 * ink]),
    ];
    for (const bytes of same) expect(readPngDigit(bytes)).toEqual(expected);
  });

  it("fits the digit into 20x20, light on dark, its centre of mass in the middle", () => {
    const digit = readPngDigit(onWhite);
    let mass = 0;
    let x = 0;
    let y = 0;
    const rows = new Set<number>();
    digit.forEach((value, i) => {
      mass += value;
      x += value * (i % 28);
      y += value * Math.floor(i / 28);
      if (value > 60) rows.add(Math.floor(i / 28));
    });
    expect(Math.max(...digit)).toBe(255);
    expect(digit[0]).toBe(0);
    expect(rows.size).toBe(20);
    expect(Math.abs(x / mass - 14)).toBeLessThanOrEqual(0.5);
    expect(Math.abs(y / mass - 14)).toBeLessThanOrEqual(0.5);
  });

  it("refuses what is no drawing", () => {
    expect(() =>
      readPngDigit(
        png(1, () => [255]),
        "blank.png",
      ),
    ).toThrowErrorMatchingInlineSnapshot(
      `[DataError: blank.png: shows no digit; every pixel has the colour of the paper.]`,
    );
    expect(() => readPngDigit(onWhite.subarray(0, 60), "cut.png")).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: cut.png: is not a whole PNG file; export the picture again.]`,
    );
    expect(() => readPngDigit(Uint8Array.of(1, 2, 3), "text.png")).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: text.png: is not a PNG file, whatever its name says; export the picture as PNG.]`,
    );
    // Long enough that something stands where a PNG has its sizes.
    const words = new TextEncoder().encode("label,a,b\n".repeat(10));
    expect(() => readPngDigit(words, "table.png")).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: table.png: is not a PNG file, whatever its name says; export the picture as PNG.]`,
    );
    const bomb = onWhite.slice();
    new DataView(bomb.buffer).setUint32(16, 1_000_000);
    expect(() => readPngDigit(bomb, "bomb.png")).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: bomb.png: claims 1000000x40 pixels; a drawing of a digit must have at most 16777216.]`,
    );
  });

  const folder = process.env.LOAM_DIGITS;
  it.skipIf(!folder)(
    "reads the lessons' own drawings (needs LOAM_DIGITS, the folder that holds them)",
    async () => {
      const names = (await readdir(folder!)).filter((name) => name.endsWith(".png"));
      expect(names).toHaveLength(10);
      for (const name of names) {
        const digit = readPngDigit(new Uint8Array(await readFile(join(folder!, name))), name);
        expect(Math.max(...digit)).toBe(255);
        expect(digit.filter((value) => value > 0).length).toBeLessThan(400);
      }
    },
  );
});
