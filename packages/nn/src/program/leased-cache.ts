interface Entry<T> {
  readonly value: Promise<T>;
  users: number;
}

/** Values by key, made when first asked for. When there are more than `limit`, those that nobody uses go, the longest unused first. */
export class LeasedCache<T> {
  readonly #limit: number;
  readonly #dispose: (value: T) => void;
  /** The longest unused first. */
  readonly #entries = new Map<string, Entry<T>>();

  constructor(limit: number, dispose: (value: T) => void) {
    this.#limit = limit;
    this.#dispose = dispose;
  }

  /** What `work` makes of the value, which stays while it runs. A value that could not be made is tried anew by the next. */
  async use<R>(key: string, make: () => Promise<T>, work: (value: T) => R | Promise<R>): Promise<R> {
    const entry = this.#entries.get(key) ?? { value: make(), users: 0 };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    entry.users++;
    try {
      const value = await entry.value.catch((error: unknown) => {
        if (this.#entries.get(key) === entry) this.#entries.delete(key);
        throw error;
      });
      return await work(value);
    } finally {
      entry.users--;
      this.#trim();
    }
  }

  /** Drops what nobody uses among the keys that are `meant`. */
  drop(meant: (key: string) => boolean): void {
    for (const [key, entry] of this.#entries) if (meant(key)) this.#remove(key, entry);
  }

  #trim(): void {
    for (const [key, entry] of this.#entries) {
      if (this.#entries.size <= this.#limit) return;
      this.#remove(key, entry);
    }
  }

  #remove(key: string, entry: Entry<T>): void {
    if (entry.users > 0) return;
    this.#entries.delete(key);
    // One that failed has left the map already and told its user.
    entry.value.then(this.#dispose, () => undefined);
  }
}
