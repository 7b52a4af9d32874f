// What the compiler knows of a chain of layers: the rank of what each makes and, where they are literal, its sizes. Types alone.
import type { Shape } from "../graph/shape.js";
import type { Conv1d } from "../layers/conv1d.js";
import type { Conv2d } from "../layers/conv2d.js";
import type { Dense } from "../layers/dense.js";
import type { Embedding } from "../layers/embedding.js";
import type { GlobalAvgPool2d } from "../layers/global-avg-pool2d.js";
import type { GlobalMaxPool2d } from "../layers/global-max-pool2d.js";
import type { GRU } from "../layers/gru.js";
import type { LSTM } from "../layers/lstm.js";
import type { SimpleRNN } from "../layers/simple-rnn.js";

/** Layers whose output has the shape of their input, whatever that is. */
type Alike =
  | "ReLU"
  | "LeakyReLU"
  | "PReLU"
  | "ELU"
  | "SELU"
  | "GELU"
  | "SiLU"
  | "Mish"
  | "HardSwish"
  | "Softplus"
  | "Sigmoid"
  | "Tanh"
  | "Softmax"
  | "Dropout"
  | "GaussianNoise"
  | "BatchNorm"
  | "LayerNorm"
  | "RMSNorm";
/** Layers over [channels, height, width]. */
type OfImages =
  | "Conv2d"
  | "DepthwiseConv2d"
  | "MaxPool2d"
  | "AvgPool2d"
  | "UpSampling2d"
  | "ZeroPad2d"
  | "GlobalAvgPool2d"
  | "GlobalMaxPool2d"
  | "AdaptiveAvgPool2d"
  | "AdaptiveMaxPool2d"
  | "SeparableConv2d"
  | "Conv2dTranspose";
/** Layers over [steps, features]. */
type OfSteps =
  | "Conv1d"
  | "MaxPool1d"
  | "AvgPool1d"
  | "GlobalAvgPool1d"
  | "GlobalMaxPool1d"
  | "SimpleRNN"
  | "LSTM"
  | "GRU";

/** "[784]", as messages have it. */
type Shown<S extends Shape> = S extends readonly [infer First extends number, ...infer Rest extends Shape]
  ? `[${First}${ShownRest<Rest>}]`
  : "[]";
type ShownRest<S extends Shape> = S extends readonly [infer First extends number, ...infer Rest extends Shape]
  ? `, ${First}${ShownRest<Rest>}`
  : "";

/** S without its last size. */
type Lead<S extends Shape> = S extends readonly [...infer Before extends Shape, number] ? Before : Shape;

type AfterImages<L, T, S extends Shape> =
  L extends Conv2d<infer Filters>
    ? readonly [Filters, number, number]
    : T extends
          | "MaxPool2d"
          | "AvgPool2d"
          | "AdaptiveAvgPool2d"
          | "AdaptiveMaxPool2d"
          | "UpSampling2d"
          | "ZeroPad2d"
      ? readonly [S[0] & number, number, number]
      : L extends GlobalAvgPool2d<infer Kept> | GlobalMaxPool2d<infer Kept>
        ? Kept extends false
          ? readonly [S[0] & number]
          : readonly [S[0] & number, 1, 1]
        : readonly [number, number, number];

type AfterSteps<L, T, S extends Shape> =
  L extends Conv1d<infer Filters>
    ? readonly [number, Filters]
    : T extends "MaxPool1d" | "AvgPool1d"
      ? readonly [number, S[1] & number]
      : T extends "GlobalAvgPool1d" | "GlobalMaxPool1d"
        ? readonly [S[1] & number]
        : L extends
              | SimpleRNN<infer Units, infer All, infer Both>
              | LSTM<infer Units, infer All, infer Both>
              | GRU<infer Units, infer All, infer Both>
          ? All extends true
            ? readonly [S[0] & number, Both extends false ? Units : number]
            : readonly [Both extends false ? Units : number]
          : Shape;

/** What a layer makes of a sample of shape S, or a message where it cannot. */
type After<L, S extends Shape> = number extends S["length"]
  ? Shape
  : L extends { readonly type: infer T extends string }
    ? T extends Alike
      ? S
      : T extends OfImages
        ? S["length"] extends 3
          ? AfterImages<L, T, S>
          : `${T} takes samples of shape [channels, height, width] and cannot follow ${Shown<S>}`
        : T extends OfSteps
          ? S["length"] extends 2
            ? AfterSteps<L, T, S>
            : `${T} takes samples of shape [steps, features] and cannot follow ${Shown<S>}`
          : T extends "Dense"
            ? S["length"] extends 0
              ? "Dense takes samples of one number or more and cannot follow []"
              : L extends Dense<infer Units>
                ? readonly [...Lead<S>, Units]
                : Shape
            : T extends "Flatten"
              ? S["length"] extends 1
                ? S
                : readonly [number]
              : L extends Embedding<infer Numbers>
                ? readonly [...S, Numbers]
                : Shape
    : L extends { readonly outputShape: infer Made extends Shape }
      ? Made
      : Shape;

/**
 * The shape of a sample of what a chain of layers makes of one of shape S: `Shape`, where the compiler does not know the layers one by one, or a
 * layer that it has no rule for.
 */
export type OutputOf<Layers extends readonly unknown[], S extends Shape> = number extends Layers["length"]
  ? Shape
  : Layers extends readonly [infer First, ...infer Rest]
    ? After<First, S> extends infer Next extends Shape
      ? OutputOf<Rest, Next>
      : Shape
    : S;

/** Anything, where each layer can follow the one before it; else the layers, with a message in place of the first that cannot. */
export type Fitting<
  Layers extends readonly unknown[],
  S extends Shape,
  Before extends readonly unknown[] = readonly [],
> = number extends Layers["length"]
  ? unknown
  : Layers extends readonly [infer First, ...infer Rest]
    ? After<First, S> extends infer Next
      ? Next extends Shape
        ? Fitting<Rest, Next, readonly [...Before, First]>
        : readonly [...Before, Next, ...Rest]
      : never
    : unknown;
