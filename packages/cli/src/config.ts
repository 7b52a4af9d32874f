import { readFile } from "node:fs/promises";
import { z } from "zod";
import { UsageError } from "./failure.js";
import { clipped, fields, showInput } from "./fields.js";
import { didYouMean } from "./names.js";
import { naming } from "./naming.js";

/**
 * What `--config file.json` may say: the settings of `loam train` by their names in camelCase, and `layers` for a network of one's own.
 * Names that nobody knows are refused: a typo must not train for a night.
 */
export const configSchema = z
  .strictObject(fields, {
    error: objectError("setting", Object.keys(fields)),
  })
  .partial()
  .refine((config) => config.model === undefined || config.layers === undefined, {
    error: "must have model or layers, not both",
  });

/** What is wrong with an object that has `known` keys alone, as `what` they are called. */
export function objectError(what: string, known: readonly string[]) {
  return ({ code, keys, input }: { code?: string; keys?: unknown; input?: unknown }): string =>
    code === "unrecognized_keys"
      ? some(keys as string[], (key) => `has no ${what} ${showInput(key)}${didYouMean(key, known)}`)
      : `must be an object, got ${showInput(input)}`;
}

/** Settings that somebody gave; absent ones are left out, never undefined. */
export type Config = { [Name in keyof typeof fields]?: z.output<(typeof fields)[Name]> };

/** Deeper than any setting, and not so deep that what looks at it runs out of stack. */
const DEEPEST = 100;

/** @throws {UsageError} `net.json: not JSON: …`, or where it is nested more than a hundred deep. */
export function parseJson(text: string, file: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, "")); // some editors begin a file with a mark of its byte order
  } catch (error) {
    const why = (error as Error).message.replace(/\s+/g, " ");
    throw new UsageError(`${file}: not JSON: ${why}.`);
  }
  if (isDeeper(value, DEEPEST)) throw new UsageError(`${file}: is nested more than ${DEEPEST} deep.`);
  return value;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}

/**
 * Checks a configuration's text. All that is wrong is told at once.
 * @throws {UsageError} `net.json: learningRate must be a number in (0, ∞), got -1; layers[0].type must be a string, got 3.`
 */
export function parseConfig(text: string, file: string): Config {
  const result = configSchema.safeParse(parseJson(text, file));
  if (result.success) return result.data as Config; // JSON knows no undefined
  throw new UsageError(`${file}: ${sentencesOf(result.error)}.`);
}

/** What a schema found wrong, and where: `layers[0].type must be a string, got 3; …` */
export function sentencesOf({ issues }: z.ZodError): string {
  return some(issues, ({ path, message }) => {
    const where = path
      .map((key, i) => (typeof key === "number" ? `[${key}]` : `${i > 0 ? "." : ""}${clipped(String(key))}`))
      .join("");
    return where === "" ? message : `${where} ${message}`;
  });
}

/** As many faults are told as a person would mend before trying again. */
const MOST = 10;

/** What is said of each of the first of a list, and how many more there are: a file decides how long the list is. */
function some<T>(list: readonly T[], say: (one: T) => string): string {
  const said = list.slice(0, MOST).map(say);
  if (list.length > MOST) said.push(`and ${list.length - MOST} more`);
  return said.join("; ");
}

/** Reads a configuration file. @throws {UsageError} as `parseConfig`; the host's error when the file cannot be read. */
export async function readConfig(file: string): Promise<Config> {
  return parseConfig(await readText(file), file);
}

/** A file's text. @throws the host's error, with the file's path. */
export function readText(file: string): Promise<string> {
  return naming(file, readFile(file, "utf8"));
}
