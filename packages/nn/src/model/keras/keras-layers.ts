import { Add } from "../../layers/add.js";
import { AvgPool1d } from "../../layers/avg-pool1d.js";
import { AvgPool2d } from "../../layers/avg-pool2d.js";
import { BatchNorm } from "../../layers/batch-norm.js";
import { Concatenate } from "../../layers/concatenate.js";
import { Conv1d } from "../../layers/conv1d.js";
import { Conv2d } from "../../layers/conv2d.js";
import { Conv2dTranspose } from "../../layers/conv2d-transpose.js";
import { Dense } from "../../layers/dense.js";
import { DepthwiseConv2d } from "../../layers/depthwise-conv2d.js";
import { Dropout } from "../../layers/dropout.js";
import { ELU } from "../../layers/elu.js";
import { Embedding } from "../../layers/embedding.js";
import { Flatten } from "../../layers/flatten.js";
import { GaussianNoise } from "../../layers/gaussian-noise.js";
import { GELU } from "../../layers/gelu.js";
import { GlobalAvgPool1d } from "../../layers/global-avg-pool1d.js";
import { GlobalAvgPool2d } from "../../layers/global-avg-pool2d.js";
import { GlobalMaxPool1d } from "../../layers/global-max-pool1d.js";
import { GlobalMaxPool2d } from "../../layers/global-max-pool2d.js";
import { GRU } from "../../layers/gru.js";
import { HardSwish } from "../../layers/hard-swish.js";
import type { Layer } from "../../layers/layer.js";
import { LayerNorm } from "../../layers/layer-norm.js";
import { LeakyReLU } from "../../layers/leaky-relu.js";
import { LSTM } from "../../layers/lstm.js";
import { MaxPool1d } from "../../layers/max-pool1d.js";
import { MaxPool2d } from "../../layers/max-pool2d.js";
import { Mish } from "../../layers/mish.js";
import { Multiply } from "../../layers/multiply.js";
import { Permute } from "../../layers/permute.js";
import { PReLU } from "../../layers/prelu.js";
import { ReLU } from "../../layers/relu.js";
import { RepeatVector } from "../../layers/repeat-vector.js";
import { Reshape } from "../../layers/reshape.js";
import { SELU } from "../../layers/selu.js";
import { SeparableConv2d } from "../../layers/separable-conv2d.js";
import { Sigmoid } from "../../layers/sigmoid.js";
import { SiLU } from "../../layers/silu.js";
import { SimpleRNN } from "../../layers/simple-rnn.js";
import { Softmax } from "../../layers/softmax.js";
import { Softplus } from "../../layers/softplus.js";
import { SpatialDropout2d } from "../../layers/spatial-dropout2d.js";
import { Tanh } from "../../layers/tanh.js";
import { UpSampling2d } from "../../layers/up-sampling2d.js";
import { ZeroPad2d } from "../../layers/zero-pad2d.js";
import type { Fields } from "./read-json.js";

/** How pictures lie in what a layer reads and makes: as here, channels first, or as in Keras, or either. */
type Lies = "first" | "last" | "any";

/** A weight of Keras' as one of ours: its name there, and the order of its axes here. */
export interface WeightPlan {
  readonly theirs: string;
  readonly ours: string;
  /** y's i-th axis is x's axes[i]-th; as it is where there are none. */
  readonly axes?: readonly number[];
  /** The row of a matrix of several that is meant. */
  readonly row?: number;
  /** Joins the first two axes into one. */
  readonly joined?: boolean;
  /** Takes axes of length 1 away. */
  readonly flat?: boolean;
  /** In a Bidirectional: that of which direction. */
  readonly direction?: "forward" | "backward";
}

/** What one layer of Keras' is here: layers one behind the other, the first of which has the weights. */
export interface Converted {
  readonly layers: readonly Layer[];
  readonly lies: Lies;
  /** Of pictures, where the layers behind the first need them otherwise. */
  readonly behind?: "last";
  readonly weights?: readonly WeightPlan[];
}

/** Why a layer cannot be had here. */
export class Unsupported extends Error {}

