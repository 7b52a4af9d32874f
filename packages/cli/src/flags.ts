import { UsageError } from "./failure.js";
import { type FieldName, fields } from "./fields.js";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const TEXTS: ReadonlySet<FieldName> = new Set([
  "data",
  "dataDir",
  "testData",
  "time",
  "recording",
  "textColumn",
  "weight",
  "from",
  "out",
]);

/** Flags of several values, parted by commas; a part may stand in quotes, for a name that has a comma. */
const LISTS: ReadonlySet<FieldName> = new Set(["target", "drop"]);

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
    const value = readValue(name, text);
    const result = fields[name].safeParse(value);
    if (result.success) return result.data;
    throw new UsageError(`${flagOf(name)} ${result.error.issues[0]!.message}.`);
  };
}

function readValue(name: FieldName, text: string): unknown {
  if (LISTS.has(name)) return parts(text);
  if (name === "augment" && !NUMBER.test(text)) return parts(text);
  if (name === "types") return Object.fromEntries(pairs(text));
  if (name === "classWeight" && text.includes("=")) {
    return Object.fromEntries(
      pairs(text).map(([key, value]) => [key, NUMBER.test(value) ? Number(value) : value]),
    );
  }
  return !TEXTS.has(name) && NUMBER.test(text) ? Number(text) : text;
}

/** `name=value` of each part: a name may have an equals sign in it, and stand in quotes with a comma; its value has neither. */
function pairs(text: string): [string, string][] {
  const found = text.match(/"[^"]*"=[^,]*|"[^"]*"|[^,]+/g) ?? [];
  return found.map((part) => {
    const at = part.lastIndexOf("=");
    const [name, value] = at < 0 || part.endsWith('"') ? [part, ""] : [part.slice(0, at), part.slice(at + 1)];
    return [name.trim().replace(/^"(.*)"$/, "$1"), value.trim()];
  });
}

function parts(text: string): string[] {
  const found = text.match(/"[^"]*"|[^,]+/g) ?? [];
  return found.map((part) => part.trim().replace(/^"(.*)"$/, "$1")).filter((part) => part !== "");
}
