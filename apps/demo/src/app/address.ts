/** The views of the site, in the order of its navigation. */
export const VIEWS = ["draw", "train", "playground", "inside", "speed"] as const;
export type ViewName = (typeof VIEWS)[number];

/** `isVisit`: a link was followed, or an address was put in, in place of a parameter that the page itself has written. */
type Listener = (isVisit: boolean) => void;

/**
 * The page's state, kept in the address: `#/train?net=mlp&seed=3`. What is at its default is left out, so that addresses stay short.
 * Writing a parameter replaces the entry of the browser's history; going to another view makes a new one.
 */
export class Address {
  #view: ViewName = "draw";
  #params = new URLSearchParams();
  /** The browser's address when it was last read or written. */
  #known = "";
  readonly #listeners = new Set<Listener>();

  constructor() {
    this.#read();
    addEventListener("hashchange", () => {
      this.#read();
      this.#tell(true);
    });
  }

  get view(): ViewName {
    return this.#view;
  }

  get(name: string): string | undefined {
    return this.#params.get(name) ?? undefined;
  }

  /** Sets parameters; `undefined` removes one. */
  set(values: Readonly<Record<string, string | undefined>>): void {
    // A link may have been followed of which the browser has not told yet: writing the old view over it would lose the click.
    if (location.hash !== this.#known) this.#read();
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) this.#params.delete(name);
      else this.#params.set(name, value);
    }
    try {
      history.replaceState(history.state, "", this.link(this.#view));
    } catch {
      // Safari refuses more than a hundred in half a minute, as a slider makes them; the next one that it takes has it all.
    }
    this.#known = location.hash;
    this.#tell(false);
  }

  /** The address of another view with the same parameters but for those in `values`. */
  link(view: ViewName, values: Readonly<Record<string, string>> = {}): string {
    const params = new URLSearchParams(this.#params);
    for (const [name, value] of Object.entries(values)) params.set(name, value);
    const query = params.toString();
    return `#/${view}${query === "" ? "" : `?${query}`}`;
  }

  /** Called after each change, whoever made it. @returns what ends that. */
  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #read(): void {
    this.#known = location.hash;
    const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?");
    this.#view = VIEWS.find((name) => name === path) ?? "draw";
    this.#params = new URLSearchParams(query);
  }

  #tell(isVisit: boolean): void {
    for (const listener of [...this.#listeners]) listener(isVisit);
  }
}
