import { sameShape, sizeOf } from "../graph/shape.js";
import { reachable, type Tensor } from "../graph/tensor.js";
import { addBiasOp } from "../ops/add-bias.js";
import { conv2dOp, lowerConv2d } from "../ops/conv2d.js";
import { dropoutOp } from "../ops/dropout.js";
import { constantOf } from "../ops/fill.js";
import { isWrittenByColumns, lowerMatmul, matmulOp } from "../ops/matmul.js";
import { maxPool2dGradientOp } from "../ops/max-pool2d.js";
import { reluGradientOp, reluOp } from "../ops/relu.js";
import { reshapeOp } from "../ops/reshape.js";
import { softmaxCrossEntropyGradientOp, softmaxCrossEntropyOp } from "../ops/softmax-cross-entropy.js";
import { fuseConvGradients, fuseConvReluPool, type GraphUse } from "./conv-fusion.js";
import { isLeaf, type Step, throughViews } from "./step.js";

/**
 * The ops that `outputs` need as steps in a runnable order, with what belongs together fused:
 * - bias and ReLU into the matrix product or convolution before them;
 * - the gradient of ReLU and of the dropout behind it into one pass over the dropped output;
 * - the gradient of ReLU and of the maximum pooling behind it into one that masks the pooled gradient;
 * - a convolution's gradients with respect to images, kernel and bias into one;
 * - a convolution, its bias, ReLU and the 2x2 maximum pooling behind them into one, and their gradients into another, so that the
 *   convolution's output never exists in memory;
 * - softmax cross-entropy and its gradient, where what flows into the loss is a constant.
 * An intermediate is fused away only if nothing else uses it.
 */
export function makeSteps(
  outputs: readonly Tensor[],
  poolsInside: GraphUse["poolsInside"] = () => false,
): Step[] {
  const nodes = reachable(outputs);
  const users = new Map<Tensor, Tensor[]>();
  for (const node of nodes) {
    for (const x of new Set(node.inputs)) users.set(x, [...(users.get(x) ?? []), node]);
  }
  const wanted = new Set(outputs);
  const alone = (x: Tensor) => !wanted.has(x) && users.get(x)?.length === 1;
  const steps = new Map<Tensor, Step>();
  const absorbed = new Set<Tensor>();
  const graph: GraphUse = { users: (x) => users.get(x) ?? [], wanted, absorbed, poolsInside };

  // From the last to the first, so that the outermost op of a group is met first and takes the others in.
  for (const node of [...nodes].reverse()) {
    if (absorbed.has(node) || isLeaf(node) || node.op === reshapeOp) continue;
    const fused =
      fuseConvReluPool(node, graph) ??
      fuseConvGradients(node, graph) ??
      fuseEpilogue(node, alone, absorbed) ??
      fuseReluDropoutGradient(node, nodes, alone, absorbed) ??
      fuseReluPoolGradient(node, alone, absorbed) ??
      fuseCrossEntropy(node, users, absorbed);
    steps.set(node, fused ?? plainStep(node));
  }
  // Ops that fusion left without a user are not run.
  const needed = new Set<Tensor>(outputs.map(throughViews));
  const result: Step[] = [];
  for (const node of [...nodes].reverse()) {
    const step = steps.get(node);
    if (
      !step ||
      absorbed.has(node) ||
      !(needed.has(node) || step.alsoWrites.some((other) => needed.has(other)))
    )
      continue;
    for (const x of step.reads) needed.add(throughViews(x));
    result.push(step);
  }
  return result.reverse();
}

type Alone = (x: Tensor) => boolean;

function plainStep(node: Tensor): Step {
  const { op } = node;
  return {
    node,
    reads: node.inputs,
    alsoWrites: [],
    inPlace: op.inPlace,
    layout: (reads) => {
      if (typeof op.layout === "function") return op.layout(node, reads);
      if (op.layout !== "alike") return { inputs: reads.map(() => undefined), output: undefined };
      const common = reads.find((layout) => layout !== undefined);
      return { inputs: reads.map(() => common), output: common };
    },
    lower: (lowering) => op.lower!(lowering),
  };
}

