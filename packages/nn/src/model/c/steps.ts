import { InternalError } from "../../errors.js";
import { type Shape, sizeOf } from "../../graph/shape.js";
import type { BatchNorm } from "../../layers/batch-norm.js";
import type { Concatenate } from "../../layers/concatenate.js";
import type { Conv1d } from "../../layers/conv1d.js";
import type { Conv2d } from "../../layers/conv2d.js";
import type { ELU } from "../../layers/elu.js";
import type { GELU } from "../../layers/gelu.js";
import type { Layer } from "../../layers/layer.js";
import type { LayerNorm } from "../../layers/layer-norm.js";
import type { LeakyReLU } from "../../layers/leaky-relu.js";
import type { Permute } from "../../layers/permute.js";
import type { ReLU } from "../../layers/relu.js";
import { type StepsWindow, stepsPads } from "../../layers/steps-window.js";
import { resolvePadding } from "../../layers/window.js";
import type { ZeroPad2d } from "../../layers/zero-pad2d.js";
import type { NamedValue } from "../../program/parameter-store.js";
import type { Model } from "../model.js";
import { valuesByLayer } from "../transfer/copy-layer.js";

/** Windows over an image of one sample. Channels come first in memory, or last, as in sequences and rows of a Dense. */
export interface Window {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly filters: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly top: number;
  readonly left: number;
  readonly groups: number;
  readonly channelsLast: boolean;
}

/** Numbers with one vector along an axis: [outer, channels, inner]. */
export interface AlongAxis {
  readonly outer: number;
  readonly channels: number;
  readonly inner: number;
}

interface Between {
  /** The layer's name. */
  readonly name: string;
  /** Which values it reads; 0 is the model's input, scaled. */
  readonly inputs: readonly number[];
  readonly output: number;
}

/** What one layer does with one sample, and all of its numbers. */
export type Step = Between &
  (
    | {
        readonly kind: "conv";
        readonly window: Window;
        /** [filters, channels/groups, kernel height, kernel width] */
        readonly weights: Float32Array;
        readonly bias: Float32Array;
      }
    | {
        readonly kind: "pool";
        readonly window: Window;
        readonly takes: "maximum" | "mean";
        readonly includePadding: boolean;
      }
    | ({
        /** (x − mean)·factor + shift */
        readonly kind: "affine";
        readonly mean: Float32Array;
        readonly factor: Float32Array;
        readonly shift: Float32Array;
      } & AlongAxis)
    | ({ readonly kind: "prelu"; readonly alpha: Float32Array } & AlongAxis)
    | {
        readonly kind: "norm";
        readonly centered: boolean;
        readonly rows: number;
        readonly columns: number;
        readonly epsilon: number;
        readonly gamma: Float32Array;
        readonly beta: Float32Array;
      }
    | { readonly kind: "map"; readonly layer: Layer; readonly parameter: number }
    | { readonly kind: "softmax"; readonly rows: number; readonly columns: number }
    | { readonly kind: "add" | "multiply" }
    | { readonly kind: "concatenate"; readonly outer: number; readonly inner: readonly number[] }
    | {
        readonly kind: "permute";
        readonly sides: readonly number[];
        /** How far apart neighbours along each side of the output lie in the input. */
        readonly strides: readonly number[];
      }
    | {
        readonly kind: "pad";
        readonly channels: number;
        readonly height: number;
        readonly width: number;
        readonly pads: readonly number[];
      }
  );

/** One value of one sample. */
export interface Value {
  readonly size: number;
  /** Which call of the model made it first; −1 for the input. A reshaped value is the one before. */
  readonly call: number;
}

export interface Steps {
  readonly steps: readonly Step[];
  readonly values: readonly Value[];
  readonly output: number;
}

