// Instructions of the conv family. Activations are NHWC, kernels HWIO: [kernelHeight, kernelWidth, channels / groups, filters]. Outputs are
// overwritten and may overlap nothing else. `algorithm` comes from `chooseConv2dAlgorithm`, `scratch` has `conv2dScratchBytes` bytes at a multiple
// of 64, for the pass that the docstring names.
import { flag, input, itself, optional, output, over, scratch, size } from "../program/table.mjs";

export const functions = {
  "instructions/conv": ["argmaxBytes", "inputElements", "kernelElements", "outputElements", "pooledElements", "windowElements", "windowFault"],
  "instructions/conv-plan": ["conv2dFault", "conv2dScratchBytes"],
};

/** Read where they lie among the arguments: conv/geometry.ts has the same fields in the same order. */
export const structs = { Window: "conv/geometry", Geometry: "conv/geometry" };

/** The sizes of an op with a window, as `WindowGeometry` names them. */
const window = {
  batch: size,
  height: size,
  width: size,
  channels: size,
  outHeight: size,
  outWidth: size,
  kernelHeight: size,
  kernelWidth: size,
  strideHeight: size,
  strideWidth: size,
  padTop: size,
  padLeft: size,
  dilationHeight: size,
  dilationWidth: size,
};

/** The sizes of a convolution, as `ConvGeometry` names them. */
const geometry = { ...window, filters: size, groups: size };

/** What ends the arguments of a convolution's pass. */
const planned = (pass) => ({
  ...geometry,
  algorithm: size,
  scratch: scratch(`conv2dScratchBytes("${pass}", args, algorithm, threads)`),
});

const image = "inputElements(args)";
const weights = "kernelElements(args)";
const result = "outputElements(args)";
const pooled = "pooledElements(args)";
const values = "windowElements(args)";
const unfolded = "windowElements(args) * kernelHeight * kernelWidth";
const products = "outputElements(args) * kernelHeight * kernelWidth * channels / groups";

