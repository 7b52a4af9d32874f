import { hwio, nhwc } from "../../graph/layout.js";
import type { Tensor } from "../../graph/tensor.js";
import { biasGradientOp } from "../../ops/add-bias.js";
import { conv2dGeometry, conv2dOp, inputGradientOp, kernelGradientOp } from "../../ops/conv2d.js";
import { maxPool2dGradientOp } from "../../ops/max-pool2d.js";
import { reluGradientOp } from "../../ops/relu.js";
import { overwritesNothing } from "../step.js";
import { defineFusion } from "./fusion.js";
import type { GraphUse } from "./graph-use.js";
import { isGradientOf, type PoolBehindConv, poolBehindConv } from "./pool-behind-conv.js";

interface ConvGradients {
  readonly dw: Tensor;
  readonly conv: Tensor;
  readonly dx: Tensor | undefined;
  readonly db: Tensor | undefined;
  /** The ReLU and pooling that dy comes back through, where they are fused behind the convolution. */
  readonly pool: PoolBehindConv | undefined;
}

const present = (tensors: readonly (Tensor | undefined)[]): Tensor[] =>
  tensors.filter((tensor) => tensor !== undefined);

/**
 * All gradients of a convolution from the same dy in one step, at that of its kernel; where dy comes back through the ReLU and the pooling
 * that were fused behind the convolution, these too.
 */
export const convGradients = defineFusion<ConvGradients>({
  name: "convGradients",
  roots: [kernelGradientOp],
  pattern: (dw, graph) => {
    const [x, dy] = dw.inputs as [Tensor, Tensor];
    const conv = graph
      .users(x)
      .find((user) => user.op === conv2dOp && user.attributes.geometry === dw.attributes.geometry);
    if (!conv) return undefined;
    const siblings = graph.users(dy).filter((user) => isGradientOf(user, conv));
    const dx = siblings.find((user) => user.op === inputGradientOp);
    const db = siblings.find((user) => user.op === biasGradientOp);
    return { dw, conv, dx, db, pool: poolBehind(dy, graph) };
  },
  when: ({ dw, dx, db }, { absorbed }) =>
    present([dx, db]).every((tensor) => !absorbed.has(tensor) && tensor.id <= dw.id),
  absorbs: ({ dx, db, pool }) => present([dx, db, pool?.back?.masked, pool?.back?.spread]),
  step: ({ dw: node, conv, dx, db, pool }) => {
    const [x, dy] = node.inputs as [Tensor, Tensor];
    const w = conv.inputs[1]!;
    const source = pool?.back ? pool.back.spread.inputs[0]! : dy;
    const reads = pool?.back ? [x, source, w, pool.back.spread.inputs[1]!] : [x, source, w];
    const alsoWrites = present([dx, db]);
    return {
      node,
      reads,
      alsoWrites,
      overwrites: overwritesNothing,
      layout: () => ({
        inputs: reads.map((read) => (read === w ? hwio(w.shape) : nhwc(read.shape))),
        output: hwio(node.shape),
        also: alsoWrites.map((tensor) => (tensor === dx ? nhwc(dx.shape) : undefined)),
      }),
      lower: ({ emit, y: dw, x: [xAt, dyAt, wAt, placesAt], planning, scratch, addressOf }) => {
        const geometry = conv2dGeometry(node);
        const { algorithm, scratchBytes } = planning.conv2d(geometry, dx ? "grad" : "kernelGrad");
        const args = {
          x: xAt!,
          dy: dyAt!,
          w: wAt!,
          dx: dx ? addressOf(dx) : 0,
          dw,
          db: db ? addressOf(db) : 0,
          ...geometry,
          algorithm,
          scratch: scratch(scratchBytes),
        };
        if (placesAt === undefined) emit(dx ? "conv2d_grad" : "conv2d_kernel_grad", args);
        else emit("conv2d_relu_pool_grad", { ...args, argmax: placesAt });
      },
    };
  },
});

/** The fused pattern whose masked gradient dy is. */
function poolBehind(dy: Tensor, graph: GraphUse): PoolBehindConv | undefined {
  if (dy.op !== reluGradientOp || dy.inputs[1]!.op !== maxPool2dGradientOp) return undefined;
  const found = poolBehindConv(dy.inputs[1]!.inputs[1]!.node.outputs[0]!, graph);
  return found?.back?.masked === dy ? found : undefined;
}
