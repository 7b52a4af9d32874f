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

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const MAX_POINTS = 900;

/** Writes strokes into an address: two letters a point, on a grid of 64x64, strokes apart by dots. */
export function encodeStrokes(strokes: readonly Stroke[]): string | undefined {
  let left = MAX_POINTS;
  const texts = strokes.map((stroke) => {
    let text = "";
    let last = "";
    for (const { x, y } of stroke) {
      const letters = DIGITS[cell(x)]! + DIGITS[cell(y)]!;
      if (letters === last || left === 0) continue;
      text += letters;
      last = letters;
      left -= 1;
    }
    return text;
  });
  return texts.length === 0 ? undefined : texts.filter(Boolean).join(".");
}

function cell(value: number): number {
  return Math.min(63, Math.max(0, Math.floor(value * 64)));
}

/** Reads strokes from an address; what is no stroke is left out. */
export function decodeStrokes(text: string): Stroke[] {
  const strokes: Stroke[] = [];
  for (const part of text.slice(0, 2 * MAX_POINTS + 200).split(".")) {
    const stroke: Point[] = [];
    for (let i = 0; i + 1 < part.length; i += 2) {
      const x = DIGITS.indexOf(part[i]!);
      const y = DIGITS.indexOf(part[i + 1]!);
      if (x >= 0 && y >= 0) stroke.push({ x: (x + 0.5) / 64, y: (y + 0.5) / 64 });
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
