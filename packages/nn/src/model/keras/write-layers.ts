import type { Padding, Pair } from "../../graph/geometry.js";
import { type Shape, sameShape } from "../../graph/shape.js";
import type { Activation } from "../../layers/activation.js";
import type { AvgPool1d } from "../../layers/avg-pool1d.js";
import type { AvgPool2d } from "../../layers/avg-pool2d.js";
import type { BatchNorm } from "../../layers/batch-norm.js";
import type { Concatenate } from "../../layers/concatenate.js";
import type { Conv1d } from "../../layers/conv1d.js";
import type { Conv2d } from "../../layers/conv2d.js";
import type { Conv2dTranspose } from "../../layers/conv2d-transpose.js";
import type { Dense } from "../../layers/dense.js";
import type { DepthwiseConv2d } from "../../layers/depthwise-conv2d.js";
import type { Dropout } from "../../layers/dropout.js";
import type { ELU } from "../../layers/elu.js";
import type { Embedding } from "../../layers/embedding.js";
import type { GaussianNoise } from "../../layers/gaussian-noise.js";
import type { GELU } from "../../layers/gelu.js";
import type { GlobalAvgPool2d } from "../../layers/global-avg-pool2d.js";
import type { Layer } from "../../layers/layer.js";
import type { LayerNorm } from "../../layers/layer-norm.js";
import type { LeakyReLU } from "../../layers/leaky-relu.js";
import type { LSTM } from "../../layers/lstm.js";
import type { MaxPool1d } from "../../layers/max-pool1d.js";
import type { MaxPool2d } from "../../layers/max-pool2d.js";
import type { PerChannel } from "../../layers/per-channel.js";
import type { Permute } from "../../layers/permute.js";
import { isStandard } from "../../layers/registry.js";
import type { ReLU } from "../../layers/relu.js";
import type { RepeatVector } from "../../layers/repeat-vector.js";
import type { SeparableConv2d } from "../../layers/separable-conv2d.js";
import type { SimpleRNN } from "../../layers/simple-rnn.js";
import { type StepsWindow, stepsPads } from "../../layers/steps-window.js";
import type { UpSampling2d } from "../../layers/up-sampling2d.js";
import { type PaddingOption, resolvePadding } from "../../layers/window.js";
import type { ZeroPad2d } from "../../layers/zero-pad2d.js";
import { Unsupported } from "./keras-layers.js";

/** A layer as Keras describes it, without its name. */
export interface KerasForm {
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Whether it is the one that has the layer's name and weights. */
  readonly own?: true;
  /** That pictures are left as they lie, whatever the reader says of the class. */
  readonly lies?: "any";
}

/** Where a layer is applied: the shapes of a sample, of how many inputs. */
export interface Applied {
  readonly from: Shape;
  readonly to: Shape;
  readonly inputs: number;
}

/** Functions of one number by their names in TensorFlow.js. */
const ACTIVATIONS: Readonly<Partial<Record<Activation, string>>> = {
  relu: "relu",
  elu: "elu",
  selu: "selu",
  gelu: "gelu",
  silu: "swish",
  mish: "mish",
  softplus: "softplus",
  sigmoid: "sigmoid",
  tanh: "tanh",
  softmax: "softmax",
};

const own = (className: string, config: KerasForm["config"]): KerasForm => ({ className, config, own: true });
const activationForm = (activation: string): KerasForm => own("Activation", { activation });

/** With the activation in it, or behind it as a layer. */
function activated(form: KerasForm, activation: Activation | undefined, { to }: Applied): KerasForm[] {
  if (activation === undefined) return [form];
  if (activation === "leakyRelu") return [form, { className: "LeakyReLU", config: { alpha: 0.01 } }];
  const name = ACTIVATIONS[activation];
  if (!name) throw new Unsupported(`the activation "${activation}"`);
  // Here it goes along the last axis of a picture, there along the channels.
  if (activation === "softmax" && to.length === 3)
    return [form, { className: "Activation", config: { activation: name } }];
  return [{ ...form, config: { ...form.config, activation: name } }];
}

function requireOne(what: string, value: number): void {
  if (value !== 1) throw new Unsupported(`${what} ${value}`);
}

