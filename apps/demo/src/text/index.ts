import type { Language } from "../app/preferences.js";
import { en, type Messages } from "./en.js";
import type { Explained } from "./library-errors.js";

export type { Messages } from "./en.js";
export type MessageName = keyof Messages;

/** What a language has to say: the site's sentences, and those for errors of the library, which itself speaks English. */
interface Words {
  readonly messages: Messages;
  explain(error: Explained): string | undefined;
}

/** English is there with the page; Korean comes when it is asked for. */
const words: Readonly<Record<Language, () => Promise<Words>>> = {
  en: async () => ({ messages: en, explain: () => undefined }),
  ko: async () => {
    const [{ ko }, { inKorean }] = await Promise.all([import("./ko.js"), import("./library-errors.js")]);
    return { messages: ko, explain: inKorean };
  },
};

/** The voice of a language, whose words are fetched first. */
export async function voiceOf(language: Language): Promise<Voice> {
  return new Voice(language, await words[language]());
}

/** Says things in one language: `say("draw.verdict", { digit: 7 })` fills `{digit}`. Numbers are written as that language writes them. */
export class Voice {
  readonly #words: Words;
  readonly #formats = new Map<string, Intl.NumberFormat>();

  constructor(
    readonly language: Language,
    words: Words,
  ) {
    this.#words = words;
  }

  readonly say = (name: MessageName, values: Readonly<Record<string, string | number>> = {}): string => {
    const said = this.#words.messages[name].replace(/\{(\w+)\}/g, (_, key: string) => {
      const value = values[key];
      return typeof value === "number" ? this.number(value) : (value ?? `{${key}}`);
    });
    // Of the ten digits only eight begins with a vowel.
    return this.language === "en" ? said.replace(/\b([Aa]) 8\b/g, "$1n 8") : said;
  };

  /** What went wrong, in this language as far as the library's errors are told in it. */
  explain(error: unknown): string {
    const explained: Explained = error instanceof Error ? error : { message: String(error) };
    return this.#words.explain(explained) ?? explained.message;
  }

  number(value: number, digits = 0): string {
    return this.#format("decimal", digits).format(value);
  }

  /** 0.9871 → 98.7 % in the language's own way. */
  percent(share: number, digits = 1): string {
    return this.#format("percent", digits).format(share);
  }

  /** A number of any size with so many digits that say something: 12,300, 0.0123. */
  significant(value: number, digits = 3): string {
    return new Intl.NumberFormat(this.language, { maximumSignificantDigits: digits }).format(value);
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