/** relu(addBias(product)), addBias(product) or relu(product), where product is a matmul or a conv2d. */
function fuseEpilogue(node: Tensor, alone: Alone, absorbed: Set<Tensor>): Step | undefined {
  let at = node;
  const relu = at.op === reluOp;
  if (relu) {
    if (!alone(at.inputs[0]!)) return undefined;
    at = at.inputs[0]!;
  }
  let bias: Tensor | undefined;
  const withBias = at;
  if (at.op === addBiasOp && alone(at.inputs[0]!)) {
    bias = at.inputs[1]!;
    at = at.inputs[0]!;
  }
  if ((at.op !== matmulOp && at.op !== conv2dOp) || at === node) return undefined;
  const product = at;
  if (bias && product.op === matmulOp && isWrittenByColumns(product)) return undefined;
  for (const inner of [withBias, product]) if (inner !== node) absorbed.add(inner);
  return {
    node,
    reads: bias ? [...product.inputs, bias] : product.inputs,
    alsoWrites: [],
    inPlace: undefined,
    layout: ([a, b]) => {
      const rule = (product.op.layout as Exclude<typeof product.op.layout, string | undefined>)(product, [
        a,
        b,
      ]);
      return { inputs: bias ? [...rule.inputs, undefined] : rule.inputs, output: rule.output };
    },
    lower: (lowering) => {
      const write = product.op === matmulOp ? lowerMatmul : lowerConv2d;
      write(product, lowering, bias ? lowering.x[2]! : 0, relu);
    },
  };
}

/**
 * reluGradient(y, dropout(dy)) where the forward pass dropped that same y: dropped > 0 tells both that y > 0 and that it was kept, so that
 * neither y nor the mask is needed again.
 */
function fuseReluDropoutGradient(
  node: Tensor,
  nodes: readonly Tensor[],
  alone: Alone,
  absorbed: Set<Tensor>,
): Step | undefined {
  if (node.op !== reluGradientOp) return undefined;
  const y = node.inputs[0]!;
  // A Flatten between the two layers shows up as views on both ways; look through them.
  const back = throughViews(node.inputs[1]!);
  if (back.op !== dropoutOp || !alone(back)) return undefined;
  const same = (other: Tensor) =>
    other !== back &&
    other.op === dropoutOp &&
    other.attributes.stream === back.attributes.stream &&
    throughViews(other.inputs[0]!) === y;
  const dropped = nodes.find(same);
  if (!dropped || node.inputs[1] !== back || !sameShape(dropped.shape, y.shape)) return undefined;
  absorbed.add(back);
  const dy = back.inputs[0]!;
  return {
    node,
    reads: [dropped, dy],
    alsoWrites: [],
    inPlace: 1,
    layout: ([kept]) => ({ inputs: [kept, kept], output: kept }),
    lower: ({ emit, y: dx, x, n, constant }) =>
      emit("dropout_relu_grad", {
        dx,
        y: x[0]!,
        dy: x[1]!,
        n,
        rate: constant(dropped.attributes.rate as number),
      }),
  };
}

/**
 * reluGradient(y, maxPool2dGradient(dy, pooled)) where pooled = maxPool2d(y): what reaches y comes from the places of maxima, and there y is
 * what pooled says. So the mask is taken from pooled, which is smaller, and y need not be kept.
 */
function fuseReluPoolGradient(node: Tensor, alone: Alone, absorbed: Set<Tensor>): Step | undefined {
  if (node.op !== reluGradientOp) return undefined;
  const [y, back] = node.inputs as [Tensor, Tensor];
  if (back.op !== maxPool2dGradientOp || !alone(back) || back.inputs[1]!.inputs[0] !== y) return undefined;
  absorbed.add(back);
  const plain = plainStep(back);
  return {
    ...plain,
    node,
    lower: (lowering) => {
      const [dy, pooled] = lowering.x as [number, number];
      const n = sizeOf(back.inputs[0]!.shape);
      const masked = lowering.scratch(4 * n);
      lowering.emit("unary_grad", { dx: masked, v: pooled, dy, n, kind: "relu", alpha: 0 });
      back.op.lower!({ ...lowering, node: back, x: [masked, pooled] });
    },
  };
}

/** softmaxCrossEntropy and its gradient in one go, which shares the exponentials. */
function fuseCrossEntropy(
  node: Tensor,
  users: ReadonlyMap<Tensor, Tensor[]>,
  absorbed: Set<Tensor>,
): Step | undefined {
  if (node.op !== softmaxCrossEntropyOp) return undefined;
  const [logits, labels] = node.inputs as [Tensor, Tensor];
  const dx = users
    .get(logits)
    ?.find((other) => other.op === softmaxCrossEntropyGradientOp && other.inputs[1] === labels);
  const scale = dx && constantOf(dx.inputs[2]!);
  if (!dx || scale === undefined) return undefined;
  absorbed.add(dx);
  const [rows, cols] = logits.shape as [number, number];
  return {
    ...plainStep(node),
    alsoWrites: [dx],
    lower: ({ emit, y, x, addressOf }) =>
      emit("softmax_cross_entropy", {
        loss: y,
        dx: addressOf(dx),
        logits: x[0]!,
        labels: x[1]!,
        rows,
        cols,
        sparse: labels.type === "u32" ? 1 : 0,
        gradScale: scale,
      }),
  };
}
