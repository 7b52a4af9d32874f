import { flagOf } from "../flags.js";
import type { TrainingSettings } from "../network.js";

/** The command that trains the same network again, and a configuration that it needs, where layers were given. */
export function repeatCommand(settings: TrainingSettings): {
  readonly command: string;
  readonly config?: string;
} {
  const { layers, out: _out, ...rest } = settings;
  const words = Object.entries(rest).flatMap(([name, value]) =>
    value === undefined ? [] : [flagOf(name), quoted(wordOf(value))],
  );
  const command = ["loam", "train", ...(layers ? ["--config", "layers.json"] : []), ...words].join(" ");
  return layers ? { command, config: JSON.stringify({ layers }, undefined, 2) } : { command };
}

/** A setting as its flag takes it. */
function wordOf(value: unknown): string {
  if (Array.isArray(value)) {
    const isSize = value.length === 2 && value.every((side) => typeof side === "number");
    return isSize ? value.join("x") : value.map((part) => quotedPart(String(part))).join(",");
  }
  if (typeof value === "object" && value !== null)
    return Object.entries(value)
      .map(([name, one]) => `${quotedPart(name)}=${one}`)
      .join(",");
  return String(value);
}

/** A name with a comma in it, within a list. */
function quotedPart(part: string): string {
  return part.includes(",") ? `"${part}"` : part;
}

/** A word as a shell takes it. */
export function quoted(word: string): string {
  return /^[\w./:@%+,=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