const ACTIVATIONS: Readonly<Record<string, () => Layer | undefined>> = {
  linear: () => undefined,
  relu: () => new ReLU(),
  relu6: () => new ReLU({ maximum: 6 }),
  elu: () => new ELU(),
  selu: () => new SELU(),
  gelu: () => new GELU(),
  gelu_new: () => new GELU({ approximate: true }),
  silu: () => new SiLU(),
  swish: () => new SiLU(),
  mish: () => new Mish(),
  softplus: () => new Softplus(),
  sigmoid: () => new Sigmoid(),
  tanh: () => new Tanh(),
  softmax: () => new Softmax(),
  leaky_relu: () => new LeakyReLU({ slope: 0.2 }),
  hard_silu: () => new HardSwish(),
  hard_swish: () => new HardSwish(),
};

/** The layer of an activation, if it is one at all. */
function activationOf(config: Fields): Layer | undefined {
  const given = config.value("activation") ?? "linear";
  const make =
    typeof given === "string" && Object.hasOwn(ACTIVATIONS, given) ? ACTIVATIONS[given] : undefined;
  if (!make) throw new Unsupported(`the activation ${JSON.stringify(given)?.slice(0, 60)}`);
  return make();
}

/** With the activation behind it; a softmax goes along the channels, which come last in Keras. */
function activated(layer: Layer, config: Fields, lies: Lies, weights: readonly WeightPlan[]): Converted {
  const activation = activationOf(config);
  if (!activation) return { layers: [layer], lies, weights };
  const behind = lies === "first" && activation instanceof Softmax ? ({ behind: "last" } as const) : {};
  return { layers: [layer, activation], lies, ...behind, weights };
}

const BIAS: WeightPlan = { theirs: "bias", ours: "bias" };
const kernel = (axes?: readonly number[], theirs = "kernel", ours = "kernel"): WeightPlan => ({
  theirs,
  ours,
  ...(axes && { axes }),
});
const withBias = (config: Fields, ...weights: readonly WeightPlan[]) =>
  config.boolean("use_bias", true) ? [...weights, BIAS] : weights;

/** @throws {Unsupported} where channels come first in Keras, too. */
function requireLast(config: Fields): void {
  const format = config.string("data_format", "channels_last");
  if (format !== "channels_last") throw new Unsupported(`data_format ${format}`);
}

function paddingOf(config: Fields): "same" | "valid" {
  const padding = config.string("padding", "valid");
  if (padding === "same" || padding === "valid") return padding;
  throw new Unsupported(`padding ${padding}`);
}

/** Options of windows over pictures. */
function windows(config: Fields) {
  requireLast(config);
  return {
    kernelSize: pairOf(config, "kernel_size"),
    stride: pairOf(config, "strides", 1),
    padding: paddingOf(config),
    dilation: pairOf(config, "dilation_rate", 1),
  };
}

const pairOf = (config: Fields, name: string | readonly string[], otherwise?: number) =>
  config.integers(name, 2, otherwise) as [number, number];
const oneOf = (config: Fields, name: string | readonly string[], otherwise?: number) =>
  config.integers(name, 1, otherwise)[0]!;

/** TensorFlow.js does not save it for every layer that has one. */
const multiplierOf = (config: Fields, shapeOf: ShapeOf) =>
  config.number("depth_multiplier", shapeOf("depthwise_kernel")?.[3] ?? 1);

function pools(config: Fields) {
  requireLast(config);
  const kernelSize = pairOf(config, "pool_size", 2);
  const stride = config.value("strides") === undefined ? kernelSize : pairOf(config, "strides");
  return { kernelSize, stride, padding: paddingOf(config) };
}

function poolsOverSteps(config: Fields) {
  requireLast(config);
  const kernelSize = oneOf(config, "pool_size", 2);
  const stride = config.value("strides") === undefined ? kernelSize : oneOf(config, "strides");
  return { kernelSize, stride, padding: paddingOf(config) };
}

