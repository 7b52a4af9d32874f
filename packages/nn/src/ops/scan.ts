import { ShapeError } from "../errors.js";
import { formatShape, sameShape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { lastCarry, makeLoop, stackOf } from "./loop.js";
import { closedBody, stepLeaf } from "./loop-body.js";
import { resolveAxes } from "./reduce.js";
import { stack, unstack } from "./stack.js";
import { transpose } from "./transpose.js";

export interface ScanOptions<C> {
  /** What is carried into the first step. */
  readonly init: C;
  /** Tensors of which each step sees one part along `axis`; all are of one length there. */
  readonly inputs: readonly Tensor[];
  /** The axis of time, of inputs and of stacked outputs; 0 unless given. */
  readonly axis?: number;
  /** True to begin with the last part. Outputs lie in the order of the inputs all the same. */
  readonly reverse?: boolean;
}

/** What a step hands on, and what it gives out, if anything. */
export interface ScanStep<C, Y> {
  readonly carry: C;
  readonly outputs?: Y;
}

/** The last carry, and each output with the parts of all steps side by side. */
export interface ScanResult<C, Y> {
  readonly carry: C;
  readonly outputs: { readonly [index in keyof Y]: Tensor };
}

/**
 * A recurrence: (carryₜ, yₜ) = step(carryₜ₋₁, xₜ) for every part xₜ of the inputs along an axis. Any ops may be used in a step, and other
 * tensors, such as weights, as they are.
 *
 * ```ts
 * const { outputs: [hidden] } = scan(([h], [x]) => {
 *   const next = tanh(add(x, matmul(h, recurrent)));
 *   return { carry: [next], outputs: [next] };
 * }, { init: [fill([batch, units], 0)], inputs: [projected], axis: 1 });
 * ```
 *
 * The program has the step once, in a loop, however many there are, and its gradient is a loop that goes the other way. So the function is called
 * once, to see what a step does. One that takes the step's number too is called for each, and each is written into the program.
 *
 * Products of the inputs that need no carry are quicker outside, for all times at once; and along axis 0 nothing has to be rearranged.
 *
 * @returns the last carry, and each output with the parts of all steps side by side along `axis`
 * @throws {ShapeError} `scan-inputs` for inputs of no or of different lengths, `scan-carry` when a step changes the carry's shapes.
 */
export function scan<const C extends readonly Tensor[], const Y extends readonly Tensor[] = readonly []>(
  step: (carry: C, inputs: readonly Tensor[], time: number) => ScanStep<C, Y>,
  options: ScanOptions<C>,
): ScanResult<C, Y> {
  const { inputs, axis = 0 } = options;
  const lengths = inputs.map(({ shape }) => shape[resolveAxes("scan", shape, [axis])[0]!]!);
  const [length = 0] = lengths;
  if (length === 0 || lengths.some((other) => other !== length)) {
    throw new ShapeError(
      "scan-inputs",
      `scan: expected inputs of one length of at least 1 along axis ${axis}, got ${inputs.map(({ shape }) => formatShape(shape)).join(" and ") || "none"}.`,
    );
  }
  const { carry, outputs } =
    step.length > 2
      ? writtenOut(step, options, length)
      : looped(step as (carry: C, inputs: readonly Tensor[]) => ScanStep<C, Y>, options, length);
  return { carry: carry as C, outputs: outputs as unknown as ScanResult<C, Y>["outputs"] };
}

interface Results {
  readonly carry: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

function looped<C extends readonly Tensor[]>(
  step: (carry: C, inputs: readonly Tensor[]) => ScanStep<C, readonly Tensor[]>,
  { init, inputs, axis = 0, reverse = false }: ScanOptions<C>,
  length: number,
): Results {
  const sequences = inputs.map((x) => withAxis(x, axis, 0));
  const carry = init.map((x) => stepLeaf("carry", x));
  const parts = sequences.map(({ shape, type }) => stepLeaf("part", { shape: shape.slice(1), type }));
  const made = step(carry as unknown as C, parts);
  requireCarry(made.carry, init);
  const { results, shared, common } = closedBody(
    [...made.carry, ...(made.outputs ?? [])],
    [...carry, ...parts],
  );
  const [next, outputs] = [results.slice(0, carry.length), results.slice(carry.length)];
  const node = makeLoop({
    ...{ length, reverse, carry, parts, shared, next, init, sequences, common },
    wanted: outputs,
  });
  return {
    carry: next.map((_, i) => lastCarry(node, i)),
    outputs: outputs.map((y) => withAxis(stackOf(node, y), 0, axis)),
  };
}

/** x with one of its axes, counted from the end where it is negative, at another place. */
function withAxis(x: Tensor, from: number, to: number): Tensor {
  const [first, last] = [from, to].map((axis) => resolveAxes("scan", x.shape, [axis])[0]!);
  const order = x.shape.map((_, axis) => axis).filter((axis) => axis !== first);
  order.splice(last!, 0, first!);
  return first === last ? x : transpose(x, order);
}

function writtenOut<C extends readonly Tensor[]>(
  step: (carry: C, inputs: readonly Tensor[], time: number) => ScanStep<C, readonly Tensor[]>,
  { init, inputs, axis = 0, reverse = false }: ScanOptions<C>,
  length: number,
): Results {
  const parts = inputs.map((x) => unstack(x, axis));
  const times = Array.from({ length }, (_, time) => time);
  const outputs: (readonly Tensor[])[] = [];
  let carry = init;
  for (const time of reverse ? times.reverse() : times) {
    const made = step(
      carry,
      parts.map((part) => part[time]!),
      time,
    );
    requireCarry(made.carry, init);
    carry = made.carry;
    outputs[time] = made.outputs ?? [];
  }
  const stacked = outputs[0]!.map((_, i) =>
    stack(
      outputs.map((made) => made[i]!),
      axis,
    ),
  );
  return { carry, outputs: stacked };
}

function requireCarry(carry: readonly Tensor[], init: readonly Tensor[]): void {
  const same =
    carry.length === init.length && carry.every(({ shape }, i) => sameShape(shape, init[i]!.shape));
  if (same) return;
  const shapes = [init, carry].map(
    (some) => some.map(({ shape }) => formatShape(shape)).join(" and ") || "none",
  );
  throw new ShapeError(
    "scan-carry",
    `scan: expected a step to carry on ${shapes[0]}, got ${shapes[1]}; the carry keeps its shapes.`,
  );
}
