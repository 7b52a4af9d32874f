import type { NumberEncoding } from "../../schema/data-schema.js";
import { showNumber } from "./describe-table.js";

/** So many standard deviations from the mean training had at most one number of sixteen (Chebyshev). */
export const FAR = 4;

/** What training had of a number, as `2,700 to 6,300`, or `about 4,200, give or take 800`. */
function usualRange(encoding: NumberEncoding): string {
  if (encoding.kind !== "linear")
    return `${showNumber(encoding.at[0]!)} to ${showNumber(encoding.at.at(-1)!)}`;
  const { shift, scale } = encoding;
  const [mean, deviation] = [-shift / scale, 1 / scale].map((value) =>
    showNumber(Number(value.toPrecision(2))),
  );
  return `about ${mean}, give or take ${deviation}`;
}

/** The sentence for a column of which most numbers are none that training had. */
export function farSentence(
  file: string,
  column: string,
  {
    count,
    filled,
    encoding,
  }: { readonly count: number; readonly filled: number; readonly encoding: NumberEncoding },
): string {
  return `${file}: ${count} of ${filled} numbers in ${JSON.stringify(column)} are none that training had, which was ${usualRange(encoding)}; are they in another unit, or written in another way?`;
}

/** The same for numbers x that training scaled as x · scale + shift; undefined where most are near. */
export function farNote(
  file: string,
  column: string,
  values: ArrayLike<number>,
  { shift, scale }: { readonly shift: number; readonly scale: number },
): string | undefined {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (Math.abs(values[i]! * scale + shift) > FAR) count++;
  if (count <= values.length / 2) return undefined;
  return farSentence(file, column, {
    count,
    filled: values.length,
    encoding: { kind: "linear", shift, scale },
  });
}
