import { readFileSync } from "node:fs";
import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type PngForm, pngChunk, pngFile } from "../../../test/support/png-file.js";
import { decodePicture, isGrey } from "./picture.js";

const SIZE = { width: 11, height: 9 };
/** A number from 0 to 2^depth − 1 for each place. */
const value = (depth: number) => (x: number, y: number, k: number) =>
  (x * 37 + y * 59 + k * 101 + x * y * 7) % 2 ** depth;
/** What a value of so many bits is of 8: to the nearest, by its share of the largest. */
const eight = (v: number, depth: number) => Math.round((v * 255) / (2 ** depth - 1));

function pixels(rgb: (x: number, y: number) => readonly number[]): number[] {
  const all: number[] = [];
  for (let y = 0; y < SIZE.height; y++) for (let x = 0; x < SIZE.width; x++) all.push(...rgb(x, y));
  return all;
}

const decoded = (form: Omit<PngForm, "width" | "height">) =>
  Array.from(decodePicture(pngFile({ ...SIZE, ...form })).rgb);

describe.each([false, true])("a PNG, interlaced: %s", (interlaced) => {
  it.each([1, 2, 4, 8, 16])("of grey with %i bits", (depth) => {
    const sample = value(depth);
    for (const filter of [0, 1, 2, 3, 4, "all"] as const) {
      expect(decoded({ depth, type: 0, interlaced, filter, sample })).toEqual(
        pixels((x, y) => new Array(3).fill(eight(sample(x, y, 0), depth))),
      );
    }
  });

  it.each([8, 16])("of colours with %i bits", (depth) => {
    const sample = value(depth);
    expect(decoded({ depth, type: 2, interlaced, filter: "all", sample })).toEqual(
      pixels((x, y) => [0, 1, 2].map((k) => eight(sample(x, y, k), depth))),
    );
  });

  it.each([
    [4, 8],
    [4, 16],
    [6, 8],
    [6, 16],
  ] as const)("of type %i with alpha, %i bits, on white", (type, depth) => {
    const sample = value(depth);
    const top = 2 ** depth - 1;
    const on = (v: number, alpha: number) => (255 * (v * alpha + top * (top - alpha))) / top ** 2;
    const got = decoded({ depth, type, interlaced, filter: "all", sample });
    const want = pixels((x, y) =>
      type === 4
        ? new Array(3).fill(on(sample(x, y, 0), sample(x, y, 1)))
        : [0, 1, 2].map((k) => on(sample(x, y, k), sample(x, y, 3))),
    );
    got.forEach((one, i) => void expect(Math.abs(one - want[i]!)).toBeLessThanOrEqual(0.5));
  });

  it.each([1, 2, 4, 8])("of a palette with %i bits, some of it seen through", (depth) => {
    const entries = Math.min(2 ** depth, 200);
    const palette = Array.from({ length: entries }, (_, i) => [(i * 71) & 255, (i * 13) & 255, 255 - i]);
    const sample = (x: number, y: number) => value(depth)(x, y, 0) % entries;
    const chunks = [
      ["PLTE", palette.flat()],
      ["tRNS", [255, 0]],
    ] as const;
    expect(decoded({ depth, type: 3, interlaced, chunks, sample })).toEqual(
      pixels((x, y) => (sample(x, y) === 1 ? [255, 255, 255] : palette[sample(x, y)]!)),
    );
  });
});

