import type { WindowGeometry } from "../graph/geometry.js";
import { hwio, nhwc } from "../graph/layout.js";
import { sizeOf } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { addBiasOp, biasGradientOp } from "../ops/add-bias.js";
import { conv2dGeometry, conv2dOp, inputGradientOp, kernelGradientOp } from "../ops/conv2d.js";
import { maxPool2dGradientOp, maxPool2dOp } from "../ops/max-pool2d.js";
import { reluGradientOp, reluOp } from "../ops/relu.js";
import type { GraphUse } from "./graph-use.js";
import type { Step } from "./step.js";

/** maxPool2d(relu(addBias(conv2d))) with a 2x2 window, and the chain of gradients that leads back through it, if there is one. */
interface ConvReluPool {
  readonly conv: Tensor;
  readonly bias: Tensor;
  readonly added: Tensor;
  readonly activated: Tensor;
  readonly pooled: Tensor;
  /** reluGradient and, before it, maxPool2dGradient. */
  readonly back: { readonly masked: Tensor; readonly spread: Tensor } | undefined;
}

/** Recognises the pattern at its pooling; nothing but its own gradients may look at what is inside. */
function convReluPoolAt(pooled: Tensor, { users, wanted, planning }: GraphUse): ConvReluPool | undefined {
  if (pooled.op !== maxPool2dOp) return undefined;
  const window = pooled.attributes.geometry as WindowGeometry;
  const halves =
    [window.kernelHeight, window.kernelWidth, window.strideHeight, window.strideWidth].every(
      (size) => size === 2,
    ) &&
    window.padTop === 0 &&
    window.padLeft === 0 &&
    window.outHeight === Math.floor(window.height / 2) &&
    window.outWidth === Math.floor(window.width / 2);
  const activated = pooled.inputs[0]!;
  const added = activated.inputs[0];
  const conv = added?.inputs[0];
  if (!halves || activated.op !== reluOp || added?.op !== addBiasOp || conv?.op !== conv2dOp)
    return undefined;
  if (
    !planning.poolsInside(conv2dGeometry(conv), "forward") ||
    [activated, added, conv].some((inner) => wanted.has(inner))
  )
    return undefined;
  if (users(conv).length > 1 || users(added).length > 1) return undefined;
  const spread = users(pooled).find((user) => user.op === maxPool2dGradientOp && user.inputs[1] === pooled);
  const forward = { conv, bias: added.inputs[1]!, added, activated, pooled };
  if (!spread) return users(activated).length === 1 ? { ...forward, back: undefined } : undefined;
  const masked = users(spread)[0];
  const chained =
    users(spread).length === 1 &&
    !wanted.has(spread) &&
    masked?.op === reluGradientOp &&
    masked.inputs[0] === activated &&
    masked.inputs[1] === spread &&
    !wanted.has(masked) &&
    users(activated).length === 2 &&
    users(masked).some((user) => user.op === kernelGradientOp) &&
    users(masked).every((user) => isGradientOf(user, conv));
  const back = users(masked!).some((user) => user.op === inputGradientOp) ? "grad" : "kernelGrad";
  return chained && planning.poolsInside(conv2dGeometry(conv), back)
    ? { ...forward, back: { masked, spread } }
    : undefined;
}

/**
 * True for the three gradients of a convolution with a bias, among the users of dy: its own by their geometry, since another convolution
 * may share dy, kernel or images with it.
 */
function isGradientOf(user: Tensor, conv: Tensor): boolean {
  if (user.op === biasGradientOp) return true;
  const ofConv = user.op === inputGradientOp || user.op === kernelGradientOp;
  return ofConv && user.attributes.geometry === conv.attributes.geometry;
}

/** The forward step of the pattern, at its pooling. */
export function fuseConvReluPool(node: Tensor, graph: GraphUse): Step | undefined {
  const found = convReluPoolAt(node, graph);
  if (!found) return undefined;
  const { conv, bias, added, activated } = found;
  for (const inner of [conv, added, activated]) graph.absorbed.add(inner);
  const [x, w] = conv.inputs as [Tensor, Tensor];
  return {
    node,
    reads: [x, w, bias],
    alsoWrites: [],
    inPlace: undefined,
    layout: () => ({ inputs: [nhwc(x.shape), hwio(w.shape), undefined], output: nhwc(node.shape) }),
    lower: ({ emit, y, x: [xAt, wAt, biasAt], n, planning, scratch }) => {
      const geometry = conv2dGeometry(conv);
      const { algorithm, scratchBytes } = planning.conv2d(geometry, "forward");
      emit("conv2d_relu_pool", {
        x: xAt!,
        w: wAt!,
        bias: biasAt!,
        y,
        argmax: y + 4 * n,
        ...geometry,
        algorithm,
        scratch: scratch(scratchBytes),
      });
    },
  };
}

/**
 * All gradients of a convolution from the same dy in one step, at that of its kernel; where dy comes back through the ReLU and the pooling
 * that were fused behind the convolution, these too.
 */
export function fuseConvGradients(node: Tensor, graph: GraphUse): Step | undefined {
  if (node.op !== kernelGradientOp) return undefined;
  const { users, absorbed } = graph;
  const [x, dy] = node.inputs as [Tensor, Tensor];
  const conv = users(x).find(
    (user) => user.op === conv2dOp && user.attributes.geometry === node.attributes.geometry,
  );
  if (!conv) return undefined;
  const siblings = users(dy).filter((user) => isGradientOf(user, conv));
  const dx = siblings.find((user) => user.op === inputGradientOp);
  const db = siblings.find((user) => user.op === biasGradientOp);
  const alsoWrites = [dx, db].filter((tensor) => tensor !== undefined);
  if (alsoWrites.some((tensor) => absorbed.has(tensor) || tensor.id > node.id)) return undefined;
  const w = conv.inputs[1]!;
  const pattern = poolBehind(dy, graph);
  for (const tensor of alsoWrites) absorbed.add(tensor);
  if (pattern?.back) for (const inner of [pattern.back.masked, pattern.back.spread]) absorbed.add(inner);
  const source = pattern?.back ? pattern.back.spread.inputs[0]! : dy;
  const reads = pattern?.back ? [x, source, w, pattern.pooled] : [x, source, w];
  return {
    node,
    reads,
    alsoWrites,
    inPlace: undefined,
    layout: () => ({
      inputs: reads.map((read) => (read === w ? hwio(w.shape) : nhwc(read.shape))),
      output: hwio(node.shape),
      also: alsoWrites.map((tensor) => (tensor === dx ? nhwc(dx.shape) : undefined)),
    }),
    lower: ({ emit, y: dw, x: [xAt, dyAt, wAt, pooledAt], planning, scratch, addressOf }) => {
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
      if (pooledAt === undefined) emit(dx ? "conv2d_grad" : "conv2d_kernel_grad", args);
      else emit("conv2d_relu_pool_grad", { ...args, argmax: pooledAt + 4 * sizeOf(source.shape) });
    },
  };
}

/** The fused pattern whose masked gradient dy is. */
function poolBehind(dy: Tensor, graph: GraphUse): ConvReluPool | undefined {
  if (dy.op !== reluGradientOp || dy.inputs[1]!.op !== maxPool2dGradientOp) return undefined;
  const found = convReluPoolAt(dy.inputs[1]!.inputs[1]!, graph);
  return found?.back?.masked === dy ? found : undefined;
}
