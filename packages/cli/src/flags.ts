import { UsageError } from "./failure.js";
import { type FieldName, fields } from "./fields.js";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const TEXTS: ReadonlySet<FieldName> = new Set(["data", "dataDir", "testData", "out"]);

/** `learningRate` → `--learning-rate`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/**
 * Makes the reader of one flag: its text becomes a number where it reads like one, and must pass the setting's schema.
 * `Number` alone would also take "", " 1" and "0x10".
 * @throws {UsageError} `--epochs must be an integer of at least 1, got 0.`
 */
export function flagReader(name: FieldName): (text: string) => unknown {
  return (text) => {
    const value = !TEXTS.has(name) && NUMBER.test(text) ? Number(text) : text;
    const result = fields[name].safeParse(value);
    if (result.success) return result.data;
    throw new UsageError(`${flagOf(name)} ${result.error.issues[0]!.message}.`);
  };
}