/** The steps of one sample through a model of plain layers. */
export async function stepsOf(model: Model): Promise<Steps> {
  const valuesOf = valuesByLayer(await model.getWeights());
  const { network } = model;
  const { calls, outputs } = network.graph;
  const values: Value[] = [{ size: sizeOf(model.inputShape), call: -1 }];
  /** By the graph's value, ours. */
  const numbers: number[] = [0];
  const steps: Step[] = [];
  calls.forEach(({ layer, inputs, shape }, call) => {
    const of = inputs.map((value) => numbers[value]!);
    const shapes = inputs.map((value) => network.shapes[value]!);
    if (layer.type === "Flatten" || layer.type === "Reshape") {
      numbers.push(of[0]!);
      return;
    }
    const output = values.push({ size: sizeOf(shape), call }) - 1;
    numbers.push(output);
    const own = valuesOf(layer);
    steps.push({ ...stepOf(layer, shapes, shape, own), name: layer.name, inputs: of, output });
  });
  return { steps, values, output: numbers[outputs[0]!]! };
}

type Own = ReadonlyMap<string, NamedValue>;
/** A step without what lies around it. */
type Inner = Step extends infer One ? (One extends Between ? Omit<One, keyof Between> : never) : never;

function stepOf(layer: Layer, shapes: readonly Shape[], shape: Shape, own: Own): Inner {
  const [inputShape = []] = shapes;
  const vector = (name: string, size: number, otherwise: number) =>
    own.get(name)?.data ?? new Float32Array(size).fill(otherwise);
  switch (layer.type) {
    case "Dense": {
      const { data, shape: sides } = own.get("kernel")!;
      const [channels, filters] = sides as [number, number];
      const weights = data.map((_, i) => data[(i % channels) * filters + Math.floor(i / channels)]!);
      const width = sizeOf(inputShape.slice(0, -1));
      const window = { ...point(channels, 1, width), filters, channelsLast: true };
      return { kind: "conv", window, weights, bias: vector("bias", filters, 0) };
    }
    case "Conv1d":
    case "Conv2d":
    case "DepthwiseConv2d": {
      const window = windowOf(layer, inputShape, shape);
      return {
        kind: "conv",
        window,
        weights: own.get("kernel")!.data,
        bias: vector("bias", window.filters, 0),
      };
    }
    case "MaxPool1d":
    case "MaxPool2d":
    case "AvgPool1d":
    case "AvgPool2d":
    case "GlobalAvgPool1d":
    case "GlobalMaxPool1d":
    case "GlobalAvgPool2d":
    case "GlobalMaxPool2d": {
      const { includePadding = false } = layer as Layer & { readonly includePadding?: boolean };
      const window = layer.type.startsWith("Global")
        ? wholeWindow(layer, inputShape)
        : windowOf(layer, inputShape, shape);
      return { kind: "pool", window, takes: layer.type.includes("Max") ? "maximum" : "mean", includePadding };
    }
    case "BatchNorm": {
      const { epsilon } = layer as BatchNorm;
      const along = alongAxis(layer as BatchNorm, shape);
      const { channels } = along;
      const gamma = vector("gamma", channels, 1);
      const variance = own.get("movingVariance")!.data;
      const factor = gamma.map((g, i) => g / Math.sqrt(variance[i]! + epsilon));
      const shift = vector("beta", channels, 0);
      return { kind: "affine", ...along, mean: own.get("movingMean")!.data, factor, shift };
    }
    case "PReLU":
      return { kind: "prelu", ...alongAxis(layer as BatchNorm, shape), alpha: own.get("alpha")!.data };
    case "LayerNorm":
    case "RMSNorm": {
      const columns = shape.at(-1)!;
      return {
        kind: "norm",
        centered: layer.type === "LayerNorm",
        rows: sizeOf(shape) / columns,
        columns,
        epsilon: (layer as LayerNorm).epsilon,
        gamma: vector("gamma", columns, 1),
        beta: vector("beta", columns, 0),
      };
    }
    case "Softmax": {
      const columns = shape.at(-1) ?? 1;
      return { kind: "softmax", rows: sizeOf(shape) / columns, columns };
    }
    case "Add":
      return { kind: "add" };
    case "Multiply":
      return { kind: "multiply" };
    case "Concatenate": {
      const { axis } = layer as Concatenate;
      const place = axis < 0 ? shape.length + axis : axis - 1;
      return {
        kind: "concatenate",
        outer: sizeOf(shape.slice(0, place)),
        inner: shapes.map((one) => sizeOf(one.slice(place))),
      };
    }
    case "Permute": {
      const apart = inputShape.map((_, i) => sizeOf(inputShape.slice(i + 1)));
      const strides = (layer as Permute).dims.map((axis) => apart[axis - 1]!);
      return { kind: "permute", sides: shape, strides };
    }
    case "ZeroPad2d": {
      const [channels, height, width] = inputShape as [number, number, number];
      const pads = resolvePadding((layer as ZeroPad2d).padding, [1, 1], [1, 1], [1, 1], [1, 1]);
      return { kind: "pad", channels, height, width, pads };
    }
    case "LeakyReLU":
      return { kind: "map", layer, parameter: (layer as LeakyReLU).slope };
    case "ELU":
      return { kind: "map", layer, parameter: (layer as ELU).alpha };
    case "GELU":
      return { kind: "map", layer, parameter: (layer as GELU).approximate ? 1 : 0 };
    case "ReLU":
      return { kind: "map", layer, parameter: (layer as ReLU).maximum ?? 0 };
    case "SELU":
    case "SiLU":
    case "Mish":
    case "HardSwish":
    case "Softplus":
    case "Sigmoid":
    case "Tanh":
      return { kind: "map", layer, parameter: 0 };
  }
  throw new InternalError("c-layer-unknown", `no step for a layer of type ${layer.type}.`);
}