/** TensorFlow has one of the two. */
function requireNotBoth(strides: readonly number[], dilations: readonly number[]): void {
  if (strides.some((one) => one !== 1) && dilations.some((one) => one !== 1))
    throw new Unsupported("both a stride and a dilation");
}

interface Windows {
  readonly kernelSize: Pair;
  readonly stride: Pair;
  readonly padding: PaddingOption;
  readonly dilation?: Pair;
}

/** A padding by Keras' words, or else the pads. */
function padsOf(
  { kernelSize, stride, padding, dilation = [1, 1] }: Windows,
  size: Pair,
): "same" | "valid" | Padding {
  const pads = (option: PaddingOption) => resolvePadding(option, size, kernelSize, stride, dilation);
  const given = pads(padding);
  if (given.every((one) => one === 0)) return "valid";
  return sameShape(given, pads("same")) ? "same" : given;
}

/** A convolution over pictures, and the zeros before it where Keras has no word for them. */
function overPictures(
  layer: Windows & Layer & { readonly activation: Activation | undefined; readonly useBias: boolean },
  className: string,
  config: KerasForm["config"],
  where: Applied,
): KerasForm[] {
  const { kernelSize, stride, dilation = [1, 1] } = layer;
  requireNotBoth(stride, dilation);
  const pads = padsOf(layer, where.from.slice(1) as unknown as Pair);
  const form = own(className, {
    ...config,
    kernel_size: kernelSize,
    strides: stride,
    dilation_rate: dilation,
    padding: typeof pads === "string" ? pads : "valid",
    use_bias: layer.useBias,
  });
  const before = typeof pads === "string" ? [] : [zeros(pads)];
  return [...before, ...activated(form, layer.activation, where)];
}

function zeros([top, bottom, left, right]: Padding): KerasForm {
  const padding = [
    [top, bottom],
    [left, right],
  ];
  return { className: "ZeroPadding2D", config: { padding } };
}

function pool2d(layer: MaxPool2d | AvgPool2d, className: string, { from }: Applied): KerasForm[] {
  const padding = padsOf(layer, from.slice(1) as unknown as Pair);
  if (typeof padding !== "string") throw new Unsupported(`padding ${JSON.stringify(layer.padding)}`);
  if (padding === "same" && (layer as AvgPool2d).includePadding) throw new Unsupported("includePadding");
  return [own(className, { pool_size: layer.kernelSize, strides: layer.stride, padding })];
}

/** The padding of windows over steps. */
function stepsPadding(window: StepsWindow, steps: number): string {
  const { padding } = window;
  if (padding === "causal") throw new Unsupported('padding "causal"');
  const given = stepsPads(window, steps);
  if (given.every((one) => one === 0)) return "valid";
  if (sameShape(given, stepsPads({ ...window, padding: "same" }, steps))) return "same";
  throw new Unsupported(`padding ${padding}`);
}

function pool1d(layer: MaxPool1d | AvgPool1d, className: string, { from }: Applied): KerasForm[] {
  const { kernelSize, stride } = layer;
  const padding = stepsPadding({ kernelSize, stride, padding: layer.padding, dilation: 1 }, from[0]!);
  if (padding === "same" && (layer as AvgPool1d).includePadding) throw new Unsupported("includePadding");
  return [own(className, { pool_size: [kernelSize], strides: [stride], padding })];
}

/** @throws {Unsupported} for channels along another axis than Keras' last */
function requireChannels(layer: PerChannel, { from }: Applied): void {
  const channels = from.length === 3 ? 1 : from.length;
  if (layer.axisIn(from) !== channels) throw new Unsupported(`axis ${layer.axis}`);
}

const normConfig = ({ epsilon, center, scale }: BatchNorm | LayerNorm) => ({
  axis: -1,
  epsilon,
  center,
  scale,
});

/** What the layer in a Bidirectional is called; its two directions are forward_ and backward_ of it. */
export const INNER = "one";

