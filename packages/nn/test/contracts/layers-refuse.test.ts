import { describe, expect, it } from "vitest";
import { constant, heUniform } from "../../src/initializers/index.js";
import {
  AvgPool2d,
  BatchNorm,
  Conv1d,
  Conv2d,
  Conv2dTranspose,
  Dense,
  DepthwiseConv2d,
  Dropout,
  ELU,
  GlobalAvgPool2d,
  GRU,
  GroupNorm,
  type Layer,
  LayerNorm,
  LeakyReLU,
  layerFromConfig,
  MaxPool1d,
  MaxPool2d,
  Permute,
  RepeatVector,
  Reshape,
  RMSNorm,
  SpatialDropout2d,
  UpSampling2d,
  ZeroPad2d,
} from "../../src/layers/index.js";
import { l1, l1l2, l2 } from "../../src/regularizers/index.js";
import { refusal } from "./refusal.js";

/** Options that the types forbid, as a configuration file may hold them. */
const wrong = (options: object) => options as never;

function build(layer: Layer, inputShape: readonly number[]): void {
  layer.makeVariables(inputShape);
}

describe("layers refuse options", () => {
  it("of sizes", () => {
    expect([
      refusal(() => new Dense({ units: 0 })),
      refusal(() => new Dense({ units: 2.5, name: "hidden2" })),
      refusal(() => new Dense(wrong({}))),
      refusal(() => new Dense(wrong({ units: "ten" }))),
      refusal(() => new Conv2d({ filters: -1, kernelSize: 3 })),
      refusal(() => new Conv2d({ filters: 4, kernelSize: 3, groups: 3 })),
      refusal(() => new Conv2d({ filters: 4, kernelSize: [3, 0] })),
      refusal(() => new Conv2d(wrong({ filters: 4 }))),
      refusal(() => new Conv2d(wrong({ filters: 4, kernelSize: [1, 2, 3] }))),
      refusal(() => new Conv2d({ filters: 4, kernelSize: 3, stride: 0 })),
      refusal(() => new Conv2d({ filters: 4, kernelSize: 3, dilation: [1, 0.5] })),
      refusal(() => new Conv2d({ filters: 4, kernelSize: 3, padding: -1 })),
      refusal(() => new Conv2d(wrong({ filters: 4, kernelSize: 3, padding: "full" }))),
      refusal(() => new Conv2d(wrong({ filters: 4, kernelSize: 3, padding: [1, 2, 3] }))),
      refusal(() => new MaxPool2d({ kernelSize: 2, padding: 2 })),
      refusal(() => new AvgPool2d({ kernelSize: [3, 2], padding: [0, 0, 1, 2] })),
      refusal(() => new ZeroPad2d(wrong({ padding: "same" }))),
      refusal(() => new UpSampling2d({ size: 0 })),
      refusal(() => new Conv2dTranspose({ filters: 3, kernelSize: 3, groups: 2 })),
      refusal(() => new Conv2dTranspose({ filters: 3, kernelSize: 3, stride: 2, outputPadding: 2 })),
      refusal(() => new Conv2dTranspose({ filters: 3, kernelSize: 3, outputPadding: 0, padding: "same" })),
      refusal(() => new GroupNorm({ groups: 0 })),
      refusal(() => new Reshape({ targetShape: [-1, -1] })),
      refusal(() => new Reshape(wrong({}))),
      refusal(() => new Permute({ dims: [2, 2] })),
      refusal(() => new Permute({ dims: [0, 1] })),
    ]).toMatchInlineSnapshot(`
      [
        "ConfigError units-not-positive: Dense: units must be an integer of at least 1, got 0.",
        "ConfigError units-not-positive: Dense "hidden2": units must be an integer of at least 1, got 2.5.",
        "ConfigError units-not-positive: Dense: units must be an integer of at least 1, got undefined.",
        "ConfigError units-not-positive: Dense: units must be an integer of at least 1, got "ten".",
        "ConfigError filters-not-positive: Conv2d: filters must be an integer of at least 1, got -1.",
        "ConfigError groups-do-not-divide: Conv2d: groups must divide filters, got 3 and 4.",
        "ConfigError not-a-pair: Conv2d: kernelSize must be an integer of at least 1 or two of them, [height, width], got [3, 0].",
        "ConfigError not-a-pair: Conv2d: kernelSize must be an integer of at least 1 or two of them, [height, width], got undefined.",
        "ConfigError not-a-pair: Conv2d: kernelSize must be an integer of at least 1 or two of them, [height, width], got [1, 2, 3].",
        "ConfigError not-a-pair: Conv2d: stride must be an integer of at least 1 or two of them, [height, width], got 0.",
        "ConfigError not-a-pair: Conv2d: dilation must be an integer of at least 1 or two of them, [height, width], got [1, 0.5].",
        "ConfigError padding-not-usable: Conv2d: padding must be "same", "valid", an integer of at least 0, [height, width] or [top, bottom, left, right], got -1.",
        "ConfigError padding-not-usable: Conv2d: padding must be "same", "valid", an integer of at least 0, [height, width] or [top, bottom, left, right], got "full".",
        "ConfigError padding-not-usable: Conv2d: padding must be "same", "valid", an integer of at least 0, [height, width] or [top, bottom, left, right], got [1, 2, 3].",
        "ConfigError padding-not-smaller: MaxPool2d: padding must be smaller than the kernel, got 2, 2, 2, 2 for a kernel of 2x2.",
        "ConfigError padding-not-smaller: AvgPool2d: padding must be smaller than the kernel, got 0, 0, 1, 2 for a kernel of 3x2.",
        "ConfigError padding-not-usable: ZeroPad2d: padding must be "same", "valid", an integer of at least 0, [height, width] or [top, bottom, left, right], got [].",
        "ConfigError not-a-pair: UpSampling2d: size must be an integer of at least 1 or two of them, [height, width], got 0.",
        "ConfigError groups-do-not-divide: Conv2dTranspose: groups must divide filters, got 2 and 3.",
        "ConfigError output-padding-out-of-range: Conv2dTranspose: outputPadding must be in [0, 2), got 2.",
        "ConfigError output-padding-same: Conv2dTranspose: outputPadding does not go with padding "same", whose output is size · stride; leave one of them out.",
        "ConfigError groups-not-positive: GroupNorm: groups must be an integer of at least 1, got 0.",
        "ConfigError shape-not-usable: Reshape: targetShape must be sizes of at least 1, of which one may be -1, got [-1, -1].",
        "ConfigError shape-not-usable: Reshape: targetShape must be sizes of at least 1, of which one may be -1, got undefined.",
        "ConfigError dims-not-usable: Permute: dims must name each axis from 1 on once, as [2, 1] does, got [2, 2].",
        "ConfigError dims-not-usable: Permute: dims must name each axis from 1 on once, as [2, 1] does, got [0, 1].",
      ]
    `);
  });

  it("of windows over steps, and of what grows", () => {
    expect([
      refusal(() => new Conv1d(wrong({ filters: 4, kernelSize: [3] }))),
      refusal(() => new Conv1d(wrong({ filters: 4, kernelSize: 3, padding: "full" }))),
      refusal(() => new Conv1d({ filters: 4, kernelSize: 3, padding: -1 })),
      refusal(() => new Conv1d({ filters: 4, kernelSize: 3, groups: 3 })),
      refusal(() => new MaxPool1d(wrong({ padding: "causal" }))),
      refusal(() => new MaxPool1d({ kernelSize: 3, padding: 3, name: "halve" })),
      refusal(() => new DepthwiseConv2d({ kernelSize: 3, depthMultiplier: 0 })),
      refusal(() => new RepeatVector({ n: 0 })),
    ]).toMatchInlineSnapshot(`
      [
        "ConfigError kernel-size-not-positive: Conv1d: kernelSize must be an integer of at least 1, got [3].",
        "ConfigError padding-not-usable: Conv1d: padding must be "same", "valid", "causal" or an integer of at least 0, got "full".",
        "ConfigError padding-not-usable: Conv1d: padding must be "same", "valid", "causal" or an integer of at least 0, got -1.",
        "ConfigError groups-do-not-divide: Conv1d: groups must divide filters, got 3 and 4.",
        "ConfigError padding-not-usable: MaxPool1d: padding must be "same", "valid" or an integer of at least 0, got "causal".",
        "ConfigError padding-not-smaller: MaxPool1d "halve": padding must be smaller than the kernel, got 3 for a kernel of 3.",
        "ConfigError depth-multiplier-not-positive: DepthwiseConv2d: depthMultiplier must be an integer of at least 1, got 0.",
        "ConfigError n-not-positive: RepeatVector: n must be an integer of at least 1, got 0.",
      ]
    `);
  });

  it("of kinds", () => {
    expect([
      refusal(() => new BatchNorm(wrong({ activation: "relu" }))),
      refusal(() => new Dense(wrong({ units: 3, activation: "ReLU" }))),
      refusal(() => new Dense(wrong({ unit: 3, bias: false }))),
      refusal(() => new Dense(wrong({ units: 3, useBias: 1 }))),
      refusal(() => new Dense(wrong({ units: 3, kernelInitializer: "zeros" }))),
      refusal(() => new Dense(wrong({ units: 3, kernelInitializer: { kind: "xavier" } }))),
      refusal(() => new Dense(wrong({ units: 3, kernelInitializer: { ...heUniform(), gain: 2 } }))),
      refusal(() => new Dense(wrong({ units: 3, biasInitializer: { ...constant(1), value: "1" } }))),
      refusal(() => new Dense(wrong({ units: 3, name: "a", kernelRegularizer: { kind: "l3", l3: 1 } }))),
      refusal(() => new Dense(wrong({ units: 3, name: "a", kernelRegularizer: { kind: "l2", l2: -1 } }))),
      refusal(() => new Dense(wrong({ units: 3, kernelRegularizer: { kind: "l2", lambda: 0.1 } }))),
      refusal(() => new Dense(wrong({ units: 3, kernelRegularizer: 0.1 }))),
      refusal(() => new Dense(wrong({ units: 3, kernelRegularizer: { kind: ["l2"], l2: 0.1 } }))),
      refusal(() => new AvgPool2d(wrong({ includePadding: "yes" }))),
      refusal(() => new Dense(wrong({ units: 3, name: 7 }))),
    ]).toMatchInlineSnapshot(`
      [
        "ConfigError unknown-option: BatchNorm: expected options among momentum, epsilon, axis, scale, center, gammaInitializer, betaInitializer, trainable, name, got "activation"; an activation is a layer of its own, such as ReLU.",
        "ConfigError activation-unknown: Dense: activation must be one of "relu", "leakyRelu", "elu", "selu", "gelu", "silu", "mish", "hardSwish", "softplus", "sigmoid", "tanh", "softmax", got "ReLU".",
        "ConfigError unknown-option: Dense: expected options among units, activation, useBias, kernelInitializer, biasInitializer, kernelRegularizer, trainable, name, got "unit" and "bias".",
        "ConfigError not-a-boolean: Dense: useBias must be true or false, got 1.",
        "ConfigError initializer-unknown: Dense: kernelInitializer must be an object with a kind, such as { kind: "zeros" }, got "zeros".",
        "ConfigError initializer-unknown: Dense: kernelInitializer must be one of zeros, constant, glorotUniform, glorotNormal, heUniform, heNormal, lecunUniform, lecunNormal, orthogonal, randomUniform, randomNormal, truncatedNormal, got "xavier".",
        "ConfigError unknown-option: Dense: kernelInitializer heUniform: expected options among kind, got "gain".",
        "ConfigError not-finite: Dense: biasInitializer constant: value must be a finite number, got "1".",
        "ConfigError regularizer-unknown: Dense "a": kernelRegularizer must be made by l1, l2 or l1l2, got "l3".",
        "ConfigError l2-out-of-range: Dense "a": l2 must be in [0, ∞), got -1.",
        "ConfigError unknown-option: Dense: kernelRegularizer l2: expected options among kind, l2, got "lambda".",
        "ConfigError regularizer-unknown: Dense: kernelRegularizer must be made by l1, l2 or l1l2, got 0.1.",
        "ConfigError regularizer-unknown: Dense: kernelRegularizer must be made by l1, l2 or l1l2, got ["l2"].",
        "ConfigError not-a-boolean: AvgPool2d: includePadding must be true or false, got "yes".",
        "ConfigError name-not-usable: Layer: name must be a string without "/", which parts it from the parameter's, got 7.",
      ]
    `);
  });

  it("of ranges", () => {
    expect([
      refusal(() => new Dropout({ rate: 1 })),
      refusal(() => new Dropout({ rate: -0.1, name: "drop" })),
      refusal(() => new Dropout({ rate: Number.NaN })),
      refusal(() => new Dropout(wrong({}))),
      refusal(() => new LeakyReLU({ slope: 0 })),
      refusal(() => new ELU({ alpha: -1 })),
      refusal(() => new BatchNorm({ momentum: 1 })),
      refusal(() => new LayerNorm({ epsilon: 0 })),
      refusal(() => l1(-1)),
      refusal(() => l2(Number.NaN)),
      refusal(() => l1l2({ l1: 1, l2: Number.POSITIVE_INFINITY })),
    ]).toMatchInlineSnapshot(`
      [
        "ConfigError rate-out-of-range: Dropout: rate must be in [0, 1), got 1.",
        "ConfigError rate-out-of-range: Dropout "drop": rate must be in [0, 1), got -0.1.",
        "ConfigError rate-out-of-range: Dropout: rate must be in [0, 1), got NaN.",
        "ConfigError rate-out-of-range: Dropout: rate must be in [0, 1), got undefined.",
        "ConfigError slope-out-of-range: LeakyReLU: slope must be in (0, ∞), got 0.",
        "ConfigError alpha-out-of-range: ELU: alpha must be in (0, ∞), got -1.",
        "ConfigError momentum-out-of-range: BatchNorm: momentum must be in [0, 1), got 1.",
        "ConfigError epsilon-out-of-range: LayerNorm: epsilon must be in (0, ∞), got 0.",
        "ConfigError l1-out-of-range: l1: l1 must be in [0, ∞), got -1.",
        "ConfigError l2-out-of-range: l2: l2 must be in [0, ∞), got NaN.",
        "ConfigError l2-out-of-range: l1l2: l2 must be in [0, ∞), got Infinity.",
      ]
    `);
  });

  it("of types that nobody knows", () => {
    expect(refusal(() => layerFromConfig("Dens", { units: 3 }))).toMatchInlineSnapshot(
      `"ConfigError type-unknown: layer: type "Dens" is not known; did you mean "Dense"?"`,
    );
    expect(refusal(() => layerFromConfig("constructor", {}))).toMatch(/^ConfigError type-unknown/);
  });
});

