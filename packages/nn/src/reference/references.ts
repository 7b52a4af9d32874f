import { sizeOf } from "../graph/shape.js";
import { addBias, biasGradient } from "./add-bias.js";
import { avgPool2d, avgPool2dGradient } from "./avg-pool2d.js";
import { conv2d, conv2dInputGradient, conv2dKernelGradient } from "./conv2d.js";
import { gather, scatterAdd } from "./gather.js";
import { batchMatmul, matmul } from "./matmul.js";
import { maxPool2d, maxPool2dGradient } from "./max-pool2d.js";
import { reduce, sumAbs, sumSquares } from "./reductions.js";
import type { Reference } from "./reference.js";
import { scan } from "./scan.js";
import { broadcastTo, concat, lastTwoSwapped, slice, transpose, unstack } from "./shapes.js";
import { logSumExp, softmax, softmaxGradient } from "./softmax.js";
import { softmaxCrossEntropy, softmaxCrossEntropyGradient } from "./softmax-cross-entropy.js";
import { arange, toIndices } from "./whole-numbers.js";

/** Float64 references by the names of their ops. Elementwise ops need none: they are evaluated by their formulas. */
export const references: Readonly<Record<string, Reference>> = {
  addBias,
  arange,
  avgPool2d,
  avgPool2dGradient,
  batchMatmul,
  biasGradient,
  broadcastTo,
  concat,
  conv2d,
  conv2dInputGradient,
  conv2dKernelGradient,
  // The draws are the kernel's. The reference keeps every element, with no scale, which is what rate 0 means.
  dropout: ([x]) => x!.data,
  fill: (_, { attributes, shape }) => new Float64Array(sizeOf(shape)).fill(attributes.value as number),
  fromIndices: ([x]) => x!.data,
  gather,
  imageAsSteps: ([x], { shape: [, steps, channels] }) => lastTwoSwapped(x!.data, channels!, steps!),
  logSumExp,
  matmul,
  maxPool2d,
  maxPool2dGradient,
  randomWords: (_, { shape }) => new Float64Array(sizeOf(shape)).fill(2 ** 31),
  reduce,
  reshape: ([x]) => x!.data,
  scan,
  scatterAdd,
  slice,
  softmax,
  softmaxCrossEntropy,
  softmaxCrossEntropyGradient,
  softmaxGradient,
  stepsAsImage: ([x]) => lastTwoSwapped(x!.data, x!.shape[1]!, x!.shape[2]!),
  sumAbs,
  sumSquares,
  toIndices,
  transpose,
  unstack,
};
