import type { Language } from "../app/preferences.js";
import { en, type Messages } from "./en.js";
import { ko } from "./ko.js";
import { type Explained, inKorean } from "./library-errors.js";

export type { Messages } from "./en.js";
export type MessageName = keyof Messages;

const dictionaries: Readonly<Record<Language, Messages>> = { en, ko };

/** Says things in one language: `say("draw.verdict", { digit: 7 })` fills `{digit}`. Numbers are written as that language writes them. */
export class Voice {
  readonly #messages: Messages;
  readonly #formats = new Map<string, Intl.NumberFormat>();

  constructor(readonly language: Language) {
    this.#messages = dictionaries[language];
  }

  readonly say = (name: MessageName, values: Readonly<Record<string, string | number>> = {}): string => {
    const said = this.#messages[name].replace(/\{(\w+)\}/g, (_, key: string) => {
      const value = values[key];
      return typeof value === "number" ? this.number(value) : (value ?? `{${key}}`);
    });
    // Of the ten digits only eight begins with a vowel.
    return this.language === "en" ? said.replace(/\b([Aa]) 8\b/g, "$1n 8") : said;
  };

  /** What went wrong, in this language as far as the library's errors are told in it. */
  explain(error: unknown): string {
    const explained: Explained = error instanceof Error ? error : { message: String(error) };
    return (this.language === "ko" && inKorean(explained)) || explained.message;
  }

  number(value: number, digits = 0): string {
    return this.#format("decimal", digits).format(value);
  }

  /** 0.9871 → 98.7 % in the language's own way. */
  percent(share: number, digits = 1): string {
    return this.#format("percent", digits).format(share);
  }

  /** Kept: making one takes longer than using it a hundred times. */
  #format(style: "decimal" | "percent", digits: number): Intl.NumberFormat {
    const key = `${style} ${digits}`;
    let format = this.#formats.get(key);
    if (!format) {
      format = new Intl.NumberFormat(this.language, {
        style,
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      });
      this.#formats.set(key, format);
    }
    return format;
  }

  /** Seconds as 4.2 s or 3:07. */
  duration(seconds: number): string {
    if (!Number.isFinite(seconds)) return "–";
    if (seconds < 60) return `${this.number(seconds, 1)} s`;
    const whole = Math.round(seconds);
    return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  }
}