export const rows = {
  conv2d: {
    core: false,
    doc: `"forward": y = act(conv(x, w) + bias); bias [filters] or 0; activation: 0 none, 1 ReLU.`,
    args: {
      x: input(image),
      w: input(weights),
      bias: optional(input("filters")),
      y: output(result),
      ...geometry,
      activation: flag,
      algorithm: size,
      scratch: scratch('conv2dScratchBytes("forward", args, algorithm, threads)'),
    },
    check: 'conv2dFault("forward", args)',
    split: itself,
    cost: products,
    from: "conv/conv2d",
    kernel:
      "conv2d_f32(y, x, w, bias, Geometry(batch), activation == 1 ? <f32>0 : -Infinity, algorithm, scratch, thread, threads)",
  },
  conv2d_input_grad: {
    core: false,
    doc: `"inputGrad": dx from dy, the gradient of conv's output.`,
    args: { dy: input(result), w: input(weights), dx: output(image), ...planned("inputGrad") },
    check: 'conv2dFault("inputGrad", args)',
    split: itself,
    cost: products,
    from: "conv/conv2d",
    kernel: "conv2d_grad_f32(dx, 0, 0, 0, dy, 0, w, Geometry(batch), algorithm, scratch, thread, threads)",
  },
  conv2d_kernel_grad: {
    core: false,
    doc: `"kernelGrad": dw and db (0: not wanted).`,
    args: {
      x: input(image),
      dy: input(result),
      dw: output(weights),
      db: optional(output("filters")),
      ...planned("kernelGrad"),
    },
    check: 'conv2dFault("kernelGrad", args)',
    split: itself,
    cost: products,
    from: "conv/conv2d",
    kernel: "conv2d_grad_f32(0, dw, db, x, dy, 0, 0, Geometry(batch), algorithm, scratch, thread, threads)",
  },
  conv2d_grad: {
    core: false,
    doc: `"grad": dx, dw and db (0: not wanted) in one go; with Winograd they share half of the work.`,
    args: {
      x: input(image),
      dy: input(result),
      w: input(weights),
      dx: output(image),
      dw: output(weights),
      db: optional(output("filters")),
      ...planned("grad"),
    },
    check: 'conv2dFault("grad", args)',
    split: itself,
    cost: `2 * ${products}`,
    from: "conv/conv2d",
    kernel: "conv2d_grad_f32(dx, dw, db, x, dy, 0, w, Geometry(batch), algorithm, scratch, thread, threads)",
  },
  conv2d_relu_pool: {
    core: false,
    doc: `"forward": y, argmax = the 2x2 max pooling, stride 2 and without padding, of ReLU(conv(x, w) + bias). The geometry is conv's: y and argmax (u8) are
[batch, ⌊outHeight / 2⌋, ⌊outWidth / 2⌋, filters]. argmax holds the maximum's place 2·ky + kx, or 4 where y is 0.`,
    args: {
      x: input(image),
      w: input(weights),
      bias: optional(input("filters")),
      y: output(pooled),
      argmax: output(pooled, "u8"),
      ...planned("forward"),
    },
    check: 'conv2dFault("forward", args, true)',
    split: itself,
    cost: products,
    from: "conv/conv2d",
    kernel: "conv2d_relu_pool_f32(y, argmax, x, w, bias, Geometry(batch), algorithm, scratch, thread, threads)",
  },
  conv2d_relu_pool_grad: {
    core: false,
    doc: `"grad": of conv2d_relu_pool, the gradients dx, dw and db (0: not wanted) from dy, the gradient of the pooled y, and argmax.`,
    args: {
      x: input(image),
      dy: input(pooled),
      argmax: input(pooled, "u8"),
      w: input(weights),
      dx: optional(output(image)),
      dw: optional(output(weights)),
      db: optional(output("filters")),
      ...planned("grad"),
    },
    check: 'conv2dFault("grad", args, true)',
    split: itself,
    cost: `2 * ${products}`,
    from: "conv/conv2d",
    kernel: "conv2d_grad_f32(dx, dw, db, x, dy, argmax, w, Geometry(batch), algorithm, scratch, thread, threads)",
  },
  im2col: {
    core: false,
    doc: "cols [batch · outHeight · outWidth, kernelHeight · kernelWidth · channels] from x.",
    args: { x: input(image), cols: output(unfolded), ...window },
    check: "windowFault(args)",
    split: itself,
    cost: `${unfolded} / 2`,
    from: "conv/im2col",
    kernel: "im2col_share(cols, x, Window(batch), thread, threads)",
  },
  col2im: {
    core: false,
    doc: "dx, its transpose: sums where windows overlap.",
    args: { cols: input(unfolded), dx: output(image), ...window },
    check: "windowFault(args)",
    split: itself,
    cost: `${unfolded} / 2`,
    from: "conv/col2im",
    kernel: "col2im_share(dx, cols, Window(batch), thread, threads)",
  },
  max_pool2d: {
    core: false,
    doc: "y and the maxima's places: argmax has `argmaxBytes` bytes, at a multiple of 4 when they are words, or is 0 when no gradient is wanted.",
    args: { x: input(image), y: output(values), argmax: optional(output("argmaxBytes(args)", "u8")), ...window },
    check: "windowFault(args)",
    split: over("batch * outHeight * outWidth"),
    cost: `${unfolded} / 2`,
    from: "conv/max-pool",
    kernel: "max_pool2d_f32_nhwc(y, argmax, x, Window(batch), begin, end)",
  },
  max_pool2d_grad: {
    core: false,
    doc: "dx = dy at the maxima's places. argmax is max_pool2d's own: its places are trusted.",
    args: { dy: input(values), argmax: input("argmaxBytes(args)", "u8"), dx: output(image), ...window },
    check: "windowFault(args)",
    split: over("batch"),
    cost: "inputElements(args) / 2",
    from: "conv/max-pool",
    kernel: "max_pool2d_grad_f32_nhwc(dx, argmax, dy, Window(batch), begin, end)",
  },
  avg_pool2d: {
    core: false,
    doc: "y = the mean of each window; includePadding: 1 when padding counts as zeros, 0 when it is absent from the mean.",
    args: { x: input(image), y: output(values), ...window, includePadding: flag },
    check: "windowFault(args)",
    split: over("batch * outHeight * outWidth"),
    cost: `${unfolded} / 2`,
    from: "conv/avg-pool",
    kernel: "avg_pool2d_f32_nhwc(y, x, Window(batch), includePadding != 0, begin, end)",
  },
  avg_pool2d_grad: {
    core: false,
    doc: "dx = dy spread over each window.",
    args: { dy: input(values), dx: output(image), ...window, includePadding: flag },
    check: "windowFault(args)",
    split: over("batch"),
    cost: `${unfolded} / 2`,
    from: "conv/avg-pool",
    kernel: "avg_pool2d_grad_f32_nhwc(dx, dy, Window(batch), includePadding != 0, begin, end)",
  },
};
