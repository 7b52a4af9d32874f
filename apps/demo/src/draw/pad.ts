import { element } from "../ui/element.js";
import { PEN, type Point, paintStrokes, type Stroke } from "./strokes.js";

/** The grid on which the keyboard draws. */
const GRID = 28;

export interface PadWords {
  readonly label: string;
  readonly penDown: string;
  readonly penUp: string;
}

/** A square to draw on, with mouse, finger, pen or keyboard. It keeps no drawing of its own: it shows `strokes` and tells of changes. */
export class Pad {
  readonly canvas: HTMLCanvasElement;
  readonly #words: PadWords;
  readonly #onChange: (strokes: readonly Stroke[], done: boolean) => void;
  readonly #announce: (text: string) => void;
  readonly #observer: ResizeObserver;
  #isLaidOut = false;
  #strokes: readonly Stroke[] = [];
  #current: Point[] | undefined;
  /** The pointer that draws: a second finger is not the first one's next place. */
  #pointer: number | undefined;
  #cursor: { column: number; row: number; down: boolean } | undefined;

  constructor(
    words: PadWords,
    onChange: (strokes: readonly Stroke[], done: boolean) => void,
    announce: (text: string) => void,
  ) {
    this.#words = words;
    this.#onChange = onChange;
    this.#announce = announce;
    this.canvas = element("canvas", {
      class: "pad",
      tabindex: 0,
      role: "application",
      "aria-label": words.label,
      onpointerdown: (event: PointerEvent) => this.#begin(event),
      onpointermove: (event: PointerEvent) => this.#move(event),
      onpointerup: (event: PointerEvent) => this.#end(event),
      onpointercancel: (event: PointerEvent) => this.#end(event),
      onkeydown: (event: KeyboardEvent) => this.#key(event),
      onblur: () => this.#liftKeyboardPen(),
    });
    this.#observer = new ResizeObserver(() => {
      this.#isLaidOut = true;
      this.paint();
    });
    this.#observer.observe(this.canvas);
  }

  close(): void {
    this.#observer.disconnect();
  }

  /** Shows a drawing. */
  show(strokes: readonly Stroke[]): void {
    this.#strokes = strokes;
    this.#current = undefined;
    this.paint();
  }

  undo(): void {
    this.#replace(this.#strokes.slice(0, -1));
  }

  clear(): void {
    this.#replace([]);
  }

  #replace(strokes: readonly Stroke[]): void {
    this.show(strokes);
    if (this.#cursor) this.#cursor.down = false;
    this.#onChange(strokes, true);
  }

  #begin(event: PointerEvent): void {
    if (event.button !== 0 || this.#pointer !== undefined) return;
    this.#pointer = event.pointerId;
    this.canvas.setPointerCapture(event.pointerId);
    this.#cursor = undefined;
    this.#current = [this.#point(event)];
    this.#strokes = [...this.#strokes, this.#current];
    this.#changed(false);
  }

  #move(event: PointerEvent): void {
    if (!this.#current || this.#cursor || event.pointerId !== this.#pointer) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length > 0 ? events : [event]) this.#current.push(this.#point(each));
    this.#changed(false);
  }

  #end(event: PointerEvent): void {
    if (event.pointerId !== this.#pointer) return;
    this.#pointer = undefined;
    if (!this.#current || this.#cursor) return;
    this.#current = undefined;
    this.#changed(true);
  }

  #point(event: PointerEvent): Point {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return { x: clamp((event.clientX - left) / width), y: clamp((event.clientY - top) / height) };
  }

  #key(event: KeyboardEvent): void {
    const step = ARROWS[event.key];
    if (step) this.#moveCursor(step);
    else if (event.key === " " || event.key === "Enter") this.#toggleKeyboardPen();
    else if (event.key === "Backspace") this.undo();
    else if (event.key === "Delete") this.clear();
    else if (event.key === "Escape") this.#liftKeyboardPen();
    else return;
    event.preventDefault();
  }

  #moveCursor([dx, dy]: readonly [number, number]): void {
    const cursor = this.#keyboardPen();
    cursor.column = Math.min(GRID - 1, Math.max(0, cursor.column + dx));
    cursor.row = Math.min(GRID - 1, Math.max(0, cursor.row + dy));
    if (cursor.down && this.#current) {
      this.#current.push(this.#cursorPoint());
      this.#changed(false);
    } else this.paint();
  }

  #toggleKeyboardPen(): void {
    const cursor = this.#keyboardPen();
    if (cursor.down) {
      this.#liftKeyboardPen();
      return;
    }
    cursor.down = true;
    this.#current = [this.#cursorPoint()];
    this.#strokes = [...this.#strokes, this.#current];
    this.#announce(this.#words.penDown);
    this.#changed(false);
  }

  #liftKeyboardPen(): void {
    if (!this.#cursor?.down) return;
    this.#cursor.down = false;
    this.#current = undefined;
    this.#announce(this.#words.penUp);
    this.#changed(true);
  }

  /** Where the keyboard's pen is; at first where most digits begin. */
  #keyboardPen(): { column: number; row: number; down: boolean } {
    this.#cursor ??= { column: GRID / 2, row: GRID / 4, down: false };
    return this.#cursor;
  }

  #cursorPoint(): Point {
    const { column, row } = this.#cursor!;
    return { x: (column + 0.5) / GRID, y: (row + 0.5) / GRID };
  }

  #changed(done: boolean): void {
    this.paint();
    this.#onChange(this.#strokes, done);
  }

  /** Paints at the screen's own resolution. */
  paint(): void {
    // Before the first layout, asking for a size would make one of a page that is half there; the observer paints then.
    if (!this.#isLaidOut) return;
    const side = Math.round(this.canvas.clientWidth * Math.min(3, devicePixelRatio || 1));
    if (side === 0) return;
    if (this.canvas.width !== side) {
      this.canvas.width = side;
      this.canvas.height = side;
    }
    const context = this.canvas.getContext("2d")!;
    const style = getComputedStyle(this.canvas);
    context.clearRect(0, 0, side, side);
    this.#paintGuides(context, side, style.getPropertyValue("--soil-line"));
    context.strokeStyle = style.getPropertyValue("--chalk");
    paintStrokes(context, this.#strokes, side);
    if (this.#cursor) this.#paintCursor(context, side);
  }

  /** The box into which MNIST's digits are fitted, as a hint for size. */
  #paintGuides(context: CanvasRenderingContext2D, side: number, colour: string): void {
    context.strokeStyle = colour;
    context.lineWidth = Math.max(1, side / 400);
    context.setLineDash([side / 70, side / 70]);
    context.strokeRect(side * 0.14, side * 0.11, side * 0.72, side * 0.78);
    context.setLineDash([]);
  }

  #paintCursor(context: CanvasRenderingContext2D, side: number): void {
    const { x, y } = this.#cursorPoint();
    context.beginPath();
    context.arc(x * side, y * side, PEN * side * 0.7, 0, 2 * Math.PI);
    context.lineWidth = side / 130;
    context.strokeStyle = this.#cursor!.down ? "#6bd394" : "#f0b45b";
    context.stroke();
  }
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
