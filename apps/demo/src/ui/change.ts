/** Tells whether what a part shows became another, so that it is written anew only then, and focus and open tables stay. */
export class Change {
  #shown: string | undefined;

  to(state: unknown): boolean {
    const text = JSON.stringify(state);
    if (this.#shown === text) return false;
    this.#shown = text;
    return true;
  }
}
