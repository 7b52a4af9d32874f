import type { Address } from "./address.js";

export type Language = "en" | "ko";
export type Theme = "light" | "dark";

const KEY = "loam";

interface Saved {
  language?: Language;
  theme?: Theme;
}

/** Language and theme: the address first, then what was chosen here before, then what the system says. */
export class Preferences {
  readonly #address: Address;
  readonly #saved: Saved;
  readonly #dark = matchMedia("(prefers-color-scheme: dark)");
  readonly #listeners = new Set<() => void>();

  constructor(address: Address) {
    this.#address = address;
    this.#saved = load();
    this.#dark.addEventListener("change", () => this.#apply());
    address.onChange(() => this.#apply());
    this.#apply();
  }

  get language(): Language {
    const asked = this.#address.get("lang");
    if (asked === "en" || asked === "ko") return asked;
    return this.#saved.language ?? (/^ko\b/i.test(navigator.language) ? "ko" : "en");
  }

  get theme(): Theme {
    const asked = this.#address.get("theme");
    if (asked === "light" || asked === "dark") return asked;
    return this.#saved.theme ?? (this.#dark.matches ? "dark" : "light");
  }

  chooseLanguage(language: Language): void {
    this.#saved.language = language;
    save(this.#saved);
    this.#address.set({ lang: language });
  }

  chooseTheme(theme: Theme): void {
    this.#saved.theme = theme;
    save(this.#saved);
    this.#address.set({ theme });
  }

  /** Called when the language or the theme became another. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  #apply(): void {
    const root = document.documentElement;
    if (root.lang === this.language && root.dataset.theme === this.theme) return;
    root.lang = this.language;
    root.dataset.theme = this.theme;
    for (const listener of this.#listeners) listener();
  }
}

function load(): Saved {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}") as Saved;
  } catch {
    return {};
  }
}

function save(saved: Saved): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(saved));
  } catch {
    // Storage may be forbidden or full; the choice then lasts as long as the address does.
  }
}

/** True when the visitor asked the system for less movement. */
export function reducedMotion(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
