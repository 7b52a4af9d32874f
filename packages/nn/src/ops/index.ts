// The ops, in the groups in which the documents list them. A new one is one line.

// a formula of one's own

export { type Elementwise, type ElementwiseOptions, elementwise } from "./elementwise.js";

// two operands

export { add } from "./add.js";
export { div } from "./div.js";
export { maximum, minimum } from "./extremes.js";
export { mul } from "./mul.js";
export { pow } from "./pow.js";
export { sub } from "./sub.js";

// one operand

export { abs } from "./abs.js";
export { ceil } from "./ceil.js";
export { cos } from "./cos.js";
export { erf } from "./erf.js";
export { exp } from "./exp.js";
export { expm1 } from "./expm1.js";
export { clip } from "./extremes.js";
export { floor } from "./floor.js";
export { log } from "./log.js";
export { log1p } from "./log1p.js";
export { reciprocal } from "./reciprocal.js";
export { round } from "./round.js";
export { rsqrt } from "./rsqrt.js";
export { addScalar, neg, scale } from "./scale.js";
export { sign } from "./sign.js";
export { sin } from "./sin.js";
export { sqrt } from "./sqrt.js";
export { square } from "./square.js";

// activations

export { type DropoutOptions, dropout } from "./dropout.js";
export { elu } from "./elu.js";
export { type GeluOptions, gelu } from "./gelu.js";
export { hardSwish } from "./hard-swish.js";
export { leakyRelu } from "./leaky-relu.js";
export { logSoftmax } from "./log-softmax.js";
export { mish } from "./mish.js";
export { relu } from "./relu.js";
export { selu } from "./selu.js";
export { sigmoid } from "./sigmoid.js";
export { silu } from "./silu.js";
export { softmax } from "./softmax.js";
export { softplus } from "./softplus.js";
export { tanh } from "./tanh.js";

// truths

export { equal, greater, greaterOrEqual, less, lessOrEqual, notEqual } from "./comparisons.js";
export { where } from "./where.js";

// over axes

export { type ArgmaxOptions, argmax } from "./argmax.js";
export { max, min } from "./extremes.js";
export { mean, sum, sumAbs, sumSquares } from "./reductions.js";

// shapes

export { broadcastTo } from "./broadcast-to.js";
export { concat, pad, type SliceOptions, slice } from "./parts.js";
export { reshape } from "./reshape.js";
export { stack, unstack } from "./stack.js";
export { transpose } from "./transpose.js";

// indices and types

export { type CastType, cast } from "./cast.js";
export { type GatherOptions, gather, type ScatterAddOptions, scatterAdd } from "./gather.js";
export { oneHot } from "./one-hot.js";
export { type TakeAlongAxisOptions, takeAlongAxis } from "./take-along-axis.js";

// constants

export { arange } from "./arange.js";
export { fill } from "./fill.js";

// products and windows

export { addBias } from "./add-bias.js";
export { avgPool2d } from "./avg-pool2d.js";
export { type Conv2dOptions, conv2d } from "./conv2d.js";
export { type Conv2dTransposeOptions, conv2dTranspose } from "./conv2d-transpose.js";
export { type MatmulOptions, matmul } from "./matmul.js";
export { maxPool2d } from "./max-pool2d.js";

// losses on logits

export { sigmoidCrossEntropyWithLogits } from "./sigmoid-cross-entropy.js";
export { softmaxCrossEntropyWithLogits } from "./softmax-cross-entropy.js";

// recurrences

export { type ScanOptions, type ScanResult, type ScanStep, scan } from "./scan.js";

// types

export type { Pool2dOptions } from "./pooling.js";
export type { ReduceOptions } from "./reduce.js";
