import { type Colour, css, mix, ramp, token } from "../ui/picture.js";
import { outSize, type UnrollGeometry } from "./unroll.js";

/** Below this height in pixels the matrix's cells touch: lines between them would be all that one sees. */
const GRID_FROM = 5;

/** The picture with its padding, and the window at `at` over it. `largest` is painted in full colour. */
export function paintPicture(
  canvas: HTMLCanvasElement,
  values: ArrayLike<number>,
  largest: number,
  geometry: UnrollGeometry,
  at: number,
): void {
  const { size, kernel, stride, padding } = geometry;
  const whole = size + 2 * padding;
  const zero = token("--sunken");
  const full = token("--accent");
  const border = token("--line");
  const context = paintCells(canvas, whole, whole, (row, column) => {
    const y = row - padding;
    const x = column - padding;
    const isInside = y >= 0 && x >= 0 && y < size && x < size;
    return isInside ? mix(zero, full, (values[y * size + x] ?? 0) / largest) : border;
  });
  const out = outSize(geometry);
  if (out < 1) return;
  const cell = canvas.width / whole;
  context.strokeStyle = css(token("--second"));
  context.lineWidth = Math.max(2, cell * 0.14);
  context.strokeRect(
    (at % out) * stride * cell,
    Math.floor(at / out) * stride * cell,
    kernel * cell,
    kernel * cell,
  );
}

/** The matrix, a window a row: on the way there rows after `at` are still empty, on the way back those are still full. */
export function paintMatrix(
  canvas: HTMLCanvasElement,
  matrix: ArrayLike<number>,
  { kernel, ...geometry }: UnrollGeometry,
  at: number,
  direction: "forward" | "backward",
): void {
  const columns = kernel * kernel;
  const rows = Math.max(0, outSize({ kernel, ...geometry })) ** 2;
  const { zero } = ramp();
  const full = token("--accent");
  const empty = token("--surface");
  const context = paintCells(canvas, rows, columns, (row, column) => {
    const colour = mix(zero, full, matrix[row * columns + column] ?? 0);
    if (row <= at) return colour;
    return direction === "forward" ? empty : mix(colour, zero, 0.6);
  });
  if (rows === 0) return;
  const { width, height } = canvas;
  const cellHeight = height / rows;
  context.strokeStyle = css(token("--second"));
  context.lineWidth = 3;
  const y = Math.min(height - 4, at * cellHeight);
  context.strokeRect(1.5, Math.max(1.5, y - 1), width - 3, Math.max(4, cellHeight));
}

/** The map of a convolution as far as its windows have been: green for positive, orange for negative, empty after `at`. */
export function paintMap(
  canvas: HTMLCanvasElement,
  values: ArrayLike<number>,
  out: number,
  at: number,
): void {
  const { zero, positive, negative } = ramp();
  const empty = token("--surface");
  let largest = 1e-6;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]!));
  const context = paintCells(canvas, out, out, (row, column) => {
    const place = row * out + column;
    if (place > at) return empty;
    const value = values[place]!;
    return mix(zero, value < 0 ? negative : positive, Math.abs(value) / largest);
  });
  const cell = canvas.width / out;
  context.strokeStyle = css(token("--second"));
  context.lineWidth = Math.max(2, cell * 0.14);
  context.strokeRect((at % out) * cell, Math.floor(at / out) * cell, cell, cell);
}

/** Paints cells as pixels and enlarges them at once: one by one they would hold up the page. */
function paintCells(
  canvas: HTMLCanvasElement,
  rows: number,
  columns: number,
  colour: (row: number, column: number) => Colour,
): CanvasRenderingContext2D {
  const side = Math.max(1, Math.round(canvas.clientWidth * Math.min(2, devicePixelRatio || 1)));
  if (canvas.width !== side || canvas.height !== side) {
    canvas.width = side;
    canvas.height = side;
  }
  const context = canvas.getContext("2d")!;
  context.clearRect(0, 0, side, side);
  if (rows === 0) return context;
  const small = document.createElement("canvas");
  small.width = columns;
  small.height = rows;
  const image = new ImageData(columns, rows);
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, i += 4) {
      const [r, g, b] = colour(row, column);
      image.data[i] = r;
      image.data[i + 1] = g;
      image.data[i + 2] = b;
      image.data[i + 3] = 255;
    }
  }
  small.getContext("2d")!.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, side, side);
  if (side / rows > GRID_FROM) paintGrid(context, side, rows, columns);
  return context;
}

function paintGrid(context: CanvasRenderingContext2D, side: number, rows: number, columns: number): void {
  context.fillStyle = css(token("--surface"));
  for (let row = 1; row < rows; row++) context.fillRect(0, (row * side) / rows - 1, side, 1);
  for (let column = 1; column < columns; column++)
    context.fillRect((column * side) / columns - 1, 0, 1, side);
}
