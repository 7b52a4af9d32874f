import { FormatError } from "../errors.js";
import type { DataSchema, InputSchema, LabelTarget, NumberTarget, Task, TextInput } from "./data-schema.js";

const INPUTS: readonly InputSchema["kind"][] = ["table", "pixels", "image", "text", "series", "recording"];

/**
 * Checks what a file says of a model's data, but for columns: who reads tables, series and recordings looks at those. A model that takes samples of
 * `inputShape` has texts and recordings of so many words or rows.
 * @throws {FormatError} `schema-invalid`
 */
export function parseSchema(value: unknown, owner: string, inputShape: readonly number[]): DataSchema {
  const { task, input } = recordOf(value);
  const { kind, length, steps } = recordOf(input);
  if (kind === "text" && (!isText(input) || length !== inputShape[0])) return damaged(owner);
  if (kind === "recording" && steps !== inputShape[0]) return damaged(owner);
  if (isTask(task) && INPUTS.some((one) => one === kind)) return { task, input: input as InputSchema };
  return damaged(owner);
}

function damaged(owner: string): never {
  throw new FormatError(
    "schema-invalid",
    `${owner}: what it says of its data is of no kind that is known here; the file is damaged or from a later version of Loam.`,
  );
}

/** The most words, rows or values that a file may say a network looks at: far more than any, and few enough to make room for. */
const MOST = 1e6;

/** Whether a file says a number of words, rows or values that a network may look at. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0 && (value as number) <= MOST;
}

function isText(value: unknown): value is TextInput {
  const { unit, vocabulary, length, column, identifiers = [] } = recordOf(value);
  const areWords = (list: unknown) => Array.isArray(list) && list.every((one) => typeof one === "string");
  const words = areWords(vocabulary) && areWords(identifiers);
  const units = unit === "character" || unit === "word";
  return words && units && isCount(length) && (column === undefined || typeof column === "string");
}

function isTask(value: unknown): value is Task {
  const { kind, target, targets, labels } = recordOf(value);
  if (kind === "next") return true;
  const isNamed = target === undefined || typeof target === "string";
  if (kind === "classification") return isNamed;
  if (kind === "multilabel")
    return isNamed && Array.isArray(labels) && labels.length > 0 && labels.every(isLabel);
  return kind === "regression" && Array.isArray(targets) && targets.length > 0 && targets.every(isTarget);
}

function isTarget(value: unknown): value is NumberTarget {
  const { name, shift, scale } = recordOf(value);
  return typeof name === "string" && Number.isFinite(shift) && Number.isFinite(scale);
}

function isLabel(value: unknown): value is LabelTarget {
  const { name, yes, no } = recordOf(value);
  return [name, yes, no].every((word) => typeof word === "string");
}

/** The fields of an object; none of what is no object. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