describe("layers refuse inputs", () => {
  it("that have no features, or others, with the way out", () => {
    const hidden2 = new Dense({ units: 10, name: "hidden2" });
    expect(refusal(() => hidden2.outputShape([]))).toMatchInlineSnapshot(
      `"ShapeError dense-input: Dense "hidden2": expected input of shape [batch, ..., inputs], got [batch]; give every sample at least one number."`,
    );
    build(hidden2, [100]);
    expect(refusal(() => hidden2.outputShape([28, 28]))).toBe(
      'ShapeError dense-input: Dense "hidden2": expected input of shape [batch, ..., 100], got [batch, 28, 28]; its parameters were made for the former.',
    );
    expect(refusal(() => hidden2.outputShape([50]))).toMatchInlineSnapshot(
      `"ShapeError dense-input: Dense "hidden2": expected input of shape [batch, ..., 100], got [batch, 50]; its parameters were made for the former."`,
    );
    expect(refusal(() => hidden2.outputShape([]))).toMatchInlineSnapshot(
      `"ShapeError dense-input: Dense "hidden2": expected input of shape [batch, ..., 100], got [batch]; give every sample at least one number."`,
    );
    expect(refusal(() => build(hidden2, [100]))).toMatchInlineSnapshot(
      `"ConfigError built-twice: Dense "hidden2": expected a layer that no model has, got one that is in use already; make a new layer."`,
    );
  });

  it("that are no images, or images that do not fit", () => {
    const conv = new Conv2d({ filters: 4, kernelSize: [5, 3], groups: 2, name: "conv1" });
    const pool = new MaxPool2d({ kernelSize: 3 });
    expect([
      refusal(() => conv.outputShape([784])),
      refusal(() => conv.outputShape([3, 28, 28])),
      refusal(() => conv.outputShape([2, 4, 28])),
      refusal(() => pool.outputShape([784])),
      refusal(() => pool.outputShape([8, 5, 2])),
    ]).toMatchInlineSnapshot(`
      [
        "ShapeError conv2d-input: Conv2d "conv1": expected input of shape [batch, channels, height, width], got [batch, 784]; give the model an inputShape of three dimensions, such as [1, 28, 28].",
        "ShapeError conv2d-input: Conv2d "conv1": expected input of shape [batch, a multiple of 2, 28, 28], got [batch, 3, 28, 28]; channels come in 2 groups.",
        "ShapeError conv2d-input: Conv2d "conv1": expected input of shape [batch, 2, at least 5, at least 3], got [batch, 2, 4, 28]; use a smaller kernelSize, or padding "same".",
        "ShapeError pool2d-input: MaxPool2d: expected input of shape [batch, channels, height, width], got [batch, 784]; put it before the Flatten layer, over images.",
        "ShapeError pool2d-input: MaxPool2d: expected input of shape [batch, 8, at least 3, at least 3], got [batch, 8, 5, 2]; use a smaller kernelSize, or padding "same".",
      ]
    `);
    build(conv, [2, 28, 28]);
    expect(refusal(() => conv.outputShape([4, 28, 28]))).toMatchInlineSnapshot(
      `"ShapeError conv2d-input: Conv2d "conv1": expected input of shape [batch, 2, 28, 28], got [batch, 4, 28, 28]; its parameters were made for the former."`,
    );
    expect(refusal(() => conv.outputShape([28, 28]))).toMatchInlineSnapshot(
      `"ShapeError conv2d-input: Conv2d "conv1": expected input of shape [batch, 2, height, width], got [batch, 28, 28]; give the model an inputShape of three dimensions, such as [1, 28, 28]."`,
    );
  });

  it("that are no sequences or vectors, or leave nothing", () => {
    const conv = new Conv1d({ filters: 4, kernelSize: 3, groups: 2, dilation: 2, name: "listen" });
    const apart = new DepthwiseConv2d({ kernelSize: 3 });
    const larger = new Conv2dTranspose({ filters: 2, kernelSize: 3, padding: 3 });
    const before = [
      refusal(() => conv.outputShape([8])),
      refusal(() => conv.outputShape([8, 3])),
      refusal(() => conv.outputShape([4, 2])),
      refusal(() => new MaxPool1d().outputShape([1, 6])),
      refusal(() => apart.outputShape([3, 2, 9])),
      refusal(() => larger.outputShape([2, 4, 5])),
      refusal(() => larger.outputShape([20])),
      refusal(() => new RepeatVector({ n: 2 }).outputShape([3, 4])),
    ];
    build(conv, [8, 2]);
    build(apart, [3, 9, 9]);
    build(larger, [2, 9, 9]);
    expect([
      ...before,
      refusal(() => conv.outputShape([8, 4])),
      refusal(() => apart.outputShape([4, 9, 9])),
      refusal(() => larger.outputShape([3, 9, 9])),
    ]).toMatchInlineSnapshot(`
      [
        "ShapeError steps-input: Conv1d "listen": expected input of shape [batch, steps, features], got [batch, 8]; give it one row of features a step, as an Embedding makes of ids.",
        "ShapeError steps-input: Conv1d "listen": expected input of shape [batch, 8, a multiple of 2], got [batch, 8, 3]; channels come in 2 groups.",
        "ShapeError steps-input: Conv1d "listen": expected input of shape [batch, at least 5, 2], got [batch, 4, 2]; use a smaller kernelSize, or padding "same".",
        "ShapeError steps-input: MaxPool1d: expected input of shape [batch, at least 2, 6], got [batch, 1, 6]; use a smaller kernelSize, or padding "same".",
        "ShapeError conv2d-input: DepthwiseConv2d: expected input of shape [batch, 3, at least 3, at least 3], got [batch, 3, 2, 9]; use a smaller kernelSize, or padding "same".",
        "ShapeError conv2d-input: Conv2dTranspose: expected input of shape [batch, 2, more than 4, 5], got [batch, 2, 4, 5]; use less padding, or padding "same".",
        "ShapeError conv2d-input: Conv2dTranspose: expected input of shape [batch, channels, height, width], got [batch, 20]; give the model an inputShape of three dimensions, such as [1, 28, 28].",
        "ShapeError vector-input: RepeatVector: expected input of shape [batch, features], got [batch, 3, 4]; put a Flatten or a global pooling layer before it.",
        "ShapeError steps-input: Conv1d "listen": expected input of shape [batch, 8, 2], got [batch, 8, 4]; its parameters were made for the former.",
        "ShapeError conv2d-input: DepthwiseConv2d: expected input of shape [batch, 3, 9, 9], got [batch, 4, 9, 9]; its parameters were made for the former.",
        "ShapeError conv2d-input: Conv2dTranspose: expected input of shape [batch, 2, 9, 9], got [batch, 3, 9, 9]; its parameters were made for the former.",
      ]
    `);
  });

  it("that have no channels, features or pixels, or not those that they were made for", () => {
    const norm = new BatchNorm({ name: "norm" });
    build(norm, [8, 4, 4]);
    const rms = new RMSNorm();
    build(rms, [10, 6]);
    expect([
      refusal(() => new BatchNorm().outputShape([])),
      refusal(() => norm.outputShape([4, 8, 8])),
      refusal(() => new LayerNorm().outputShape([])),
      refusal(() => rms.outputShape([6, 10])),
      refusal(() => new GroupNorm({ groups: 4 }).outputShape([6, 5, 5])),
      refusal(() => new GlobalAvgPool2d().outputShape([10])),
      refusal(() => new ZeroPad2d().outputShape([28, 28])),
      refusal(() => new UpSampling2d().outputShape([28])),
      refusal(() => new SpatialDropout2d({ rate: 0.5 }).outputShape([28])),
      refusal(() => new Reshape({ targetShape: [3, 3] }).outputShape([10])),
      refusal(() => new Reshape({ targetShape: [-1, 3], name: "rows" }).outputShape([10])),
      refusal(() => new Permute({ dims: [2, 1] }).outputShape([10])),
      refusal(() => new GRU({ units: 4 }).outputShape([10])),
    ]).toMatchInlineSnapshot(`
      [
        "ShapeError channels-input: BatchNorm: expected input of shape [batch, channels, ...], got [batch]; give every sample at least one number.",
        "ShapeError channels-input: BatchNorm "norm": expected input of shape [batch, 8, ...], got [batch, 4, 8, 8]; its parameters were made for the former.",
        "ShapeError features-input: LayerNorm: expected input of shape [batch, ..., features], got [batch]; give every sample at least one number.",
        "ShapeError features-input: RMSNorm: expected input of shape [batch, ..., 6], got [batch, 6, 10]; its parameters were made for the former.",
        "ShapeError channels-input: GroupNorm: expected input of shape [batch, a multiple of 4, 5, 5], got [batch, 6, 5, 5]; channels come in 4 groups.",
        "ShapeError image-input: GlobalAvgPool2d: expected input of shape [batch, channels, height, width], got [batch, 10]; put it before the Flatten layer, over images.",
        "ShapeError image-input: ZeroPad2d: expected input of shape [batch, channels, height, width], got [batch, 28, 28]; put it before the Flatten layer, over images.",
        "ShapeError image-input: UpSampling2d: expected input of shape [batch, channels, height, width], got [batch, 28]; put it before the Flatten layer, over images.",
        "ShapeError image-input: SpatialDropout2d: expected input of shape [batch, channels, height, width], got [batch, 28]; put it before the Flatten layer, over images.",
        "ShapeError reshape-input: Reshape: expected input of shape [batch, 9 numbers], got [batch, 10]; give a targetShape of as many numbers as a sample has.",
        "ShapeError reshape-input: Reshape "rows": expected input of shape [batch, a multiple of 3 numbers], got [batch, 10]; give a targetShape of as many numbers as a sample has.",
        "ShapeError permute-input: Permute: expected input of shape [batch, axis 1, axis 2], got [batch, 10]; give as many dims as a sample has axes.",
        "ShapeError recurrent-input: GRU: expected input of shape [batch, steps, features], got [batch, 10]; give it one row of features a step; Reshape may part a vector.",
      ]
    `);
  });
});
