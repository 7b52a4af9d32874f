import { mix, token } from "../ui/picture.js";
import { ASPECT, type Landscape } from "./landscapes.js";

/** Bands of colour between the lowest and the highest point of a map. */
const BANDS = 16;

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

/** Paints a landscape in bands of equal steps of the height's square root, greener where it is lower, with a line between bands. */
export function paintMap(
  context: CanvasRenderingContext2D,
  landscape: Landscape,
  width: number,
  height: number,
): void {
  const { fromMap } = projection(landscape, width);
  const heights = new Float32Array(width * height);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let py = 0; py < height; py++) {
    for (let px = 0; px < width; px++) {
      const [x, y] = fromMap(px, py);
      const value = landscape.height(x, y);
      heights[py * width + px] = value;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  const bandOf = (value: number) =>
    Math.min(BANDS - 1, Math.floor(((value - low) / (high - low)) ** 0.4 * BANDS));
  const deep = mix(token("--surface"), token("--accent"), 0.62);
  const colours = Array.from({ length: BANDS }, (_, band) =>
    mix(deep, token("--surface"), (band / (BANDS - 1)) ** 0.8),
  );
  const line = mix(token("--surface"), token("--accent"), 0.4);
  const image = context.createImageData(width, height);
  for (let py = 0; py < height; py++) {
    for (let px = 0; px < width; px++) {
      const at = py * width + px;
      const band = bandOf(heights[at]!);
      const edge =
        (px > 0 && bandOf(heights[at - 1]!) !== band) || (py > 0 && bandOf(heights[at - width]!) !== band);
      const [r, g, b] = edge ? line : colours[band]!;
      image.data.set([r, g, b, 255], at * 4);
    }
  }
  context.putImageData(image, 0, 0);
}
