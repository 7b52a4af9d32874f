/** How far each entry of the browser's history was scrolled: going back to a view goes back to its place. */
export class ScrollPlaces {
  readonly #places = new Map<number, number>();
  #entry = 0;
  #last = 0;

  constructor() {
    this.#mark();
    addEventListener("scroll", () => this.#places.set(this.#entry, scrollY), { passive: true });
  }

  /** Called when another entry is shown. @returns where it was left, or the top of a new one. */
  enter(): number {
    const known = (history.state as { entry?: number } | null)?.entry;
    if (known === undefined) this.#mark();
    else this.#entry = known;
    return this.#places.get(this.#entry) ?? 0;
  }

  #mark(): void {
    this.#last += 1;
    this.#entry = this.#last;
    history.replaceState({ entry: this.#entry }, "");
  }
}