/** The axis along channels or features. @throws {Unsupported} for any other */
function requireLastAxis(config: Fields, rank: number): void {
  const axis = config.value("axis") ?? -1;
  const [one] = Array.isArray(axis) && axis.length === 1 ? axis : [axis];
  if (one !== -1 && one !== rank) throw new Unsupported(`axis ${JSON.stringify(axis)}`);
}

function normOf(config: Fields) {
  return {
    epsilon: config.number("epsilon", 1e-3),
    center: config.boolean("center", true),
    scale: config.boolean("scale", true),
  };
}

const affine = (config: Fields): WeightPlan[] => [
  ...(config.boolean("scale", true) ? [{ theirs: "gamma", ours: "gamma" }] : []),
  ...(config.boolean("center", true) ? [{ theirs: "beta", ours: "beta" }] : []),
];

const anywhere = (layer: Layer | undefined): Converted => ({ layers: layer ? [layer] : [], lies: "any" });
const overPictures = (layer: Layer): Converted => ({ layers: [layer], lies: "first" });
const asInKeras = (layer: Layer): Converted => ({ layers: [layer], lies: "last" });

/** One direction of a recurrent layer, or both. */
function recurrent(className: string, config: Fields, bidirectional: boolean): Converted {
  const activation = config.string("activation", "tanh");
  if (activation !== "tanh") throw new Unsupported(`the activation "${activation}"`);
  const gates = config.string("recurrent_activation", "sigmoid");
  if (className !== "SimpleRNN" && gates !== "sigmoid")
    throw new Unsupported(`recurrent_activation "${gates}"`);
  for (const name of ["go_backwards", "stateful", "unroll_mask"])
    if (config.boolean(name, false)) throw new Unsupported(name);
  const options = {
    units: config.number("units"),
    useBias: config.boolean("use_bias", true),
    returnSequences: config.boolean("return_sequences", false),
    bidirectional,
  };
  const isGru = className === "GRU";
  if (isGru && !config.boolean("reset_after", false))
    throw new Unsupported("reset_after false, which resets before the product");
  const layer = isGru
    ? new GRU(options)
    : className === "LSTM"
      ? new LSTM({ ...options, forgetBias: 0 })
      : new SimpleRNN(options);
  const one = (direction?: "forward" | "backward"): WeightPlan[] => {
    const ours = (name: string) =>
      direction === "backward" ? `backward${name[0]!.toUpperCase()}${name.slice(1)}` : name;
    const of = direction && { direction };
    return [
      { theirs: "kernel", ours: ours("kernel"), ...of },
      { theirs: "recurrent_kernel", ours: ours("recurrentKernel"), ...of },
      ...(options.useBias
        ? isGru
          ? [
              { theirs: "bias", ours: ours("bias"), row: 0, ...of },
              { theirs: "bias", ours: ours("recurrentBias"), row: 1, ...of },
            ]
          : [{ theirs: "bias", ours: ours("bias"), ...of }]
        : []),
    ];
  };
  const weights = bidirectional ? [...one("forward"), ...one("backward")] : one();
  return { layers: [layer], lies: "last", weights };
}

/** The shape of a layer's weight in the file, which says what a description leaves out. */
export type ShapeOf = (weight: string) => readonly number[] | undefined;
type Convert = (config: Fields, rank: number, shapeOf: ShapeOf) => Converted;

