import { crc32, deflateSync } from "node:zlib";

/** Which pixels the passes of an interlaced PNG have: first column and row, and the steps. From the standard's table. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

export interface PngForm {
  readonly width: number;
  readonly height: number;
  /** Bits a value. */
  readonly depth: number;
  /** The standard's number: 0 grey, 2 colours, 3 palette, 4 grey with alpha, 6 colours with alpha. */
  readonly type: 0 | 2 | 3 | 4 | 6;
  readonly interlaced?: boolean;
  /** 0 to 4, or one for each row in turn. */
  readonly filter?: number | "all";
  /** PLTE, tRNS and whatever else comes before the pixels. */
  readonly chunks?: readonly (readonly [type: string, data: readonly number[]])[];
  readonly sample: (x: number, y: number, k: number) => number;
}

const VALUES = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 } as const;

/** A part of a PNG, with its checksum. */
export function pngChunk(type: string, data: Uint8Array | readonly number[]): Buffer {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length);
  bytes.write(type, 4, "latin1");
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
  return bytes;
}

/** A PNG file, written from the standard's words, bit by bit. */
export function pngFile(form: PngForm): Uint8Array {
  const { width, height, depth, type, interlaced = false, filter = 0, chunks = [], sample } = form;
  const values = VALUES[type];
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([depth, type, 0, 0, interlaced ? 1 : 0], 8);
  const rows: Uint8Array[] = [];
  const pixel = Math.max(1, (values * depth) / 8);
  for (const [x0, y0, dx, dy] of interlaced ? ADAM7 : [[0, 0, 1, 1] as const]) {
    let above: number[] = [];
    for (let y = y0; y < height && x0 < width; y += dy) {
      const bits: number[] = [];
      for (let x = x0; x < width; x += dx)
        for (let k = 0; k < values; k++)
          for (let bit = depth - 1; bit >= 0; bit--) bits.push((sample(x, y, k) >> bit) & 1);
      const row = Array.from({ length: Math.ceil(bits.length / 8) }, (_, i) =>
        Array.from({ length: 8 }, (_, bit) => bits[8 * i + bit] ?? 0).reduce(
          (byte, bit) => 2 * byte + bit,
          0,
        ),
      );
      const kind = filter === "all" ? rows.length % 5 : filter;
      const filtered = row.map((byte, i) => {
        const a = row[i - pixel] ?? 0;
        const b = above[i] ?? 0;
        const c = above[i - pixel] ?? 0;
        const p = a + b - c;
        const near = [a, b, c].reduce((best, one) => (Math.abs(p - one) < Math.abs(p - best) ? one : best));
        return byte - [0, a, b, Math.floor((a + b) / 2), near][kind]!;
      });
      rows.push(Uint8Array.of(kind, ...filtered));
      above = row;
    }
  }
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    pngChunk("IHDR", header),
    ...chunks.map(([name, data]) => pngChunk(name, data)),
    pngChunk("IDAT", deflateSync(Buffer.concat(rows))),
    pngChunk("IEND", []),
  ]);
}

/** A PNG of one colour, 8 bits a value. */
export function plainPng(
  width: number,
  height: number,
  colour: readonly [number, number, number],
): Uint8Array {
  return pngFile({ width, height, depth: 8, type: 2, sample: (_x, _y, k) => colour[k]! });
}
