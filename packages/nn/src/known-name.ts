import { ConfigError, type ErrorOwner, kebab, ownerLabel, showValue } from "./errors.js";

/**
 * Checks that `value` is one of the names of a long list, and tells the nearest one where there is one.
 * @throws {ConfigError} `<name>-unknown`
 */
export function requireKnown<T extends string>(
  owner: ErrorOwner,
  name: string,
  value: string,
  known: readonly T[],
): asserts value is T {
  if ((known as readonly string[]).includes(value)) return;
  // From a file it may be anything, and of any length.
  const near = typeof value === "string" && value.length < 100 ? nearest(value, known) : undefined;
  const wayOut =
    near === undefined
      ? `expected one of ${known.length}, such as ${known.slice(0, 3).map(showValue).join(", ")}`
      : `did you mean ${showValue(near)}?`;
  throw new ConfigError(
    `${kebab(name)}-unknown`,
    `${ownerLabel(owner)}: ${name} ${showValue(value)} is not known; ${wayOut}${near === undefined ? "." : ""}`,
  );
}

/** The name that is meant, as far as one can tell: by its initials ("mse"), as part of the other, or with a slip or two, a third of its letters at most. */
export function nearest(value: string, names: readonly string[]): string | undefined {
  const given = value.toLowerCase();
  let best: string | undefined;
  let least = given.length > 3 ? Math.max(2, given.length / 3) : 1;
  for (const name of names) {
    const lower = name.toLowerCase();
    const initials = name[0] + name.slice(1).replace(/[^A-Z]/g, "");
    const [short, long] = lower.length < given.length ? [lower, given] : [given, lower];
    const within = short.length > 2 && long.includes(short);
    const far =
      initials.toLowerCase() === given ? 0 : within ? 1 - short.length / long.length : edits(given, lower);
    if (far <= least && (best === undefined || far < least)) [best, least] = [name, far];
  }
  return best;
}

/** How many letters must be put in, left out or exchanged to make one word of the other (Levenshtein, 1966). */
function edits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (let j = 0; j < to.length; j++)
      next.push(Math.min(row[j]! + (letter === to[j] ? 0 : 1), row[j + 1]! + 1, next[j]! + 1));
    row = next;
  }
  return row[to.length]!;
}