function recurrent(layer: LSTM | SimpleRNN): KerasForm[] {
  const { units, returnSequences, useBias, bidirectional, type } = layer;
  if (type === "LSTM" && (layer as LSTM).forgetBias !== 0 && !useBias)
    throw new Unsupported("a forgetBias and no bias");
  // What a layer begins with is written over, and the usual orthogonal matrix takes TensorFlow.js long.
  const nothing = { class_name: "Zeros", config: {} };
  const config = {
    units,
    activation: "tanh",
    use_bias: useBias,
    return_sequences: returnSequences,
    recurrent_initializer: nothing,
    ...(type === "LSTM" && { recurrent_activation: "sigmoid", unit_forget_bias: false }),
  };
  if (!bidirectional) return [own(type, config)];
  const inner = { class_name: type, config: { name: INNER, trainable: layer.trainable, ...config } };
  return [own("Bidirectional", { layer: inner, merge_mode: "concat" })];
}

/** The axis that Keras has for one of ours, counted with the batch: of pictures, channels come last there. */
function axisThere({ axis }: Concatenate, rank: number): number {
  const ours = axis < 0 ? rank + 1 + axis : axis;
  return rank === 3 ? [0, 3, 1, 2][ours]! : ours;
}

type Write = (layer: never, where: Applied) => KerasForm[];
const plain = (className: string) => () => [own(className, {})];

