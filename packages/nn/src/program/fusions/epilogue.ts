import type { Tensor } from "../../graph/tensor.js";
import { addBiasOp } from "../../ops/add-bias.js";
import { conv2dOp, lowerConv2d } from "../../ops/conv2d.js";
import { isWrittenByColumns, lowerMatmul, matmulOp } from "../../ops/matmul.js";
import { reluOp } from "../../ops/relu.js";
import { overwritesNothing, plainStep } from "../step.js";
import { defineFusion } from "./fusion.js";
import { isAlone } from "./graph-use.js";

interface Epilogue {
  readonly node: Tensor;
  readonly product: Tensor;
  readonly bias: Tensor | undefined;
  readonly relu: boolean;
  /** Between the product and the node, both included. */
  readonly chain: readonly Tensor[];
}

/** relu(addBias(product)), addBias(product) or relu(product), where product is a matmul or a conv2d: in the product's own epilogue. */
export const epilogue = defineFusion<Epilogue>({
  name: "epilogue",
  roots: [reluOp, addBiasOp],
  pattern: (node) => {
    const relu = node.op === reluOp;
    const added = relu ? node.inputs[0]! : node;
    const bias = added.op === addBiasOp ? added.inputs[1]! : undefined;
    const product = bias ? added.inputs[0]! : added;
    if (product.op !== matmulOp && product.op !== conv2dOp) return undefined;
    return { node, product, bias, relu, chain: [...new Set([node, added, product])] };
  },
  when: ({ product, bias, chain }, graph) =>
    chain.slice(1).every((inner) => isAlone(inner, graph)) &&
    !(bias && product.op === matmulOp && isWrittenByColumns(product)),
  absorbs: ({ chain }) => chain.slice(1),
  step: ({ node, product, bias, relu }) => ({
    node,
    reads: bias ? [...product.inputs, bias] : product.inputs,
    alsoWrites: [],
    overwrites: overwritesNothing,
    layout: ([a, b]) => {
      const { inputs, output } = plainStep(product).layout([a, b]);
      return { inputs: bias ? [...inputs, undefined] : inputs, output };
    },
    lower: (lowering) => {
      const write = product.op === matmulOp ? lowerMatmul : lowerConv2d;
      write(product, lowering, bias ? lowering.x[2]! : 0, relu);
    },
  }),
});
