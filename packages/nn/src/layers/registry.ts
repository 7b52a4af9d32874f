import { AdaptiveAvgPool2d } from "./adaptive-avg-pool2d.js";
import { AdaptiveMaxPool2d } from "./adaptive-max-pool2d.js";
import { Add } from "./add.js";
import { AvgPool1d } from "./avg-pool1d.js";
import { AvgPool2d } from "./avg-pool2d.js";
import { BatchNorm } from "./batch-norm.js";
import { Concatenate } from "./concatenate.js";
import { Conv1d } from "./conv1d.js";
import { Conv2d } from "./conv2d.js";
import { Conv2dTranspose } from "./conv2d-transpose.js";
import { Dense } from "./dense.js";
import { DepthwiseConv2d } from "./depthwise-conv2d.js";
import { Dropout } from "./dropout.js";
import { ELU } from "./elu.js";
import { Embedding } from "./embedding.js";
import { Flatten } from "./flatten.js";
import { GaussianNoise } from "./gaussian-noise.js";
import { GELU } from "./gelu.js";
import { GlobalAvgPool1d } from "./global-avg-pool1d.js";
import { GlobalAvgPool2d } from "./global-avg-pool2d.js";
import { GlobalMaxPool1d } from "./global-max-pool1d.js";
import { GlobalMaxPool2d } from "./global-max-pool2d.js";
import { GroupNorm } from "./group-norm.js";
import { GRU } from "./gru.js";
import { HardSwish } from "./hard-swish.js";
import type { Layer } from "./layer.js";
import { LayerNorm } from "./layer-norm.js";
import { LeakyReLU } from "./leaky-relu.js";
import { LSTM } from "./lstm.js";
import { type LayerClass, makeLayer } from "./make-layer.js";
import { MaxPool1d } from "./max-pool1d.js";
import { MaxPool2d } from "./max-pool2d.js";
import { Mish } from "./mish.js";
import { MultiHeadAttention } from "./multi-head-attention.js";
import { Multiply } from "./multiply.js";
import { PaddingMask } from "./padding-mask.js";
import { Permute } from "./permute.js";
import { PositionEmbedding } from "./position-embedding.js";
import { PReLU } from "./prelu.js";
import { ReLU } from "./relu.js";
import { RepeatVector } from "./repeat-vector.js";
import { Reshape } from "./reshape.js";
import { ReversibleEmbedding } from "./reversible-embedding.js";
import { RMSNorm } from "./rms-norm.js";
import { SELU } from "./selu.js";
import { SeparableConv2d } from "./separable-conv2d.js";
import { Sigmoid } from "./sigmoid.js";
import { SiLU } from "./silu.js";
import { SimpleRNN } from "./simple-rnn.js";
import { SinePositionEncoding } from "./sine-position-encoding.js";
import { Softmax } from "./softmax.js";
import { Softplus } from "./softplus.js";
import { SpatialDropout2d } from "./spatial-dropout2d.js";
import { Tanh } from "./tanh.js";
import { UpSampling2d } from "./up-sampling2d.js";
import { ZeroPad2d } from "./zero-pad2d.js";

/** The layers by their `type`: what a saved architecture may name. */
export const layerClasses: Readonly<Record<string, LayerClass>> = {
  Dense,
  Conv2d,
  MaxPool2d,
  AvgPool2d,
  Flatten,
  GlobalMaxPool2d,
  GlobalAvgPool2d,
  AdaptiveMaxPool2d,
  AdaptiveAvgPool2d,
  UpSampling2d,
  ZeroPad2d,
  DepthwiseConv2d,
  SeparableConv2d,
  Conv2dTranspose,
  Conv1d,
  MaxPool1d,
  AvgPool1d,
  Reshape,
  Permute,
  RepeatVector,
  SimpleRNN,
  LSTM,
  GRU,
  Embedding,
  ReversibleEmbedding,
  PositionEmbedding,
  SinePositionEncoding,
  MultiHeadAttention,
  PaddingMask,
  GlobalAvgPool1d,
  GlobalMaxPool1d,
  BatchNorm,
  LayerNorm,
  GroupNorm,
  RMSNorm,
  Dropout,
  SpatialDropout2d,
  GaussianNoise,
  ReLU,
  LeakyReLU,
  PReLU,
  ELU,
  SELU,
  GELU,
  SiLU,
  Mish,
  HardSwish,
  Softplus,
  Sigmoid,
  Tanh,
  Softmax,
  Add,
  Multiply,
  Concatenate,
};

/** What options mean that files before them could not have. */
const former: Readonly<Record<string, object>> = {
  BatchNorm: { axis: 1 },
  GroupNorm: { axis: 1 },
  PReLU: { axis: 1 },
};

/** `layerFromConfig` of what a file says, which may be older than an option. */
export function layerFromFile(
  type: string,
  config: Readonly<Record<string, unknown>>,
  custom: Readonly<Record<string, LayerClass>>,
): Layer {
  const before = Object.hasOwn(custom, type) ? undefined : former[type];
  return layerFromConfig(type, { ...before, ...config }, custom);
}

/**
 * Makes a layer from what `layer.type` and `layer.config()` gave. `custom` holds classes of one's own by their type.
 * @throws {ConfigError} `type-unknown`, or what the layer's constructor finds wrong with its options.
 */
export function layerFromConfig(
  type: string,
  config: Readonly<Record<string, unknown>>,
  custom: Readonly<Record<string, LayerClass>> = {},
): Layer {
  return makeLayer(new Map(Object.entries({ ...layerClasses, ...custom })), type, config);
}
