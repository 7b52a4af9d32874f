import type { WindowGeometry } from "../../graph/geometry.js";
import type { Tensor } from "../../graph/tensor.js";
import { addBiasOp, biasGradientOp } from "../../ops/add-bias.js";
import { conv2dGeometry, conv2dOp, inputGradientOp, kernelGradientOp } from "../../ops/conv2d.js";
import { maxPool2dGradientOp, maxPool2dOp } from "../../ops/max-pool2d.js";
import { reluGradientOp, reluOp } from "../../ops/relu.js";
import type { GraphUse } from "./graph-use.js";

/** maxPool2d(relu(addBias(conv2d))) with a 2x2 window, and the chain of gradients that leads back through it, if there is one. */
export interface PoolBehindConv {
  readonly conv: Tensor;
  readonly bias: Tensor;
  readonly added: Tensor;
  readonly activated: Tensor;
  readonly pooled: Tensor;
  /** reluGradient and, before it, maxPool2dGradient. */
  readonly back: { readonly masked: Tensor; readonly spread: Tensor } | undefined;
}

/** Recognises the pattern at its pooling; nothing but its own gradients may look at what is inside. */
export function poolBehindConv(
  pooled: Tensor,
  { users, wanted, planning }: GraphUse,
): PoolBehindConv | undefined {
  if (pooled.op !== maxPool2dOp || !halves(pooled.attributes.geometry as WindowGeometry)) return undefined;
  const activated = pooled.inputs[0]!;
  const added = activated.inputs[0];
  const conv = added?.inputs[0];
  if (activated.op !== reluOp || added?.op !== addBiasOp || conv?.op !== conv2dOp) return undefined;
  if (
    !planning.poolsInside(conv2dGeometry(conv), "forward") ||
    [activated, added, conv].some((inner) => wanted.has(inner))
  )
    return undefined;
  if (users(conv).length > 1 || users(added).length > 1) return undefined;
  const spread = users(pooled.node.outputs[1]!).find((user) => user.op === maxPool2dGradientOp);
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

/** True for a 2x2 window that steps by its own size, without padding. */
function halves(window: WindowGeometry): boolean {
  return (
    [window.kernelHeight, window.kernelWidth, window.strideHeight, window.strideWidth].every(
      (size) => size === 2,
    ) &&
    window.padTop === 0 &&
    window.padLeft === 0 &&
    window.outHeight === Math.floor(window.height / 2) &&
    window.outWidth === Math.floor(window.width / 2)
  );
}

/**
 * True for the three gradients of a convolution with a bias, among the users of dy: its own by their geometry, since another convolution
 * may share dy, kernel or images with it.
 */
export function isGradientOf(user: Tensor, conv: Tensor): boolean {
  if (user.op === biasGradientOp) return true;
  const ofConv = user.op === inputGradientOp || user.op === kernelGradientOp;
  return ofConv && user.attributes.geometry === conv.attributes.geometry;
}
