import { decodeStrokes, encodeStrokes, type Stroke } from "./strokes.js";

/** A drawing of the visitor's, and what digit it was meant to be. */
export interface Lesson {
  readonly digit: number;
  readonly strokes: readonly Stroke[];
}

const KEY = "loam.hand";
/** A browser keeps some megabytes a site; a drawing takes a few hundred letters. */
const MOST = 1000;

/** The drawings that a visitor has named, kept in this browser and nowhere else. */
export class HandStore {
  #lessons: Lesson[];

  constructor() {
    this.#lessons = read();
  }

  get lessons(): readonly Lesson[] {
    return this.#lessons;
  }

  /** @returns false where the browser keeps nothing, or no more: then the drawing is there until the page is left. */
  add(lesson: Lesson): boolean {
    this.#lessons = [...this.#lessons, lesson].slice(-MOST);
    return this.#write();
  }

  removeLast(): void {
    this.#lessons = this.#lessons.slice(0, -1);
    this.#write();
  }

  clear(): void {
    this.#lessons = [];
    this.#write();
  }

  #write(): boolean {
    const rows = this.#lessons.map(({ digit, strokes }) => `${digit}${encodeStrokes(strokes)}`);
    try {
      localStorage.setItem(KEY, rows.join("\n"));
      return true;
    } catch {
      return false;
    }
  }
}

/** What is kept; lines that are no drawing are passed over, as those of a later version may be. */
function read(): Lesson[] {
  let text: string | null = null;
  try {
    text = localStorage.getItem(KEY);
  } catch {
    // A browser that keeps nothing for this page.
  }
  return (text ?? "").split("\n").flatMap((row) => {
    const digit = Number(row[0]);
    const strokes = decodeStrokes(row.slice(1));
    return /^\d/.test(row) && strokes.length > 0 ? [{ digit, strokes }] : [];
  });
}
