import { type Colour, mix, token } from "../ui/picture.js";
import { ASPECT, type Landscape } from "./landscapes.js";

/** Bands of colour between the lowest and the highest point of a map. */
const BANDS = 16;
/** Bands are equal steps of this power of the height: the ground of a valley gets more of them than its walls. */
const POWER = 0.4;
/** The power is taken from a table: a million of them would hold up the page. */
const TABLE = 2 ** 16;

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

/** A landscape in bands, greener where it is lower, with a line between bands. */
export function contourMap(landscape: Landscape, width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d")!;
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const bands = bandsOf(landscape, width, height);
  const deep = mix(token("--surface"), token("--accent"), 0.62);
  const colours = Array.from({ length: BANDS }, (_, band) =>
    packed(mix(deep, token("--surface"), (band / (BANDS - 1)) ** 0.8)),
  );
  const line = packed(mix(token("--surface"), token("--accent"), 0.4));
  for (let py = 0, at = 0; py < height; py++) {
    for (let px = 0; px < width; px++, at++) {
      const band = bands[at]!;
      const isEdge = (px > 0 && bands[at - 1] !== band) || (py > 0 && bands[at - width] !== band);
      pixels[at] = isEdge ? line : colours[band]!;
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** The band of each pixel, row by row. */
function bandsOf(landscape: Landscape, width: number, height: number): Uint8Array {
  const { fromMap } = projection(landscape, width);
  const heights = new Float32Array(width * height);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let py = 0, at = 0; py < height; py++) {
    for (let px = 0; px < width; px++, at++) {
      const value = landscape.height(...fromMap(px, py));
      heights[at] = value;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  const bandAt = Uint8Array.from({ length: TABLE + 1 }, (_, i) =>
    Math.min(BANDS - 1, Math.floor((i / TABLE) ** POWER * BANDS)),
  );
  const scale = TABLE / (high - low);
  return Uint8Array.from(heights, (value) => bandAt[Math.floor((value - low) * scale)]!);
}

/** A colour as a canvas keeps it: red in the lowest byte. */
function packed([r, g, b]: Colour): number {
  return (255 << 24) | (b << 16) | (g << 8) | r;
}
