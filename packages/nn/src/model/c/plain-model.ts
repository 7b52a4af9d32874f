import { ConfigError, ownerLabel } from "../../errors.js";
import type { Activation } from "../../layers/activation.js";
import { Conv2d } from "../../layers/conv2d.js";
import { DepthwiseConv2d } from "../../layers/depthwise-conv2d.js";
import { ELU } from "../../layers/elu.js";
import { GELU } from "../../layers/gelu.js";
import { HardSwish } from "../../layers/hard-swish.js";
import type { Layer } from "../../layers/layer.js";
import { LeakyReLU } from "../../layers/leaky-relu.js";
import { Mish } from "../../layers/mish.js";
import { isStandard } from "../../layers/registry.js";
import { ReLU } from "../../layers/relu.js";
import { SELU } from "../../layers/selu.js";
import { SeparableConv2d } from "../../layers/separable-conv2d.js";
import { Sigmoid } from "../../layers/sigmoid.js";
import { SiLU } from "../../layers/silu.js";
import { Softmax } from "../../layers/softmax.js";
import { Softplus } from "../../layers/softplus.js";
import { Input, type SymbolicTensor } from "../../layers/symbolic.js";
import { Tanh } from "../../layers/tanh.js";
import type { NamedValue } from "../../program/parameter-store.js";
import { model as connect } from "../functional.js";
import type { Model } from "../model.js";
import { copyLayer, valuesByLayer } from "../transfer/copy-layer.js";
import { foldBatchNorm } from "../transfer/fold-batch-norm.js";

type Values = ReadonlyMap<string, NamedValue>;

const ACTIVATIONS: Readonly<Record<Activation, new (options: { readonly name: string }) => Layer>> = {
  relu: ReLU,
  leakyRelu: LeakyReLU,
  elu: ELU,
  selu: SELU,
  gelu: GELU,
  silu: SiLU,
  mish: Mish,
  hardSwish: HardSwish,
  softplus: Softplus,
  sigmoid: Sigmoid,
  tanh: Tanh,
  softmax: Softmax,
};

/** Layers that do nothing outside of training. */
const ABSENT = new Set(["Dropout", "GaussianNoise", "SpatialDropout2d"]);

/** All layers that have a form in C. */
const KNOWN = new Set([
  ...ABSENT,
  ...["Dense", "Conv1d", "Conv2d", "DepthwiseConv2d", "SeparableConv2d"],
  ...["MaxPool1d", "AvgPool1d", "MaxPool2d", "AvgPool2d"],
  ...["GlobalAvgPool1d", "GlobalMaxPool1d", "GlobalAvgPool2d", "GlobalMaxPool2d"],
  ...["BatchNorm", "LayerNorm", "RMSNorm", "PReLU"],
  ...Object.values(ACTIVATIONS).map((Class) => new Class({ name: "" }).type),
  ...["Flatten", "Reshape", "Permute", "ZeroPad2d", "Add", "Multiply", "Concatenate"],
]);

/** @throws {ConfigError} `c-layer` for a model that C is not written for, with all of its layers that are the reason. */
export function requireForC({ network, layers, name }: Model): void {
  const { inputs, outputs, calls } = network.graph;
  const masked = calls.filter(({ layer, inputs: of }) => layer.type.startsWith("GlobalAvg") && of.length > 1);
  const unknown = [
    ...layers.filter((layer) => !KNOWN.has(layer.type) || !isStandard(layer)),
    ...masked.map(({ layer }) => layer),
  ];
  if (unknown.length > 0) {
    throw new ConfigError(
      "c-layer",
      `C is not written for ${[...new Set(unknown)].map(ownerLabel).join(", ")}; write the model as ONNX.`,
    );
  }
  if (inputs.length === 1 && outputs.length === 1) return;
  throw new ConfigError(
    "c-layer",
    `The model "${name}": expected one input and one output, got ${inputs.length} and ${outputs.length}; write it as ONNX.`,
  );
}

/**
 * The same model of fewer kinds of layers: BatchNorms are folded into what they follow, activations are layers, a SeparableConv2d is two, and what only
 * training needs is gone.
 */
export async function plainModel(model: Model): Promise<Model> {
  const folded = await foldBatchNorm(model, { threads: 1 });
  try {
    const valuesOf = valuesByLayer(await folded.getWeights());
    const made = new Map(folded.layers.map((layer) => [layer, plainLayers(layer, valuesOf(layer))]));
    const { inputs, calls, outputs } = folded.network.graph;
    const [{ shape }] = inputs as [(typeof inputs)[number]];
    const x = new Input({ shape });
    const values: SymbolicTensor[] = [x];
    for (const { layer, inputs: of } of calls) {
      const [first, ...more] = of.map((value) => values[value]!);
      values.push(made.get(layer)!.reduce((y, next, i) => next.apply(i === 0 ? [y, ...more] : y), first!));
    }
    const { scaling } = model;
    const plain = connect({ name: model.name, threads: 1, inputs: [x], outputs: [values[outputs[0]!]!] });
    return Object.assign(plain, { scaling });
  } finally {
    await folded.close();
  }
}

function plainLayers(layer: Layer, values: Values): Layer[] {
  if (ABSENT.has(layer.type)) return [];
  if (layer instanceof SeparableConv2d) return separated(layer, values);
  const { activation } = layer as { readonly activation?: Activation };
  if (activation === undefined) return [copyLayer(layer, values)];
  return [copyLayer(layer, values, { activation: undefined }), activationAfter(layer, activation)];
}

function activationAfter({ name }: Layer, activation: Activation): Layer {
  return new ACTIVATIONS[activation]({ name: `${name}.${activation}` });
}

function separated(layer: SeparableConv2d, values: Values): Layer[] {
  const { name, kernelSize, stride, padding, dilation, depthMultiplier, filters, useBias } = layer;
  const window = { kernelSize, stride, padding, dilation };
  const depthwise = new DepthwiseConv2d({
    ...window,
    name: `${name}.depthwise`,
    depthMultiplier,
    useBias: false,
  });
  const pointwise = new Conv2d({ name: `${name}.pointwise`, filters, kernelSize: 1, useBias });
  const bias = values.get("bias");
  return [
    copyLayer(depthwise, new Map([["kernel", values.get("depthwiseKernel")!]])),
    copyLayer(
      pointwise,
      new Map([["kernel", values.get("pointwiseKernel")!], ...(bias ? ([["bias", bias]] as const) : [])]),
    ),
    ...(layer.activation ? [activationAfter(layer, layer.activation)] : []),
  ];
}
