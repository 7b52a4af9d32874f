import type { Node, Tensor } from "../graph/tensor.js";
import { add } from "../ops/add.js";
import type { ElementwiseAttributes } from "../ops/elementwise.js";
import { isParameter } from "../ops/leaves.js";
import { mul } from "../ops/mul.js";
import { reshapeOp } from "../ops/reshape.js";
import { rsqrt } from "../ops/rsqrt.js";
import { sub } from "../ops/sub.js";

/** γ·(x − mean)/√(variance + ε) + β along the second axis, as a graph in inference has it. */
export interface BatchNormPattern {
  readonly x: Tensor;
  readonly gamma: Tensor | undefined;
  readonly beta: Tensor | undefined;
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly epsilon: number;
}

/**
 * The batch normalisations of a graph by their results, and what lies inside of them and nobody else reads: other tools know the operation by its
 * name, and keep its averages while they train.
 */
export function batchNorms(
  all: readonly Tensor[],
  readers: ReadonlyMap<Tensor, readonly Node[]>,
): { readonly found: ReadonlyMap<Tensor, BatchNormPattern>; readonly inside: ReadonlySet<Tensor> } {
  const found = new Map<Tensor, BatchNormPattern>();
  const inside = new Set<Tensor>();
  const onlyReader = (x: Tensor): Tensor | undefined => {
    const [reader, other] = readers.get(x) ?? [];
    return other ? undefined : reader?.outputs[0];
  };
  for (const scaled of all) {
    const [centred, factor] = operands(scaled, mul.op);
    const [x, middle] = centred ? operands(centred, sub.op) : [];
    const [spread] = factor ? operands(flat(factor), rsqrt.op) : [];
    const mean = middle && alongSecond(middle, scaled);
    if (!x || !mean || !centred || !factor || !spread || onlyReader(centred) !== scaled) continue;
    const [variance, epsilon] = summandOf(spread);
    if (!variance || epsilon === undefined || !alongSecond(factor, scaled)) continue;
    const steps: Tensor[] = [centred, scaled];
    const follow = (op: unknown): Tensor | undefined => {
      const next = onlyReader(steps.at(-1)!);
      const [input, vector] = next ? operands(next, op) : [];
      const leaf = vector && input === steps.at(-1) ? alongSecond(vector, scaled) : undefined;
      if (!leaf || !isParameter(leaf) || !next) return undefined;
      steps.push(next);
      return leaf;
    };
    const gamma = follow(mul.op);
    const beta = follow(add.op);
    found.set(steps.at(-1)!, { x, gamma, beta, mean, variance, epsilon });
    for (const step of steps.slice(0, -1)) inside.add(step);
  }
  return { found, inside };
}

function operands(x: Tensor, op: unknown): readonly (Tensor | undefined)[] {
  return (x.op as unknown) === op ? x.inputs : [];
}

const flat = (x: Tensor): Tensor => (x.op === reshapeOp ? x.inputs[0]! : x);

/** A vector that is spread along the second axis of `like`, without the reshaping. */
function alongSecond(x: Tensor, like: Tensor): Tensor | undefined {
  const vector = flat(x);
  const channels = like.shape[1];
  const place = x.shape.length - (like.shape.length - 1);
  const isThere = vector.shape.length === 1 && channels === vector.shape[0] && x.shape[place] === channels;
  return isThere && x.shape.every((size, axis) => axis === place || size === 1) ? vector : undefined;
}

/** A parameter with a constant added, and the constant. */
function summandOf(x: Tensor): readonly [Tensor | undefined, number | undefined] {
  const [formula] = ((x.attributes as Partial<ElementwiseAttributes>).expressions ??
    []) as ElementwiseAttributes["expressions"];
  const [leaf, constant] = formula?.primitive === "add" ? formula.args : [];
  const [input] = x.inputs;
  if (leaf?.primitive !== "input" || constant?.primitive !== "constant" || !input || !isParameter(input))
    return [undefined, undefined];
  return [input, constant.value];
}
