import { sameShape } from "../../graph/shape.js";
import type { Tensor } from "../../graph/tensor.js";
import { dropoutOp } from "../../ops/dropout.js";
import { isWrittenByColumns, lowerMaskedMatmul, matmulOp, matmulSizes } from "../../ops/matmul.js";
import { reluGradientOp } from "../../ops/relu.js";
import { plainStep, type Step, throughViews } from "../step.js";
import { defineFusion } from "./fusion.js";
import { type GraphUse, isAlone } from "./graph-use.js";

interface MaskedGradient {
  readonly node: Tensor;
  /** The dropout behind the ReLU, forward and back, if the gradient comes through one. */
  readonly dropped: { readonly forward: Tensor; readonly back: Tensor } | undefined;
  /** The matrix product that the gradient is, if the kernels mask it as they write it. */
  readonly product: Tensor | undefined;
}

/**
 * reluGradient(y, dy): dy where y > 0. Where the forward pass dropped y, dropped > 0 tells both that y > 0 and that it was kept, so that
 * neither y nor the dropout's decisions are needed again. Where dy is a matrix product, the kernels may mask it as they write it.
 */
export const maskedGradient = defineFusion<MaskedGradient>({
  name: "maskedGradient",
  roots: [reluGradientOp],
  pattern: (node, graph) => {
    const dropped = droppedBehind(node, graph);
    return { node, dropped, product: maskedInside(dropped?.back.inputs[0] ?? node.inputs[1]!, graph) };
  },
  when: ({ dropped, product }) => dropped !== undefined || product !== undefined,
  absorbs: ({ dropped, product }) => [dropped?.back, product].filter((tensor) => tensor !== undefined),
  step: ({ node, dropped, product }, graph) => {
    const mask = dropped?.forward ?? node.inputs[0]!;
    const rate = dropped?.back.attributes.rate as number | undefined;
    return product
      ? maskedProduct(node, product, mask, rate, graph)
      : maskedPass(node, mask, dropped!.back.inputs[0]!, rate!);
  },
});

/** One pass over dy and the dropped output. */
function maskedPass(node: Tensor, mask: Tensor, dy: Tensor, rate: number): Step {
  return {
    node,
    reads: [mask, dy],
    alsoWrites: [],
    overwrites: (written, read) => written === 0 && read === 1,
    layout: ([kept]) => ({ inputs: [kept, kept], output: kept }),
    lower: ({ emit, y: dx, x, n, constant }) =>
      emit("dropout_relu_grad", { dx, y: x[0]!, dy: x[1]!, n, rate: constant(rate) }),
  };
}

/** In the epilogue of the product that dy is. */
function maskedProduct(
  node: Tensor,
  product: Tensor,
  mask: Tensor,
  rate: number | undefined,
  { planning }: GraphUse,
): Step {
  return {
    node,
    reads: [...product.inputs, mask],
    alsoWrites: [],
    overwrites: (written, read) => written === 0 && read === 2 && planning.masksInPlace(matmulSizes(product)),
    layout: ([a, b]) => {
      const { inputs, output } = plainStep(product).layout([a, b]);
      return { inputs: [...inputs, output], output };
    },
    lower: (lowering) =>
      lowerMaskedMatmul(product, lowering, lowering.x[2]!, rate === undefined ? 0 : lowering.constant(rate)),
  };
}

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
