import { planMemory } from "../../program/plan-memory.js";

/** What a step has to do with memory. */
interface Reader {
  readonly inputs: readonly number[];
  readonly output: number;
  readonly kind: string;
}

/** Where values lie in the memory between input and output. */
export interface Places {
  /** How many numbers that memory has. */
  readonly size: number;
  /** By value; undefined for those that lie outside of it. */
  readonly offsets: readonly (number | undefined)[];
}

/** Steps that read each number before they write there. */
const IN_PLACE = new Set(["map", "affine", "prelu", "table"]);

/**
 * Lets values share memory that do not live at the same time. A step that goes number by number may write over what it reads, if nobody reads that later.
 * `outside` are values that lie elsewhere, `kept` one that is read behind the last step; `bytes` is what a number takes.
 */
export function placesOf(
  steps: readonly Reader[],
  sizes: readonly number[],
  {
    outside,
    kept,
    bytes,
  }: { readonly outside: readonly number[]; readonly kept?: number; readonly bytes: number },
): Places {
  const [maker, lastReader] = [sizes.map(() => -1), sizes.map(() => -1)];
  steps.forEach((step, i) => {
    maker[step.output] = i;
    for (const value of step.inputs) lastReader[value] = i;
  });
  if (kept !== undefined) lastReader[kept] = steps.length;
  /** By value, whose memory it has. */
  const owner = sizes.map((_, value) => value);
  const isOutside = (value: number) => outside.includes(value);
  for (const [i, { kind, inputs, output }] of steps.entries()) {
    const x = inputs[0]!;
    if (IN_PLACE.has(kind) && lastReader[x] === i && !isOutside(owner[x]!) && !isOutside(output))
      owner[output] = owner[x]!;
  }
  const used = new Set(steps.flatMap(({ inputs, output }) => [...inputs, output]));
  if (kept !== undefined) used.add(kept);
  const own = [...used].filter((value) => owner[value] === value && !isOutside(value));
  const { offsets, bytes: all } = planMemory(
    own.map((value) => ({
      bytes: sizes[value]! * bytes,
      first: maker[value]!,
      last: Math.max(
        ...[...used].filter((other) => owner[other] === value).map((other) => lastReader[other]!),
      ),
    })),
  );
  const at = new Map(own.map((value, i) => [value, offsets[i]! / bytes]));
  return { size: all / bytes, offsets: sizes.map((_, value) => at.get(owner[value]!)) };
}