/** A window of one pixel. */
function point(channels: number, height: number, width: number): Window {
  return {
    channels,
    height,
    width,
    filters: channels,
    outHeight: height,
    outWidth: width,
    kernel: [1, 1],
    stride: [1, 1],
    dilation: [1, 1],
    top: 0,
    left: 0,
    groups: 1,
    channelsLast: false,
  };
}

/** Of convolutions and pools over images, and over sequences as images of one row. */
function windowOf(layer: Layer, inputShape: Shape, shape: Shape): Window {
  if (layer.type.endsWith("1d")) {
    const { kernelSize, stride, dilation = 1, padding, groups = 1 } = layer as Conv1d;
    const [width, channels] = inputShape as [number, number];
    const [outWidth, filters] = shape as [number, number];
    const window: StepsWindow = { kernelSize, stride, padding, dilation };
    return {
      ...point(channels, 1, width),
      filters,
      outWidth,
      kernel: [1, kernelSize],
      stride: [1, stride],
      dilation: [1, dilation],
      left: stepsPads(window, width)[0],
      groups: layer.type === "Conv1d" ? groups : channels,
      channelsLast: true,
    };
  }
  const { kernelSize, stride, dilation = [1, 1], padding, groups = 1 } = layer as Conv2d;
  const [channels, height, width] = inputShape as [number, number, number];
  const [filters, outHeight, outWidth] = shape as [number, number, number];
  const [top, , left] = resolvePadding(padding, [height, width], kernelSize, stride, dilation);
  return {
    ...point(channels, height, width),
    filters,
    outHeight,
    outWidth,
    kernel: kernelSize,
    stride,
    dilation,
    top,
    left,
    groups: layer.type === "Conv2d" ? groups : channels,
  };
}

/** The one window of a global pool. */
function wholeWindow({ type }: Layer, inputShape: Shape): Window {
  const channelsLast = type.endsWith("1d");
  const [channels, height, width] = (channelsLast ? [inputShape[1], 1, inputShape[0]] : inputShape) as [
    number,
    number,
    number,
  ];
  return {
    ...point(channels, height, width),
    outHeight: 1,
    outWidth: 1,
    kernel: [height, width],
    groups: channels,
    channelsLast,
  };
}

function alongAxis(layer: { axisIn(shape: Shape): number }, shape: Shape): AlongAxis {
  const axis = layer.axisIn(shape) - 1;
  return {
    outer: sizeOf(shape.slice(0, axis)),
    channels: shape[axis]!,
    inner: sizeOf(shape.slice(axis + 1)),
  };
}
