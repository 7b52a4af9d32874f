import { LoamError } from "../../src/errors.js";

/** `code: sentence` of what `action` throws; fails on anything else. */
export function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof LoamError) return `${error.name} ${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error("nothing was refused");
}
