import { sameShape, sizeOf } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { dropoutOp } from "../ops/dropout.js";
import { isWrittenByColumns, lowerMaskedMatmul, matmulOp, matmulSizes } from "../ops/matmul.js";
import { maxPool2dGradientOp } from "../ops/max-pool2d.js";
import { reluGradientOp } from "../ops/relu.js";
import { type GraphUse, isAlone } from "./graph-use.js";
import { plainStep, type Step, throughViews } from "./step.js";

/** The gradient of a ReLU with what brings it the gradient of its output. */
export function fuseReluGradient(node: Tensor, graph: GraphUse): Step | undefined {
  if (node.op !== reluGradientOp) return undefined;
  return fusePoolGradient(node, graph) ?? fuseMasked(node, graph);
}

/**
 * reluGradient(y, dy): dy where y > 0. Where the forward pass dropped y, dropped > 0 tells both that y > 0 and that it was kept, so that
 * neither y nor the dropout's decisions are needed again. Where dy is a matrix product, the kernels may mask it as they write it.
 */
function fuseMasked(node: Tensor, graph: GraphUse): Step | undefined {
  const dropped = droppedBehind(node, graph);
  const mask = dropped?.forward ?? node.inputs[0]!;
  const dy = dropped?.back.inputs[0] ?? node.inputs[1]!;
  const product = maskedInside(dy, graph);
  if (!dropped && !product) return undefined;
  const { absorbed } = graph;
  if (dropped) absorbed.add(dropped.back);
  const rate = dropped?.back.attributes.rate as number | undefined;
  if (!product) {
    return {
      node,
      reads: [mask, dy],
      alsoWrites: [],
      inPlace: 1,
      layout: ([kept]) => ({ inputs: [kept, kept], output: kept }),
      lower: ({ emit, y: dx, x, n, constant }) =>
        emit("dropout_relu_grad", { dx, y: x[0]!, dy: x[1]!, n, rate: constant(rate!) }),
    };
  }
  absorbed.add(product);
  return {
    node,
    reads: [...product.inputs, mask],
    alsoWrites: [],
    inPlace: graph.planning.masksInPlace(matmulSizes(product)) ? 2 : undefined,
    layout: ([a, b]) => {
      const { inputs, output } = plainStep(product).layout([a, b]);
      return { inputs: [...inputs, output], output };
    },
    lower: (lowering) =>
      lowerMaskedMatmul(product, lowering, lowering.x[2]!, rate === undefined ? 0 : lowering.constant(rate)),
  };
}

/** The dropout behind the ReLU, forward and back, if the gradient comes through one. */
function droppedBehind(node: Tensor, graph: GraphUse): { forward: Tensor; back: Tensor } | undefined {
  const [y, back] = node.inputs as [Tensor, Tensor];
  if (back.op !== dropoutOp || !isAlone(back, graph)) return undefined;
  const forward = graph
    .users(y)
    .find((other) => other.op === dropoutOp && other.attributes.stream === back.attributes.stream);
  return forward && sameShape(forward.shape, y.shape) ? { forward, back } : undefined;
}

/** The product that a gradient is a view of, if it can be masked as it is written and nothing else looks at it. */
function maskedInside(dy: Tensor, graph: GraphUse): Tensor | undefined {
  const product = throughViews(dy);
  if (product.op !== matmulOp || isWrittenByColumns(product)) return undefined;
  for (let x = dy; x !== product; x = x.inputs[0]!) if (!isAlone(x, graph)) return undefined;
  return isAlone(product, graph) && graph.planning.masksInside(matmulSizes(product)) ? product : undefined;
}

/**
 * reluGradient(y, maxPool2dGradient(dy, pooled)) where pooled = maxPool2d(y): what reaches y comes from the places of maxima, and there y is
 * what pooled says. So the mask is taken from pooled, which is smaller, and y need not be kept.
 */
function fusePoolGradient(node: Tensor, graph: GraphUse): Step | undefined {
  const [y, back] = node.inputs as [Tensor, Tensor];
  if (back.op !== maxPool2dGradientOp || !isAlone(back, graph) || back.inputs[1]!.inputs[0] !== y)
    return undefined;
  graph.absorbed.add(back);
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
