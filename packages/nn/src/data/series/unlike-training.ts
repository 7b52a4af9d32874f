import { DataError } from "../../errors.js";
import type { SeriesColumn, SeriesInput } from "../../schema/data-schema.js";
import { farNote } from "../table/far-numbers.js";
import { listNames } from "../table/table.js";
import type { Series } from "./series.js";
import { showSpan } from "./span.js";
import { intervalOf } from "./understand-series.js";

/** What a later series has that training had not, in sentences: columns that nothing is made of, numbers in another unit. */
export function unlikeTraining(
  series: readonly Series[],
  { columns, leftOut }: { readonly columns: readonly SeriesColumn[]; readonly leftOut: readonly string[] },
  apart: readonly string[] = [],
): string[] {
  const [first] = series;
  if (first === undefined) return [];
  // A file may say nothing of what was left out.
  const known = new Set([leftOut ?? [], apart].flat());
  const unknown = [...new Set(series.flatMap(({ unread }) => unread))].filter((name) => !known.has(name));
  const far = columns.flatMap(({ name, shift, scale }, i) => {
    const values = series.flatMap((one) => Array.from(one.columns[i]!.values.filter(Number.isFinite)));
    return farNote(first.name, name, values, { shift: -shift / scale, scale: 1 / scale }) ?? [];
  });
  const ignored = `${first.name}: not known to the network, and ignored: ${listNames(unknown)}`;
  return unknown.length > 0 ? [ignored, ...far] : far;
}

/** By this factor rows may lie further apart than those of training, or nearer together, before it is said. */
const LIKE = 1.5;

/**
 * A sentence for rows that usually lie nearer together than in training, or further apart.
 * @throws {DataError} `series-sparse` where they lie further apart than the values of a window do, of which most would be made up.
 */
export function distanceNote(
  { name, days }: Series,
  { unit, interval, step }: SeriesInput,
): string | undefined {
  if (unit === "rows" || days === undefined || days.length < 2) return undefined;
  const usual = intervalOf(days);
  if (usual <= LIKE * interval && interval <= LIKE * usual) return undefined;
  const [now, before] = [usual, interval].map((length) => showSpan({ unit: "days", length }));
  const said = `rows usually lie ${now} apart, and those of training ${before}`;
  if (usual > LIKE * Math.max(step, interval))
    throw new DataError(
      "series-sparse",
      `${name}: ${said}; what lies between them is not known: give the network rows as far apart as it was trained on, or train one on these.`,
      { file: name },
    );
  return `${name}: ${said}; do they say the same, or are they sums over other times?`;
}