const LAYERS: Readonly<Record<string, Convert>> = {
  Dense: (config) =>
    activated(
      new Dense({ units: config.number("units"), useBias: config.boolean("use_bias", true) }),
      config,
      "last",
      withBias(config, kernel()),
    ),
  Conv1D: (config) => {
    requireLast(config);
    const padding = config.string("padding", "valid");
    return activated(
      new Conv1d({
        filters: config.number("filters"),
        kernelSize: oneOf(config, "kernel_size"),
        stride: oneOf(config, "strides", 1),
        padding: padding === "causal" ? padding : paddingOf(config),
        dilation: oneOf(config, "dilation_rate", 1),
        groups: config.number("groups", 1),
        useBias: config.boolean("use_bias", true),
      }),
      config,
      "last",
      withBias(config, kernel([2, 1, 0])),
    );
  },
  Conv2D: (config) =>
    activated(
      new Conv2d({
        filters: config.number("filters"),
        ...windows(config),
        groups: config.number("groups", 1),
        useBias: config.boolean("use_bias", true),
      }),
      config,
      "first",
      withBias(config, kernel([3, 2, 0, 1])),
    ),
  Conv2DTranspose: (config) => {
    const { padding, ...window } = windows(config);
    if (config.value("output_padding") !== undefined) throw new Unsupported("output_padding");
    return activated(
      new Conv2dTranspose({
        filters: config.number("filters"),
        ...window,
        padding,
        useBias: config.boolean("use_bias", true),
      }),
      config,
      "first",
      withBias(config, kernel([3, 2, 0, 1])),
    );
  },
  DepthwiseConv2D: (config, _, shapeOf) => {
    const options = {
      depthMultiplier: multiplierOf(config, shapeOf),
      useBias: config.boolean("use_bias", true),
    };
    const plan = { ...kernel([2, 3, 0, 1], "depthwise_kernel"), joined: true };
    return activated(
      new DepthwiseConv2d({ ...windows(config), ...options }),
      config,
      "first",
      withBias(config, plan),
    );
  },
  SeparableConv2D: (config, _, shapeOf) =>
    activated(
      new SeparableConv2d({
        filters: config.number("filters"),
        ...windows(config),
        depthMultiplier: multiplierOf(config, shapeOf),
        useBias: config.boolean("use_bias", true),
      }),
      config,
      "first",
      withBias(
        config,
        { ...kernel([2, 3, 0, 1], "depthwise_kernel", "depthwiseKernel"), joined: true },
        kernel([3, 2, 0, 1], "pointwise_kernel", "pointwiseKernel"),
      ),
    ),
  MaxPooling2D: (config) => overPictures(new MaxPool2d(pools(config))),
  AveragePooling2D: (config) => overPictures(new AvgPool2d(pools(config))),
  MaxPooling1D: (config) => asInKeras(new MaxPool1d(poolsOverSteps(config))),
  AveragePooling1D: (config) => asInKeras(new AvgPool1d(poolsOverSteps(config))),
  GlobalAveragePooling2D: (config) => {
    requireLast(config);
    return overPictures(new GlobalAvgPool2d({ keepDims: config.boolean("keepdims", false) }));
  },
  GlobalMaxPooling2D: (config) => {
    requireLast(config);
    return overPictures(new GlobalMaxPool2d({ keepDims: config.boolean("keepdims", false) }));
  },
  GlobalAveragePooling1D: () => asInKeras(new GlobalAvgPool1d()),
  GlobalMaxPooling1D: () => asInKeras(new GlobalMaxPool1d()),
  ZeroPadding2D: (config) => {
    requireLast(config);
    const given = config.value("padding") ?? 1;
    const sides = Array.isArray(given) ? given : [given, given];
    const [[top, bottom], [left, right]] = sides.map((side: unknown) =>
      Array.isArray(side) ? side : [side, side],
    ) as [number[], number[]];
    return overPictures(new ZeroPad2d({ padding: [top!, bottom!, left!, right!] }));
  },
  UpSampling2D: (config) => {
    requireLast(config);
    const how = config.string("interpolation", "nearest");
    if (how !== "nearest") throw new Unsupported(`interpolation "${how}"`);
    return overPictures(new UpSampling2d({ size: pairOf(config, "size", 2) }));
  },
  BatchNormalization: (config, rank) => {
    requireLastAxis(config, rank);
    const layer = new BatchNorm({ ...normOf(config), momentum: config.number("momentum", 0.99) });
    const moving = [
      { theirs: "moving_mean", ours: "movingMean" },
      { theirs: "moving_variance", ours: "movingVariance" },
    ];
    return { layers: [layer], lies: "first", weights: [...affine(config), ...moving] };
  },
  LayerNormalization: (config, rank) => {
    requireLastAxis(config, rank);
    return { layers: [new LayerNorm(normOf(config))], lies: "last", weights: affine(config) };
  },
  Activation: (config) => {
    const layer = activationOf(config);
    return layer instanceof Softmax ? asInKeras(layer) : anywhere(layer);
  },
  ReLU: (config) => {
    if (config.number("threshold", 0) !== 0) throw new Unsupported("a threshold");
    const slope = config.number(["negative_slope"], 0);
    const maximum = config.value("max_value");
    if (slope !== 0 && maximum !== undefined) throw new Unsupported("both a slope and a max_value");
    if (slope !== 0) return anywhere(new LeakyReLU({ slope }));
    return anywhere(new ReLU(maximum === undefined ? {} : { maximum: config.number("max_value") }));
  },
  LeakyReLU: (config) => anywhere(new LeakyReLU({ slope: config.number(["negative_slope", "alpha"], 0.3) })),
  ELU: (config) => anywhere(new ELU({ alpha: config.number("alpha", 1) })),
  PReLU: (config, rank) => {
    const shared = config.value("shared_axes") ?? [];
    if (JSON.stringify(shared) !== JSON.stringify(Array.from({ length: rank - 1 }, (_, i) => i + 1)))
      throw new Unsupported("a slope for each place; shared_axes must be all but the last");
    return {
      layers: [new PReLU()],
      lies: "first",
      weights: [{ theirs: "alpha", ours: "alpha", flat: true }],
    };
  },
  Softmax: (config, rank) => {
    requireLastAxis(config, rank);
    return asInKeras(new Softmax());
  },
  Dropout: (config) => {
    if (config.value("noise_shape") !== undefined) throw new Unsupported("a noise_shape");
    return anywhere(new Dropout({ rate: config.number("rate") }));
  },
  SpatialDropout2D: (config) => overPictures(new SpatialDropout2d({ rate: config.number("rate") })),
  GaussianNoise: (config) => anywhere(new GaussianNoise({ stddev: config.number("stddev") })),
  ActivityRegularization: () => anywhere(undefined),
  Flatten: (config) => {
    requireLast(config);
    return asInKeras(new Flatten());
  },
  Reshape: (config) => asInKeras(new Reshape({ targetShape: config.list("target_shape") as number[] })),
  Permute: (config) => asInKeras(new Permute({ dims: config.list("dims") as number[] })),
  RepeatVector: (config) => asInKeras(new RepeatVector({ n: config.number("n") })),
  Add: () => anywhere(new Add()),
  Multiply: () => anywhere(new Multiply()),
  Concatenate: (config, rank) => {
    const axis = config.number("axis", -1);
    const place = axis < 0 ? rank + 1 + axis : axis;
    // Of pictures, channels are the first axis here.
    const ours = rank === 3 ? [0, 2, 3, 1][place] : place;
    if (!ours) throw new Unsupported(`axis ${axis}`);
    return { layers: [new Concatenate({ axis: ours })], lies: "first" };
  },
  Embedding: (config) => {
    if (config.boolean("mask_zero", false)) throw new Unsupported("mask_zero");
    return {
      layers: [
        new Embedding({ inputDim: config.number("input_dim"), outputDim: config.number("output_dim") }),
      ],
      lies: "last",
      weights: [{ theirs: "embeddings", ours: "embeddings" }],
    };
  },
  LSTM: (config) => recurrent("LSTM", config, false),
  GRU: (config) => recurrent("GRU", config, false),
  SimpleRNN: (config) => recurrent("SimpleRNN", config, false),
  Bidirectional: (config) => {
    const mode = config.string("merge_mode", "concat");
    if (mode !== "concat") throw new Unsupported(`merge_mode "${mode}"`);
    const layer = config.object("layer");
    const className = layer.string("class_name");
    if (!["LSTM", "GRU", "SimpleRNN"].includes(className)) throw new Unsupported(`a ${className} in it`);
    return recurrent(className, layer.object("config"), true);
  },
};

/** @throws {Unsupported} with the reason; {LoamError} for options that no layer takes. */
export function convertLayer(className: string, config: Fields, rank: number, shapeOf: ShapeOf): Converted {
  const convert = Object.hasOwn(LAYERS, className) ? LAYERS[className] : undefined;
  if (!convert) throw new Unsupported("");
  return convert(config, rank, shapeOf);
}
