import { UsageError } from "../failure.js";

/** How many trials are trained at once. @throws {UsageError} */
export function readParallel(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new UsageError(`--parallel must be a whole number of at least 1, got ${JSON.stringify(text)}.`);
}