describe("a PNG", () => {
  it("may name one colour that is seen through", () => {
    const sample = (x: number, _y: number, k: number) => (x === 3 ? [300, 2, 65535][k]! : x * 5000);
    expect(decoded({ depth: 16, type: 2, chunks: [["tRNS", [1, 44, 0, 2, 255, 255]]], sample })).toEqual(
      pixels((x) => (x === 3 ? [255, 255, 255] : new Array(3).fill(eight(x * 5000, 16)))),
    );
    const grey = (x: number) => x % 4;
    expect(decoded({ depth: 2, type: 0, chunks: [["tRNS", [0, 2]]], sample: grey })).toEqual(
      pixels((x) => new Array(3).fill(grey(x) === 2 ? 255 : 85 * grey(x))),
    );
  });

  const good = pngFile({ ...SIZE, depth: 8, type: 0, sample: () => 7 });
  const damaged = "p.png: is not a whole PNG file; export the picture again.";

  it("is refused when it is not whole", () => {
    for (const end of [9, 20, 40, good.length - 13, good.length - 1])
      expect(() => decodePicture(good.subarray(0, end), "p.png")).toThrow(damaged);
    for (const at of [24, 45, good.length - 16]) {
      const flipped = good.slice();
      flipped[at]! ^= 1;
      expect(() => decodePicture(flipped, "p.png")).toThrow(damaged);
    }
    const short = pngFile({
      ...SIZE,
      depth: 1,
      type: 3,
      chunks: [["PLTE", [1, 2, 3]]],
      sample: (x) => x & 1,
    });
    expect(() => decodePicture(short, "p.png")).toThrow(damaged);
    const strange = pngFile({ ...SIZE, depth: 8, type: 0, chunks: [["ABCD", []]], sample: () => 7 });
    expect(() => decodePicture(strange, "p.png")).toThrow(damaged);
  });

  it("is no bomb: neither by its header nor by what it unpacks to", () => {
    const wide = pngFile({ width: 1, height: 1, depth: 1, type: 0, sample: () => 0 });
    new DataView(wide.buffer, wide.byteOffset).setUint32(16, 2 ** 31 - 1);
    expect(() => decodePicture(wide, "b.png")).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: b.png: claims 2147483647x1 pixels; a picture must have at most 67108864.]`,
    );
    // 200 MB of zeros in 200 KB, under a header of 2x2.
    const deep = pngChunk("IDAT", deflateSync(Buffer.alloc(200e6)));
    const small = pngFile({ width: 2, height: 2, depth: 8, type: 0, sample: () => 0 });
    const bomb = Buffer.concat([small.subarray(0, 33), deep, pngChunk("IEND", [])]);
    const before = process.memoryUsage().arrayBuffers;
    expect(() => decodePicture(bomb, "b.png")).toThrow("b.png: is not a whole PNG file");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40e6);
  });
});

describe("a JPEG", () => {
  const folder = new URL("../../../test/fixtures/jpeg/", import.meta.url);
  const file = (name: string) => new Uint8Array(readFileSync(new URL(name, folder)));
  /** The pixels of djpeg's PPM: P6, sizes, 255, bytes. */
  const ppm = (name: string) => file(name).subarray(-20 * 12 * 3);

  it.each(["plain", "halved", "progressive", "restarts", "grey", "rgb"])(
    "%s is what libjpeg sees",
    (name) => {
      const { width, height, rgb } = decodePicture(file(`${name}.jpg`), name);
      expect([width, height]).toEqual([20, 12]);
      const want = ppm(`${name}.ppm`);
      // Both cosine transforms round to whole numbers within them, by up to 1 a component; blue has 1.772 times one's error.
      rgb.forEach((one, i) => void expect(Math.abs(one - want[i]!)).toBeLessThanOrEqual(3));
    },
  );

  /** EXIF with nothing but an orientation, between the first marker and the rest. */
  const oriented = (orientation: number, little: boolean) => {
    const u16 = (v: number) => (little ? [v & 255, v >> 8] : [v >> 8, v & 255]);
    const u32 = (v: number) => (little ? [...u16(v), 0, 0] : [0, 0, ...u16(v)]);
    const order = little ? [0x49, 0x49] : [0x4d, 0x4d];
    const entry = [...u16(0x0112), ...u16(3), ...u32(1), ...u16(orientation), 0, 0];
    const exif = [
      ...new TextEncoder().encode("Exif\0\0"),
      ...order,
      ...u16(42),
      ...u32(8),
      ...u16(1),
      ...entry,
      ...u32(0),
    ];
    const plain = file("plain.jpg");
    return Uint8Array.of(0xff, 0xd8, 0xff, 0xe1, 0, exif.length + 2, ...exif, ...plain.subarray(2));
  };

  // Where the source's pixel in the first row and column lies in what is shown, and its neighbour to the right: EXIF 2.3, orientation.
  it.each([
    [1, [0, 0], [1, 0]],
    [2, [19, 0], [18, 0]],
    [3, [19, 11], [18, 11]],
    [4, [0, 11], [1, 11]],
    [5, [0, 0], [0, 1]],
    [6, [11, 0], [11, 1]],
    [7, [11, 19], [11, 18]],
    [8, [0, 19], [0, 18]],
  ] as const)("is turned as its orientation %i says", (orientation, corner, next) => {
    const plain = decodePicture(file("plain.jpg")).rgb;
    for (const little of [true, false]) {
      const { width, height, rgb } = decodePicture(oriented(orientation, little));
      expect([width, height]).toEqual(orientation < 5 ? [20, 12] : [12, 20]);
      const at = ([x, y]: readonly [number, number]) =>
        rgb.subarray(3 * (y * width + x), 3 * (y * width + x) + 3);
      expect(at(corner)).toEqual(plain.subarray(0, 3));
      expect(at(next)).toEqual(plain.subarray(3, 6));
    }
  });

  it("is refused when it is not whole, or claims too much", () => {
    const plain = file("plain.jpg");
    for (const end of [3, 10, 100, plain.length >> 1, plain.length - 40])
      expect(() => decodePicture(plain.subarray(0, end), "p.jpg")).toThrow(
        "p.jpg: is not a whole JPEG file; export the picture again.",
      );
    const bomb = plain.slice();
    const frame = bomb.findIndex((byte, i) => byte === 0xff && bomb[i + 1] === 0xc0);
    bomb.set([0xff, 0xff, 0xff, 0xff], frame + 5);
    expect(() => decodePicture(bomb, "p.jpg")).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: p.jpg: claims 65535x65535 pixels; a picture must have at most 67108864.]`,
    );
  });
});

it("tells what else a file is", () => {
  const text = (words: string) => new TextEncoder().encode(words);
  const sentences = [
    text("GIF89a..."),
    text("RIFF....WEBPVP8 "),
    text("BM......"),
    text("hello"),
    new Uint8Array(0),
  ].map((bytes) => {
    try {
      decodePicture(bytes, "x");
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  });
  expect(sentences).toMatchInlineSnapshot(`
    [
      "x: is a GIF; save it as PNG or JPEG.",
      "x: is a WebP picture; save it as PNG or JPEG.",
      "x: is a BMP; save it as PNG or JPEG.",
      "x: is not a picture that Loam knows; save it as PNG or JPEG.",
      "x: is an empty file; save it as PNG or JPEG.",
    ]
  `);
});

describe("isGrey", () => {
  it.each<[string, number[], boolean]>([
    ["black and white", [0, 0, 0, 255, 255, 255], true],
    ["one red among greys", [9, 9, 9, 10, 9, 9], false],
    ["one blue among greys", [9, 9, 9, 9, 9, 10], false],
    ["no pixel", [], true],
  ])("of %s", (_, rgb, grey) => {
    expect(isGrey({ rgb: Uint8Array.from(rgb) })).toBe(grey);
  });
});