const LAYERS: Readonly<Record<string, Write>> = {
  Dense: ({ units, useBias, activation }: Dense, where) =>
    activated(own("Dense", { units, use_bias: useBias }), activation, where),
  Conv1d: (layer: Conv1d, where) => {
    requireOne("groups", layer.groups);
    requireNotBoth([layer.stride], [layer.dilation]);
    const form = own("Conv1D", {
      filters: layer.filters,
      kernel_size: [layer.kernelSize],
      strides: [layer.stride],
      dilation_rate: [layer.dilation],
      padding: stepsPadding(layer, where.from[0]!),
      use_bias: layer.useBias,
    });
    return activated(form, layer.activation, where);
  },
  Conv2d: (layer: Conv2d, where) => {
    requireOne("groups", layer.groups);
    return overPictures(layer, "Conv2D", { filters: layer.filters }, where);
  },
  DepthwiseConv2d: (layer: DepthwiseConv2d, where) =>
    overPictures(layer, "DepthwiseConv2D", { depth_multiplier: layer.depthMultiplier }, where),
  SeparableConv2d: (layer: SeparableConv2d, where) =>
    overPictures(
      layer,
      "SeparableConv2D",
      { filters: layer.filters, depth_multiplier: layer.depthMultiplier },
      where,
    ),
  Conv2dTranspose: (layer: Conv2dTranspose, where) => {
    const { filters, kernelSize, stride, padding, dilation, groups, useBias, outputPadding } = layer;
    requireOne("groups", groups);
    for (const one of dilation) requireOne("dilation", one);
    if (outputPadding) throw new Unsupported("outputPadding");
    const [height, width] = where.from.slice(1) as unknown as Pair;
    // The pads are those of the convolution that goes the other way.
    const size = [height * stride[0], width * stride[1]] as const;
    const pads = padsOf({ kernelSize, stride, padding }, size);
    if (typeof pads !== "string") throw new Unsupported(`padding ${JSON.stringify(padding)}`);
    const config = { filters, kernel_size: kernelSize, strides: stride, padding: pads, use_bias: useBias };
    return activated(own("Conv2DTranspose", config), layer.activation, where);
  },
  MaxPool2d: (layer: MaxPool2d, where) => pool2d(layer, "MaxPooling2D", where),
  AvgPool2d: (layer: AvgPool2d, where) => pool2d(layer, "AveragePooling2D", where),
  MaxPool1d: (layer: MaxPool1d, where) => pool1d(layer, "MaxPooling1D", where),
  AvgPool1d: (layer: AvgPool1d, where) => pool1d(layer, "AveragePooling1D", where),
  GlobalAvgPool2d: (layer: GlobalAvgPool2d, where) => globalPool2d(layer, "GlobalAveragePooling2D", where),
  GlobalMaxPool2d: (layer: GlobalAvgPool2d, where) => globalPool2d(layer, "GlobalMaxPooling2D", where),
  GlobalAvgPool1d: (_: Layer, where) => globalPool1d("GlobalAveragePooling1D", where),
  GlobalMaxPool1d: (_: Layer, where) => globalPool1d("GlobalMaxPooling1D", where),
  ZeroPad2d: ({ padding }: ZeroPad2d) => [
    { ...zeros(resolvePadding(padding, [1, 1], [1, 1], [1, 1], [1, 1])), own: true as const },
  ],
  UpSampling2d: ({ size }: UpSampling2d) => [own("UpSampling2D", { size, interpolation: "nearest" })],
  BatchNorm: (layer: BatchNorm, where) => {
    requireChannels(layer, where);
    return [own("BatchNormalization", { ...normConfig(layer), momentum: layer.momentum })];
  },
  LayerNorm: (layer: LayerNorm) => [own("LayerNormalization", normConfig(layer))],
  ReLU: ({ maximum }: ReLU) =>
    maximum === undefined ? [activationForm("relu")] : [own("ReLU", { max_value: maximum })],
  LeakyReLU: ({ slope }: LeakyReLU) => [own("LeakyReLU", { alpha: slope })],
  ELU: ({ alpha }: ELU) => {
    requireOne("alpha", alpha);
    return [own("ELU", { alpha })];
  },
  PReLU: (layer: PerChannel, where) => {
    requireChannels(layer, where);
    return [own("PReLU", { shared_axes: where.from.slice(1).map((_, i) => i + 1) })];
  },
  SELU: () => [activationForm("selu")],
  GELU: ({ approximate }: GELU) => {
    // TensorFlow.js calls it gelu_new, reads geluNew, and does not know that.
    if (approximate) throw new Unsupported("approximate");
    return [activationForm("gelu")];
  },
  SiLU: () => [activationForm("swish")],
  Mish: () => [activationForm("mish")],
  Softplus: () => [activationForm("softplus")],
  Sigmoid: () => [activationForm("sigmoid")],
  Tanh: () => [activationForm("tanh")],
  Softmax: () => [activationForm("softmax")],
  Dropout: ({ rate }: Dropout) => [own("Dropout", { rate })],
  // TensorFlow.js has none, and it does nothing outside of training.
  SpatialDropout2d: () => [],
  GaussianNoise: ({ stddev }: GaussianNoise) => [own("GaussianNoise", { stddev })],
  Flatten: plain("Flatten"),
  Reshape: (_: Layer, { to }) => [own("Reshape", { target_shape: to })],
  Permute: ({ dims }: Permute) => [own("Permute", { dims })],
  RepeatVector: ({ n }: RepeatVector) => [own("RepeatVector", { n })],
  Add: plain("Add"),
  Multiply: plain("Multiply"),
  Concatenate: (layer: Concatenate, { from }) => [
    own("Concatenate", { axis: axisThere(layer, from.length) }),
  ],
  Embedding: ({ inputDim, outputDim }: Embedding) => [
    own("Embedding", { input_dim: inputDim, output_dim: outputDim, mask_zero: false }),
  ],
  LSTM: recurrent,
  SimpleRNN: recurrent,
  GRU: () => {
    throw new Unsupported("a reset after the product, which TensorFlow.js does not have");
  },
};

function globalPool2d({ keepDims }: GlobalAvgPool2d, className: string, { to }: Applied): KerasForm[] {
  const form = own(className, {});
  // A row and a column of one, as pictures lie there.
  const kept: KerasForm = { className: "Reshape", config: { target_shape: [1, 1, to[0]] }, lies: "any" };
  return keepDims ? [form, kept] : [form];
}

function globalPool1d(className: string, { inputs }: Applied): KerasForm[] {
  if (inputs > 1) throw new Unsupported("a mask");
  return [own(className, {})];
}

/** What a layer is in TensorFlow.js: layers one behind the other. @throws {Unsupported} with the reason */
export function kerasForms(layer: Layer, where: Applied): KerasForm[] {
  const write = Object.hasOwn(LAYERS, layer.type) ? LAYERS[layer.type] : undefined;
  if (!write) throw new Unsupported("");
  if (!isStandard(layer)) throw new Unsupported("a class of its own");
  return write(layer as never, where);
}
