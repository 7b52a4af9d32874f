import { type Colour, mix, token } from "../ui/picture.js";
import { ASPECT, type Landscape } from "./landscapes.js";

/** Bands of colour between the lowest and the highest point of a map. */
const BANDS = 16;
/** Bands are equal steps of this power of the height: the ground of a valley gets more of them than its walls. */
const POWER = 0.4;
/** The power is taken from a table: a million of them would hold up the page. */
const TABLE = 2 ** 14;

/** Where a point of the landscape lies on a map of this width, and back. */
export function projection({ centre: [cx, cy], halfWidth }: Landscape, width: number) {
  const scale = width / (2 * halfWidth);
  const height = width * ASPECT;
  return {
    toMap: (x: number, y: number): [number, number] => [
      (x - cx) * scale + width / 2,
      height / 2 - (y - cy) * scale,
    ],
    fromMap: (px: number, py: number): [number, number] => [
      (px - width / 2) / scale + cx,
      (height / 2 - py) / scale + cy,
    ],
  };
}

/** Finer than this a map takes long to paint and looks the same; whoever shows it enlarges it. */
const FINEST = 900;

/** Milliseconds of painting after which the page may do something else. */
const SLICE = 10;

/** Does something for each row, and lets the page breathe in between: half a million pixels take some devices a tenth of a second. */
async function eachRow(rows: number, work: (row: number) => void): Promise<void> {
  let began = performance.now();
  for (let row = 0; row < rows; row++) {
    work(row);
    if (performance.now() - began < SLICE) continue;
    await new Promise((resolve) => setTimeout(resolve));
    began = performance.now();
  }
}

/** A landscape in bands, greener where it is lower, with a line between bands; for a place of that width. */
export async function contourMap(landscape: Landscape, placeWidth: number): Promise<HTMLCanvasElement> {
  const width = Math.min(placeWidth, FINEST);
  const height = Math.round(width * ASPECT);
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d")!;
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const bands = await bandsOf(landscape, width, height);
  const deep = mix(token("--surface"), token("--accent"), 0.62);
  const colours = Uint32Array.from({ length: BANDS }, (_, band) =>
    packed(mix(deep, token("--surface"), (band / (BANDS - 1)) ** 0.8)),
  );
  const line = packed(mix(token("--surface"), token("--accent"), 0.4));
  await eachRow(height, (py) => {
    for (let px = 0, at = py * width; px < width; px++, at++) {
      const band = bands[at]!;
      const isEdge = (px > 0 && bands[at - 1] !== band) || (py > 0 && bands[at - width] !== band);
      pixels[at] = isEdge ? line : colours[band]!;
    }
  });
  context.putImageData(image, 0, 0);
  return canvas;
}

/** The band of each pixel, row by row, in plain loops. */
async function bandsOf(landscape: Landscape, width: number, height: number): Promise<Uint8Array> {
  const { fromMap } = projection(landscape, width);
  const xs = Float64Array.from({ length: width }, (_, px) => fromMap(px, 0)[0]);
  const ys = Float64Array.from({ length: height }, (_, py) => fromMap(0, py)[1]);
  const heights = new Float32Array(width * height);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  await eachRow(height, (py) => {
    for (let px = 0, at = py * width; px < width; px++, at++) {
      const value = landscape.height(xs[px]!, ys[py]!);
      heights[at] = value;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  });
  const bandAt = Uint8Array.from({ length: TABLE + 1 }, (_, i) =>
    Math.min(BANDS - 1, Math.floor((i / TABLE) ** POWER * BANDS)),
  );
  // Float32 rounds: the highest pixel may lie a hair above the table's end, the lowest one below its beginning.
  const scale = TABLE / (high - low);
  const bands = new Uint8Array(heights.length);
  await eachRow(height, (py) => {
    for (let px = 0, at = py * width; px < width; px++, at++) {
      bands[at] = bandAt[Math.min(TABLE, Math.max(0, Math.floor((heights[at]! - low) * scale)))]!;
    }
  });
  return bands;
}

/** A colour as a canvas keeps it: red in the lowest byte. */
function packed([r, g, b]: Colour): number {
  return (255 << 24) | (b << 16) | (g << 8) | r;
}
