// A body that is repeated, and the gradient of that: a loop that goes the other way.
import type { Node, Op, PullBack } from "../graph/op.js";
import { makeTensors, reachable, type Tensor } from "../graph/tensor.js";
import { add } from "./add.js";
import { broadcastTo } from "./broadcast-to.js";
import { constantOf, fill } from "./fill.js";
import { input } from "./leaves.js";
import { type Body, type LoopAttributes, madeBy, rebuilt } from "./loop-body.js";
import { lowerLoop } from "./lower-loop.js";
import { isSlice, slice } from "./parts.js";
import { reshape, reshapeOp } from "./reshape.js";
import { sumOfSteps } from "./sum-of-steps.js";

export interface LoopRequest extends Body {
  readonly length: number;
  readonly reverse: boolean;
  /** Further tensors of the body that are wanted of each step. */
  readonly wanted: readonly Tensor[];
  /** Outside, in the order of the body's leaves: the first carry, and [length, …] for each part. */
  readonly init: readonly Tensor[];
  readonly sequences: readonly Tensor[];
  readonly common: readonly Tensor[];
}

type LoopNode = Node<LoopAttributes>;

/**
 * With C carried tensors, outputs 0 … C−1 are the last carry, C … 2C−1 its history [length + 1, …] by time, which begins (in reverse: ends) with
 * the first one, and the others the stacks [length, …] of `made`. Whichever nobody reads is not kept.
 */
export const loopOp: Op<LoopAttributes> = {
  name: "scan",
  lazy: true,
  indices: true,
  gradients: loopGradients,
  lower: lowerLoop,
};

export function makeLoop({
  length,
  reverse,
  carry,
  parts,
  shared,
  next,
  wanted,
  init,
  sequences,
  common,
}: LoopRequest): LoopNode {
  const made = madeBy([...next, ...wanted], (x) => x.op === reshapeOp);
  const slot = (x: Tensor) => input("slot", x.shape, x.type);
  const slots = { next: next.map(slot), made: made.map(slot) };
  const attributes: LoopAttributes = { length, reverse, carry, parts, shared, next, made, slots };
  const stacked = (steps: number) => (x: Tensor) => ({ shape: [steps, ...x.shape], type: x.type });
  const outputs = [
    ...carry.map(({ shape, type }) => ({ shape, type })),
    ...carry.map(stacked(length + 1)),
    ...made.map(stacked(length)),
  ];
  return makeTensors(loopOp, [...init, ...sequences, ...common], attributes, outputs)[0]!.node;
}

/** The last carry. */
export const lastCarry = ({ outputs }: LoopNode, i: number): Tensor => outputs[i]!;

/** All steps of a tensor of the body, by time: [length, …]. */
export function stackOf(node: LoopNode, x: Tensor): Tensor {
  const { inputs, outputs } = node;
  const { length, reverse, carry, parts, shared, next, made } = node.attributes;
  const constant = constantOf(x);
  if (constant !== undefined) return fill([length, ...x.shape], constant);
  if (x.op === reshapeOp) return reshape(stackOf(node, x.inputs[0]!), [length, ...x.shape]);
  const count = carry.length;
  const history = (i: number, first: number) =>
    slice(outputs[count + i]!, { starts: [first], ends: [first + length] });
  if (carry.includes(x)) return history(carry.indexOf(x), reverse ? 1 : 0);
  if (parts.includes(x)) return inputs[count + parts.indexOf(x)]!;
  if (shared.includes(x)) {
    const common = inputs[count + parts.length + shared.indexOf(x)]!;
    return broadcastTo(reshape(common, [1, ...x.shape]), [length, ...x.shape]);
  }
  if (next.includes(x)) return history(next.indexOf(x), reverse ? 0 : 1);
  return outputs[2 * count + made.indexOf(x)]!;
}

