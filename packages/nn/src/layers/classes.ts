// The layers, in the groups in which the documents list them: what a saved architecture may name by its `type`. A new one is one line.

// vectors

export { Dense, type DenseOptions } from "./dense.js";

// pictures

export { AdaptiveAvgPool2d } from "./adaptive-avg-pool2d.js";
export { AdaptiveMaxPool2d } from "./adaptive-max-pool2d.js";
export { AvgPool2d, type AvgPool2dOptions } from "./avg-pool2d.js";
export { Conv2d, type Conv2dOptions } from "./conv2d.js";
export { Conv2dTranspose, type Conv2dTransposeOptions } from "./conv2d-transpose.js";
export { DepthwiseConv2d, type DepthwiseConv2dOptions } from "./depthwise-conv2d.js";
export { GlobalAvgPool2d } from "./global-avg-pool2d.js";
export { GlobalMaxPool2d } from "./global-max-pool2d.js";
export { MaxPool2d } from "./max-pool2d.js";
export { SeparableConv2d, type SeparableConv2dOptions } from "./separable-conv2d.js";
export { UpSampling2d, type UpSampling2dOptions } from "./up-sampling2d.js";
export { ZeroPad2d, type ZeroPad2dOptions } from "./zero-pad2d.js";

// steps

export { AvgPool1d, type AvgPool1dOptions } from "./avg-pool1d.js";
export { Conv1d, type Conv1dOptions } from "./conv1d.js";
export { GlobalAvgPool1d } from "./global-avg-pool1d.js";
export { GlobalMaxPool1d } from "./global-max-pool1d.js";
export { GRU } from "./gru.js";
export { LSTM, type LSTMOptions } from "./lstm.js";
export { MaxPool1d } from "./max-pool1d.js";
export { SimpleRNN } from "./simple-rnn.js";

// ids and attention

export { Embedding, type EmbeddingOptions } from "./embedding.js";
export { MultiHeadAttention, type MultiHeadAttentionOptions } from "./multi-head-attention.js";
export { PaddingMask, type PaddingMaskOptions } from "./padding-mask.js";
export { PositionEmbedding, type PositionEmbeddingOptions } from "./position-embedding.js";
export { ReversibleEmbedding } from "./reversible-embedding.js";
export { SinePositionEncoding, type SinePositionEncodingOptions } from "./sine-position-encoding.js";

// normalisation

export { BatchNorm, type BatchNormOptions } from "./batch-norm.js";
export { GroupNorm, type GroupNormOptions } from "./group-norm.js";
export { LayerNorm, type LayerNormOptions } from "./layer-norm.js";
export { RMSNorm, type RMSNormOptions } from "./rms-norm.js";

// random while training

export { Dropout, type DropoutOptions } from "./dropout.js";
export { GaussianNoise, type GaussianNoiseOptions } from "./gaussian-noise.js";
export { SpatialDropout2d } from "./spatial-dropout2d.js";

// activations

export { ELU, type ELUOptions } from "./elu.js";
export { GELU, type GELUOptions } from "./gelu.js";
export { HardSwish } from "./hard-swish.js";
export { LeakyReLU, type LeakyReLUOptions } from "./leaky-relu.js";
export { Mish } from "./mish.js";
export { PReLU, type PReLUOptions } from "./prelu.js";
export { ReLU, type ReLUOptions } from "./relu.js";
export { SELU } from "./selu.js";
export { Sigmoid } from "./sigmoid.js";
export { SiLU } from "./silu.js";
export { Softmax } from "./softmax.js";
export { Softplus } from "./softplus.js";
export { Tanh } from "./tanh.js";

// shapes

export { Flatten } from "./flatten.js";
export { Permute, type PermuteOptions } from "./permute.js";
export { RepeatVector, type RepeatVectorOptions } from "./repeat-vector.js";
export { Reshape, type ReshapeOptions } from "./reshape.js";

// several inputs

export { Add } from "./add.js";
export { Concatenate, type ConcatenateOptions } from "./concatenate.js";
export { Multiply } from "./multiply.js";
