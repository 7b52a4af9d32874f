import { reachable, type Tensor } from "../graph/tensor.js";
import { addBiasOp } from "../ops/add-bias.js";
import { conv2dOp, lowerConv2d } from "../ops/conv2d.js";
import { constantOf } from "../ops/fill.js";
import { isWrittenByColumns, lowerMatmul, matmulOp } from "../ops/matmul.js";
import { reluOp } from "../ops/relu.js";
import { reshapeOp } from "../ops/reshape.js";
import { softmaxCrossEntropyGradientOp, softmaxCrossEntropyOp } from "../ops/softmax-cross-entropy.js";
import { fuseConvGradients, fuseConvReluPool } from "./conv-fusion.js";
import { type FusionPlanning, type GraphUse, isAlone, NOTHING_INSIDE } from "./graph-use.js";
import { fuseReluGradient } from "./relu-gradient-fusion.js";
import { isLeaf, plainStep, type Step, throughViews } from "./step.js";

/**
 * The ops that `outputs` need as steps in a runnable order, with what belongs together fused:
 * - bias and ReLU into the matrix product or convolution before them;
 * - the gradient of ReLU and of the dropout behind it into one pass over the dropped output, or, with few steps of k, into the matrix product
 *   that the gradient comes from;
 * - the gradient of ReLU and of the maximum pooling behind it into one that masks the pooled gradient;
 * - a convolution's gradients with respect to images, kernel and bias into one;
 * - a convolution, its bias, ReLU and the 2x2 maximum pooling behind them into one, and their gradients into another, so that the
 *   convolution's output never exists in memory;
 * - softmax cross-entropy and its gradient, where what flows into the loss is a constant.
 * An intermediate is fused away only if nothing else uses it.
 */
export function makeSteps(outputs: readonly Tensor[], planning: FusionPlanning = NOTHING_INSIDE): Step[] {
  const nodes = reachable(outputs);
  const users = new Map<Tensor, Tensor[]>();
  for (const node of nodes) {
    for (const x of new Set(node.inputs)) users.set(x, [...(users.get(x) ?? []), node]);
  }
  const wanted = new Set(outputs);
  /** Which step computes a tensor. */
  const makerOf = new Map<Tensor, Step>();
  const absorbed = new Set<Tensor>();
  const graph: GraphUse = { users: (x) => users.get(x) ?? [], wanted, absorbed, planning };

  // From the last to the first, so that the outermost op of a group is met first and takes the others in.
  for (const node of [...nodes].reverse()) {
    if (absorbed.has(node) || isLeaf(node) || node.op === reshapeOp) continue;
    const step =
      fuseConvReluPool(node, graph) ??
      fuseConvGradients(node, graph) ??
      fuseEpilogue(node, graph) ??
      fuseReluGradient(node, graph) ??
      fuseCrossEntropy(node, graph) ??
      plainStep(node);
    for (const written of [node, ...step.alsoWrites]) makerOf.set(written, step);
  }
  // Ops that fusion left without a user are not run.
  const needed = new Set<Step>();
  const open = [...outputs];
  for (let x = open.pop(); x; x = open.pop()) {
    const step = makerOf.get(throughViews(x));
    if (!step || needed.has(step)) continue;
    needed.add(step);
    open.push(...step.reads);
  }
  // In the order of their nodes, but what a fused step makes on the way may be read before its node was made: then it is drawn forward.
  const ordered = new Set<Step>();
  const place = (x: Tensor) => {
    const step = makerOf.get(throughViews(x));
    if (!step || ordered.has(step)) return;
    step.reads.forEach(place);
    ordered.add(step);
  };
  for (const { node } of [...needed].sort((a, b) => a.node.id - b.node.id)) place(node);
  return [...ordered];
}

/** relu(addBias(product)), addBias(product) or relu(product), where product is a matmul or a conv2d. */
function fuseEpilogue(node: Tensor, graph: GraphUse): Step | undefined {
  let at = node;
  const relu = at.op === reluOp;
  if (relu) {
    if (!isAlone(at.inputs[0]!, graph)) return undefined;
    at = at.inputs[0]!;
  }
  let bias: Tensor | undefined;
  const withBias = at;
  if (at.op === addBiasOp && isAlone(at.inputs[0]!, graph)) {
    bias = at.inputs[1]!;
    at = at.inputs[0]!;
  }
  if ((at.op !== matmulOp && at.op !== conv2dOp) || at === node) return undefined;
  const product = at;
  if (bias && product.op === matmulOp && isWrittenByColumns(product)) return undefined;
  for (const inner of [withBias, product]) if (inner !== node) graph.absorbed.add(inner);
  return {
    node,
    reads: bias ? [...product.inputs, bias] : product.inputs,
    alsoWrites: [],
    inPlace: undefined,
    layout: ([a, b]) => {
      const { inputs, output } = plainStep(product).layout([a, b]);
      return { inputs: bias ? [...inputs, undefined] : inputs, output };
    },
    lower: (lowering) => {
      const write = product.op === matmulOp ? lowerMatmul : lowerConv2d;
      write(product, lowering, bias ? lowering.x[2]! : 0, relu);
    },
  };
}

/** softmaxCrossEntropy and its gradient in one go, which shares the exponentials. */
function fuseCrossEntropy(node: Tensor, { users, absorbed }: GraphUse): Step | undefined {
  if (node.op !== softmaxCrossEntropyOp) return undefined;
  const [logits, labels] = node.inputs as [Tensor, Tensor];
  const dx = users(logits).find(
    (other) => other.op === softmaxCrossEntropyGradientOp && other.inputs[1] === labels,
  );
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
