/** A point of the pad, both coordinates in [0, 1], from the top left. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export type Stroke = readonly Point[];

/** Width of the pen as a share of the pad: about that of MNIST's digits once the drawing is fitted into its box. */
export const PEN = 0.082;

/** Side of the picture that is handed to the centring: fine enough to be smooth, small enough to take no time. */
const RASTER = 140;

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** Cells of an address's grid along each side: three letters hold two of its coordinates. */
const GRID = 512;
/** Points nearer to the last one than this, as a share of the pad, add length to an address and nothing to a drawing. */
const NEAR = 1 / 50;
const MAX_POINTS = 600;

/** Writes strokes into an address: three letters a point, on a grid of 512x512, strokes apart by dots. */
export function encodeStrokes(strokes: readonly Stroke[]): string | undefined {
  let left = MAX_POINTS;
  const texts = strokes.map((stroke) => {
    const kept = thinOut(stroke).slice(0, left);
    left -= kept.length;
    return kept.map(encodePoint).join("");
  });
  return texts.length === 0 ? undefined : texts.filter(Boolean).join(".");
}

/** Leaves out what lies near the last point that was kept; both ends stay. */
function thinOut(stroke: Stroke): Stroke {
  const kept: Point[] = [];
  for (const point of stroke) {
    const last = kept.at(-1);
    if (!last || Math.hypot(point.x - last.x, point.y - last.y) >= NEAR) kept.push(point);
  }
  const end = stroke.at(-1);
  if (end && kept.at(-1) !== end) kept.push(end);
  return kept;
}

function encodePoint({ x, y }: Point): string {
  const number = cell(x) * GRID + cell(y);
  return LETTERS[number >> 12]! + LETTERS[(number >> 6) & 63]! + LETTERS[number & 63]!;
}

function cell(value: number): number {
  return Math.min(GRID - 1, Math.max(0, Math.floor(value * GRID)));
}

/** Reads strokes from an address; what is no stroke is left out. */
export function decodeStrokes(text: string): Stroke[] {
  const strokes: Stroke[] = [];
  for (const part of text.slice(0, 3 * MAX_POINTS + 200).split(".")) {
    const stroke: Point[] = [];
    for (let i = 0; i + 2 < part.length; i += 3) {
      const [a, b, c] = [0, 1, 2].map((k) => LETTERS.indexOf(part[i + k]!)) as [number, number, number];
      if (a < 0 || b < 0 || c < 0) continue;
      const number = (a << 12) | (b << 6) | c;
      stroke.push({ x: (Math.floor(number / GRID) + 0.5) / GRID, y: ((number % GRID) + 0.5) / GRID });
    }
    if (stroke.length > 0) strokes.push(stroke);
  }
  return strokes;
}

/** Draws strokes in the context's own colour, round and smooth, on a square of `side` pixels. */
export function paintStrokes(
  context: CanvasRenderingContext2D,
  strokes: readonly Stroke[],
  side: number,
): void {
  context.lineCap = "round";
  context.lineJoin = "round";
  context.lineWidth = PEN * side;
  for (const stroke of strokes) {
    const [first, ...rest] = stroke;
    if (!first) continue;
    context.beginPath();
    context.moveTo(first.x * side, first.y * side);
    if (rest.length === 0) context.lineTo(first.x * side + 0.01, first.y * side);
    let last = first;
    for (const point of rest) {
      // Through the middles, with the points as handles: no corners where the pointer was read rarely.
      context.quadraticCurveTo(
        last.x * side,
        last.y * side,
        ((last.x + point.x) / 2) * side,
        ((last.y + point.y) / 2) * side,
      );
      last = point;
    }
    context.lineTo(last.x * side, last.y * side);
    context.stroke();
  }
}

/** The box of the pad, as a share of it, that drawings are brought into: digits drawn at ease fill about as much. */
const BOX = 0.75;
/** A dot stays a dot. */
const MOST_ENLARGED = 12;

/**
 * The drawing brought to one size, its points and not its pixels: the longer side of what they span is that of the box, and the pen that inks it has one
 * width. So a digit is read alike however small it was drawn.
 */
export function fitStrokes(strokes: readonly Stroke[]): Stroke[] {
  const points = strokes.flat();
  const span = (values: readonly number[]) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return { middle: (low + high) / 2, extent: high - low };
  };
  const [across, down] = [span(points.map(({ x }) => x)), span(points.map(({ y }) => y))];
  const extent = Math.max(across.extent, down.extent);
  const scale = extent === 0 ? 1 : Math.min(MOST_ENLARGED, (BOX - PEN) / extent);
  return strokes.map((stroke) =>
    stroke.map(({ x, y }) => ({
      x: 0.5 + (x - across.middle) * scale,
      y: 0.5 + (y - down.middle) * scale,
    })),
  );
}

let rasterContext: CanvasRenderingContext2D | undefined;

/** The drawing as ink, 0 to 255, on a square whose side comes with it. */
export function rasterize(strokes: readonly Stroke[]): { ink: Uint8Array; side: number } {
  rasterContext ??= makeRaster();
  const context = rasterContext;
  context.fillStyle = "#000";
  context.fillRect(0, 0, RASTER, RASTER);
  context.strokeStyle = "#fff";
  paintStrokes(context, strokes, RASTER);
  const { data } = context.getImageData(0, 0, RASTER, RASTER);
  const ink = new Uint8Array(RASTER * RASTER);
  for (let i = 0; i < ink.length; i++) ink[i] = data[i * 4]!;
  return { ink, side: RASTER };
}

function makeRaster(): CanvasRenderingContext2D {
  const canvas = document.createElement("canvas");
  canvas.width = RASTER;
  canvas.height = RASTER;
  return canvas.getContext("2d", { willReadFrequently: true })!;
}
