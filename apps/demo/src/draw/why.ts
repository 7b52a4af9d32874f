import type { Sequential } from "@loam/nn";

const SIDE = 28;
/** A field of so many pixels a side is turned from ink to none, or the other way round. */
const FIELD = 2;
const FIELDS = SIDE / FIELD;

/**
 * What each field of a picture, 2 by 2 pixels, says for or against a class: the log-odds of the class, less those of the same picture with that
 * field's ink taken away, or laid where there was none. Above zero speaks for the class as it is, below zero against it.
 * @returns [14 · 14], row after row.
 */
export async function whyThat(model: Sequential, picture: Uint8Array, digit: number): Promise<Float32Array> {
  const count = FIELDS * FIELDS + 1;
  const data = new Uint8Array(count * SIDE * SIDE);
  for (let k = 0; k < count; k++) data.set(picture, k * SIDE * SIDE);
  for (let field = 0; field < FIELDS * FIELDS; field++) turn(data, (field + 1) * SIDE * SIDE, field);
  const logits = await model.predict({ data, shape: [count, 1, SIDE, SIDE] }, { batchSize: count });
  const classes = logits.shape[1]!;
  const odds = Array.from({ length: count }, (_, k) =>
    logOdds(logits.data.subarray(k * classes, (k + 1) * classes) as Float32Array, digit),
  );
  return Float32Array.from({ length: FIELDS * FIELDS }, (_, field) => odds[0]! - odds[field + 1]!);
}

/** Lays ink where a field has little, and takes it away where it has more. */
function turn(data: Uint8Array, start: number, field: number): void {
  const top = Math.floor(field / FIELDS) * FIELD;
  const left = (field % FIELDS) * FIELD;
  const places = Array.from(
    { length: FIELD * FIELD },
    (_, i) => start + (top + Math.floor(i / FIELD)) * SIDE + left + (i % FIELD),
  );
  const mean = places.reduce((sum, at) => sum + data[at]!, 0) / places.length;
  for (const at of places) data[at] = mean < 128 ? 255 : 0;
}

/** log p − log(1 − p) of a class, from the logits. */
function logOdds(logits: Float32Array, digit: number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const [k, value] of logits.entries()) if (k !== digit) most = Math.max(most, value);
  let sum = 0;
  for (const [k, value] of logits.entries()) if (k !== digit) sum += Math.exp(value - most);
  return logits[digit]! - most - Math.log(sum);
}