/** Backwards through the steps: what a step needs of the way there is kept in stacks. */
function loopGradients(
  dys: readonly (Tensor | undefined)[],
  node: LoopNode,
  pullBack: PullBack,
): readonly (Tensor | undefined)[] {
  const { length, reverse, carry, parts, shared, next, made } = node.attributes;
  const count = carry.length;
  const dCarry = carry.map(({ shape }) => input("gradient", shape));
  const sequences: { leaf: Tensor; outside: Tensor }[] = [];
  const common: { leaf: Tensor; outside: Tensor }[] = [];
  const part = (outside: Tensor) => {
    const leaf = input("part", outside.shape.slice(1), outside.type);
    sequences.push({ leaf, outside });
    return leaf;
  };
  const flows: [Tensor, Tensor][] = [];
  next.forEach((y, i) => {
    if (y.type !== "f32") return;
    flows.push([y, dCarry[i]!]);
    const dHistory = dys[count + i];
    const first = reverse ? 0 : 1;
    if (dHistory) flows.push([y, part(slice(dHistory, { starts: [first], ends: [first + length] }))]);
  });
  made.forEach((y, i) => {
    const dy = dys[2 * count + i];
    if (dy) flows.push([y, part(dy)]);
  });
  const slopes = pullBack(flows, [...carry, ...parts, ...shared]);

  const there = new Set([...reachable([...next, ...made]), ...carry, ...parts, ...shared]);
  const back = rebuiltOnTheWayBack();
  const dNext = carry.map(({ shape }, i) => back[i] ?? fill(shape, 0));
  const dParts = back.slice(count, count + parts.length);
  const dShared = back.slice(count + parts.length);

  /** The slopes with leaves in the place of what was computed on the way there; slices are cut again, which takes less room. */
  function rebuiltOnTheWayBack(): (Tensor | undefined)[] {
    const present = slopes.filter((slope) => slope !== undefined);
    const made = rebuilt(present, (x) => {
      if (!there.has(x)) return undefined;
      if (constantOf(x) !== undefined) return x;
      if (x.inputs.length > 0 && (x.op === reshapeOp || isSlice(x))) return undefined;
      if (!shared.includes(x)) return part(stackOf(node, x));
      const leaf = input("shared", x.shape, x.type);
      common.push({ leaf, outside: node.inputs[count + parts.length + shared.indexOf(x)]! });
      return leaf;
    });
    let i = 0;
    return slopes.map((slope) => slope && made[i++]);
  }

  const sums = dShared.map((dx) => dx && sumOfSteps(dx, length));
  // What no op behind the loop can add up is carried along.
  const added = dShared.flatMap((dx, i) => (dx && !sums[i] ? [dx] : []));
  const totals = added.map(({ shape }) => input("total", shape));
  const loop = makeLoop({
    length,
    reverse: !reverse,
    carry: [...dCarry, ...totals],
    parts: sequences.map(({ leaf }) => leaf),
    shared: common.map(({ leaf }) => leaf),
    next: [...dNext, ...added.map((dx, i) => add(totals[i]!, dx))],
    wanted: [...dParts, ...dShared].filter((dx) => dx !== undefined),
    init: [
      ...carry.map(({ shape }, i) => dys[i] ?? fill(shape, 0)),
      ...totals.map(({ shape }) => fill(shape, 0)),
    ],
    sequences: sequences.map(({ outside }) => outside),
    common: common.map(({ outside }) => outside),
  });
  const dInit = carry.map(({ shape, type }, i) => {
    if (type !== "f32") return undefined;
    const dHistory = dys[count + i];
    if (!dHistory) return lastCarry(loop, i);
    const first = reverse ? length : 0;
    const own = slice(dHistory, { starts: [first], ends: [first + 1] });
    return add(lastCarry(loop, i), reshape(own, shape));
  });
  return [
    ...dInit,
    ...dParts.map((dx) => dx && stackOf(loop, dx)),
    ...dShared.map((dx, i) => {
      if (!dx) return undefined;
      return sums[i]?.((x) => stackOf(loop, x)) ?? lastCarry(loop, count + added.indexOf(dx));
    }),
  ];
}
