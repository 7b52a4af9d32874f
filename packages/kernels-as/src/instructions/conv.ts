import {
  AVG_POOL2D,
  AVG_POOL2D_GRAD,
  COL2IM,
  CONV2D,
  CONV2D_GRAD,
  CONV2D_INPUT_GRAD,
  CONV2D_KERNEL_GRAD,
  CONV2D_RELU_POOL,
  CONV2D_RELU_POOL_GRAD,
  IM2COL,
  MAX_POOL2D,
  MAX_POOL2D_GRAD,
} from "../generated/opcodes.js";

/** The sizes of an op with a window, as `WindowGeometry` names them. */
const WINDOW = [
  "batch:u",
  "height:u",
  "width:u",
  "channels:u",
  "outHeight:u",
  "outWidth:u",
  "kernelHeight:u",
  "kernelWidth:u",
  "strideHeight:u",
  "strideWidth:u",
  "padTop:u",
  "padLeft:u",
  "dilationHeight:u",
  "dilationWidth:u",
] as const;

/** The sizes of a convolution, as `ConvGeometry` names them. */
const GEOMETRY = [...WINDOW, "filters:u", "groups:u"] as const;

/**
 * Instructions of the conv family. Activations are NHWC, kernels HWIO: [kernelHeight, kernelWidth, channels / groups, filters].
 * Outputs are overwritten and may overlap nothing else. `algorithm` comes from `chooseConv2dAlgorithm`, `scratch` has
 * `conv2dScratchBytes` bytes at a multiple of 64, for the pass that is named here.
 */
export const convInstructions = {
  /** "forward": y = act(conv(x, w) + bias); bias [filters] or 0; activation: 0 none, 1 ReLU. */
  conv2d: {
    opcode: CONV2D,
    args: ["x:p", "w:p", "bias:p", "y:p", ...GEOMETRY, "activation:u", "algorithm:u", "scratch:p"],
  },
  /** "inputGrad": dx from dy, the gradient of conv's output. */
  conv2d_input_grad: {
    opcode: CONV2D_INPUT_GRAD,
    args: ["dy:p", "w:p", "dx:p", ...GEOMETRY, "algorithm:u", "scratch:p"],
  },
  /** "kernelGrad": dw and db (0: not wanted). */
  conv2d_kernel_grad: {
    opcode: CONV2D_KERNEL_GRAD,
    args: ["x:p", "dy:p", "dw:p", "db:p", ...GEOMETRY, "algorithm:u", "scratch:p"],
  },
  /** "grad": dx, dw and db (0: not wanted) in one go; with Winograd they share half of the work. */
  conv2d_grad: {
    opcode: CONV2D_GRAD,
    args: ["x:p", "dy:p", "w:p", "dx:p", "dw:p", "db:p", ...GEOMETRY, "algorithm:u", "scratch:p"],
  },
  /**
   * "forward": y, argmax = the 2x2 max pooling, stride 2 and without padding, of ReLU(conv(x, w) + bias). The geometry is conv's: y and
   * argmax (u8) are [batch, ⌊outHeight / 2⌋, ⌊outWidth / 2⌋, filters]. argmax holds the maximum's place 2·ky + kx, or 4 where y is 0.
   */
  conv2d_relu_pool: {
    opcode: CONV2D_RELU_POOL,
    args: ["x:p", "w:p", "bias:p", "y:p", "argmax:p", ...GEOMETRY, "algorithm:u", "scratch:p"],
  },
  /** "grad": of conv2d_relu_pool, the gradients dx, dw and db (0: not wanted) from dy, the gradient of the pooled y, and argmax. */
  conv2d_relu_pool_grad: {
    opcode: CONV2D_RELU_POOL_GRAD,
    args: ["x:p", "dy:p", "argmax:p", "w:p", "dx:p", "dw:p", "db:p", ...GEOMETRY, "algorithm:u", "scratch:p"],
  },
  /** cols [batch · outHeight · outWidth, kernelHeight · kernelWidth · channels] from x. */
  im2col: { opcode: IM2COL, args: ["x:p", "cols:p", ...WINDOW] },
  /** dx, its transpose: sums where windows overlap. */
  col2im: { opcode: COL2IM, args: ["cols:p", "dx:p", ...WINDOW] },
  /** y and the maxima's places: argmax has `argmaxBytes` bytes, or is 0 when no gradient is wanted. */
  max_pool2d: { opcode: MAX_POOL2D, args: ["x:p", "y:p", "argmax:p", ...WINDOW] },
  max_pool2d_grad: { opcode: MAX_POOL2D_GRAD, args: ["dy:p", "argmax:p", "dx:p", ...WINDOW] },
  /** includePadding: 1 when padding counts as zeros, 0 when it is absent from the mean. */
  avg_pool2d: { opcode: AVG_POOL2D, args: ["x:p", "y:p", ...WINDOW, "includePadding:u"] },
  avg_pool2d_grad: { opcode: AVG_POOL2D_GRAD, args: ["dy:p", "dx:p", ...WINDOW, "includePadding:u"] },
} as const;

/** Sizes of an op with a window: input [batch, height, width, channels], output [batch, outHeight, outWidth, …]. */
export interface WindowGeometry {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly padTop: number;
  readonly padLeft: number;
  readonly dilationHeight: number;
  readonly dilationWidth: number;
}

/** Sizes of a convolution; the output has `filters` channels, each of which sees channels / groups of the input's. */
export interface ConvGeometry extends WindowGeometry {
  readonly filters: number;
  readonly groups: number;
}

/** Bytes that `argmax` of max_pool2d takes: one a value, or four when the window has more than 255 places. */
export function argmaxBytes(w: WindowGeometry): number {
  const values = w.batch * w.outHeight * w.outWidth * w.channels;
  return w.kernelHeight * w.kernelWidth > 255 ? values * 4 : values;
}
