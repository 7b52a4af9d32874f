/** A stretch of memory that a step reads or writes, in bytes. */
export interface Touched {
  readonly begin: number;
  readonly end: number;
  readonly writes: boolean;
}

/**
 * Says which instructions have to wait for those before them: those of which a step has several, and the first one of a step that touches what steps
 * since the last wait write, or writes what they touch. A body of a loop begins with a wait, so that no turn runs into the next.
 */
export class Waits {
  readonly #sparing: boolean;
  /** What may be in use since the last wait; undefined where that is not known. */
  #open: readonly Touched[] | undefined;
  #step: readonly Touched[] | undefined;
  #isFree = false;

  constructor(sparing: boolean) {
    this.#sparing = sparing;
  }

  /** What comes next belongs to a step that touches this. */
  begin(step: readonly Touched[]): void {
    const open = this.#open;
    this.#step = step;
    this.#isFree =
      this.#sparing && open !== undefined && !step.some((one) => open.some((other) => collide(one, other)));
  }

  /** Whether the next instruction waits. */
  next(): boolean {
    const free = this.#isFree;
    this.#open = this.#step && [...((free && this.#open) || []), ...this.#step];
    this.#isFree = false;
    return !free;
  }

  /** What comes next belongs to no step, and waits. */
  end(): void {
    this.#step = undefined;
    this.#isFree = false;
  }
}

function collide(a: Touched, b: Touched): boolean {
  return (a.writes || b.writes) && a.begin < b.end && b.begin < a.end;
}
