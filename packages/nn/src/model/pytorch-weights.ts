import { ConfigError, ownerLabel } from "../errors.js";
import { formatShape, type Shape, sameShape, sizeOf } from "../graph/shape.js";
import type { Layer } from "../layers/layer.js";
import { LSTM } from "../layers/lstm.js";
import type { Variable } from "../layers/variable.js";
import type { Model } from "./model.js";

/** A tensor as PyTorch has it, in row-major order. */
export interface StateTensor {
  readonly data: Float32Array;
  readonly shape: Shape;
  /** That of BatchNorm's counter, whose numbers are whole; float32 where there is none. */
  readonly dtype?: "I64";
}

export interface StateDictOptions {
  /** The module's name in PyTorch by the layer's name here, such as `{ dense1: "0", dense2: "2" }` for an `nn.Sequential`; the layer's own unless given. */
  readonly names?: Readonly<Record<string, string>>;
}

/**
 * A model's weights as PyTorch's `state_dict` has them, by its names and in its layouts: `dense1.weight` of [outputs, inputs], `batchNorm1.running_mean`.
 * `encodeSafetensors` makes a file of them, which `load_state_dict` takes for modules of the same names.
 *
 * Dense is a Linear, Conv2dTranspose a ConvTranspose2d, DepthwiseConv2d a Conv2d of as many groups as channels, SimpleRNN an RNN; the products of a
 * SeparableConv2d are `depthwise` and `pointwise` of a module. An LSTM's `forgetBias` is in `bias_hh`.
 * @throws {ConfigError} `pytorch-layer` for a layer with weights that no module of PyTorch has, `pytorch-names` for a name of no layer.
 */
export async function toStateDict(
  model: Model,
  options: StateDictOptions = {},
): Promise<Map<string, StateTensor>> {
  const plan = plannedTensors(model, options);
  const values = new Map((await model.getWeights()).map(({ name, data }) => [name, data]));
  const dict = new Map<string, StateTensor>();
  for (const { name, shape, pieces, constant, counts } of plan) {
    const data = constant ? constant.slice() : new Float32Array(sizeOf(shape));
    for (const { variable, place } of pieces) {
      values.get(variable.name)!.forEach((value, i) => {
        data[place(i)] = value;
      });
    }
    dict.set(name, { data, shape, ...(counts && { dtype: "I64" }) });
  }
  return dict;
}

/**
 * Gives a model the weights of a PyTorch `state_dict`, such as `decodeSafetensors` reads from what `safetensors.torch.save_file` wrote. The two
 * biases of an LSTM or an RNN are added up to the one here; `num_batches_tracked` is passed over, and may be missing.
 * @throws {ConfigError} `pytorch-state-dict`, listing every tensor that is missing, surplus or misshapen; those of `toStateDict`.
 */
export async function loadStateDict(
  model: Model,
  tensors: ReadonlyMap<string, Pick<StateTensor, "data" | "shape">>,
  options: StateDictOptions = {},
): Promise<void> {
  const plan = plannedTensors(model, options);
  requireFit(plan, tensors);
  const values = new Map(
    model.network.variables.map(({ name, shape }) => [name, new Float32Array(sizeOf(shape))]),
  );
  for (const { name, pieces, constant, addsTo } of plan) {
    const given = tensors.get(name)?.data;
    if (!given) continue;
    for (const { variable, place } of pieces) {
      const own = values.get(variable.name)!;
      for (let i = 0; i < own.length; i++) own[i] = given[place(i)]!;
    }
    const own = addsTo && values.get(addsTo.name)!;
    // The constant is taken off first, so that weights that came from here get the same bits again.
    own?.forEach((value, i) => {
      own[i] = value + (given[i]! - constant![i]!);
    });
  }
  await model.setWeights(
    model.network.variables.map(({ name, shape }) => ({ name, shape, data: values.get(name)! })),
  );
}

/** Where a variable's values stand in a tensor. */
interface Piece {
  readonly variable: Variable;
  readonly place: (index: number) => number;
}

interface Planned {
  /** Without the module's name as long as its layer plans it. */
  readonly name: string;
  readonly shape: Shape;
  readonly pieces: readonly Piece[];
  /** What is in it where PyTorch has a tensor and the layer none. */
  readonly constant?: Float32Array;
  /** The variable that gets what a tensor has more than the constant; without it they must be the same. */
  readonly addsTo?: Variable;
  readonly counts?: true;
}

function plannedTensors({ layers }: Model, { names = {} }: StateDictOptions): Planned[] {
  const unknown = Object.keys(names).find((name) => !layers.some((layer) => layer.name === name));
  if (unknown !== undefined) {
    throw new ConfigError(
      "pytorch-names",
      `names: the model has no layer "${unknown}"; it has ${layers.map(({ name }) => name).join(", ")}.`,
    );
  }
  return layers.flatMap((layer) => {
    const module = names[layer.name] ?? layer.name;
    return tensorsOf(layer).map((tensor) => ({ ...tensor, name: `${module}.${tensor.name}` }));
  });
}

type Variables = Readonly<Record<string, Variable>>;

function tensorsOf(layer: Layer): Planned[] {
  if (layer.variables.length === 0) return [];
  const own: Variables = Object.fromEntries(
    layer.variables.map((variable) => [variable.name.slice(variable.name.lastIndexOf("/") + 1), variable]),
  );
  switch (layer.type) {
    case "Dense":
      return [transposed("weight", own.kernel!), ...renamed(own, { bias: "bias" })];
    case "Conv1d":
    case "Conv2d":
    case "DepthwiseConv2d":
    case "Conv2dTranspose":
      return renamed(own, { kernel: "weight", bias: "bias" });
    case "SeparableConv2d":
      return renamed(own, {
        depthwiseKernel: "depthwise.weight",
        pointwiseKernel: "pointwise.weight",
        bias: "pointwise.bias",
      });
    case "Embedding":
    case "PositionEmbedding":
    case "ReversibleEmbedding":
      return renamed(own, { embeddings: "weight" });
    case "PReLU":
      return renamed(own, { alpha: "weight" });
    case "RMSNorm":
      return renamed(own, { gamma: "weight" });
    case "LayerNorm":
    case "GroupNorm":
      return affine(own);
    case "BatchNorm":
      return [
        ...affine(own),
        ...renamed(own, { movingMean: "running_mean", movingVariance: "running_var" }),
        { name: "num_batches_tracked", shape: [], pieces: [], counts: true },
      ];
    case "LSTM":
    case "GRU":
    case "SimpleRNN":
      return recurrent(layer, own);
    case "MultiHeadAttention":
      return attention(layer, own);
    default:
      throw noModule(layer, "it has weights, but PyTorch no module of this kind");
  }
}

function noModule(layer: Layer, why: string): ConfigError {
  return new ConfigError("pytorch-layer", `${ownerLabel(layer)}: ${why}; write the model as ONNX.`);
}

/** Tensors that are a variable each, in the same layout; those of variables that the layer does not have are left out. */
function renamed(own: Variables, names: Readonly<Record<string, string>>): Planned[] {
  return Object.entries(names).flatMap(([key, name]) => {
    const variable = own[key];
    return variable ? [{ name, shape: variable.shape, pieces: [{ variable, place: (i: number) => i }] }] : [];
  });
}

/** A matrix that has its outputs first in PyTorch; `column` says where one of ours stands among them. */
function transposed(name: string, variable: Variable, column = (i: number) => i): Planned {
  const [rows, columns] = variable.shape as [number, number];
  return {
    name,
    shape: [columns, rows],
    pieces: [{ variable, place: (i) => column(i % columns) * rows + Math.floor(i / columns) }],
  };
}

/** PyTorch has both or none. */
function affine({ gamma, beta }: Variables): Planned[] {
  const { shape } = gamma ?? beta ?? {};
  if (!shape) return [];
  const one = (name: string, variable: Variable | undefined, otherwise: number): Planned =>
    variable
      ? { name, shape, pieces: [{ variable, place: (i) => i }] }
      : { name, shape, pieces: [], constant: new Float32Array(sizeOf(shape)).fill(otherwise) };
  return [one("weight", gamma, 1), one("bias", beta, 0)];
}

/** The gates of a GRU are z, r, n here and r, z, n there; those of an LSTM are i, f, g, o in both. */
function recurrent(layer: Layer, own: Variables): Planned[] {
  const units = own.recurrentKernel!.shape[0]!;
  const place = (i: number) => (layer.type === "GRU" && i < 2 * units ? (i + units) % (2 * units) : i);
  const forgetBias = layer instanceof LSTM ? layer.forgetBias : 0;
  if (forgetBias !== 0 && !own.bias) {
    throw noModule(layer, "PyTorch adds nothing to a forget gate that has no bias; give forgetBias 0");
  }
  const direction = (
    end: string,
    kernel: Variable,
    hidden: Variable,
    bias?: Variable,
    hiddenBias?: Variable,
  ): Planned[] => {
    const weights = [
      transposed(`weight_ih_l0${end}`, kernel, place),
      transposed(`weight_hh_l0${end}`, hidden, place),
    ];
    if (!bias) return weights;
    const { shape } = bias;
    const ofHidden = { name: `bias_hh_l0${end}`, shape };
    return [
      ...weights,
      { name: `bias_ih_l0${end}`, shape, pieces: [{ variable: bias, place }] },
      hiddenBias
        ? { ...ofHidden, pieces: [{ variable: hiddenBias, place }] }
        : {
            ...ofHidden,
            pieces: [],
            constant: new Float32Array(sizeOf(shape)).fill(forgetBias, units, 2 * units),
            addsTo: bias,
          },
    ];
  };
  return [
    ...direction("", own.kernel!, own.recurrentKernel!, own.bias, own.recurrentBias),
    ...(own.backwardKernel
      ? direction(
          "_reverse",
          own.backwardKernel,
          own.backwardRecurrentKernel!,
          own.backwardBias,
          own.backwardRecurrentBias,
        )
      : []),
  ];
}

/** PyTorch parts the features of the queries among the heads, so that all four products have as many outputs as these. */
function attention(layer: Layer, own: Variables): Planned[] {
  const kinds = ["query", "key", "value"];
  const kernels = kinds.map((kind) => own[`${kind}Kernel`]!);
  const [features] = kernels[0]!.shape as [number];
  if ([...kernels, own.outputKernel!].some(({ shape }) => shape[1] !== features)) {
    throw noModule(layer, `PyTorch's heads have ${features} numbers together, as the queries have`);
  }
  const whole = kernels.every(({ shape }) => shape[0] === features);
  const first = (i: number) => i * features * features;
  const weights: Planned[] = whole
    ? [
        {
          name: "in_proj_weight",
          shape: [3 * features, features],
          pieces: kernels.map((kernel, k) => {
            const [{ variable, place }] = transposed("", kernel).pieces as [Piece];
            return { variable, place: (i) => first(k) + place(i) };
          }),
        },
      ]
    : kernels.map((kernel, k) => transposed(`${kinds[k]![0]}_proj_weight`, kernel));
  const biases = kinds.flatMap((kind) => own[`${kind}Bias`] ?? []);
  if (biases.length > 0) {
    weights.push({
      name: "in_proj_bias",
      shape: [3 * features],
      pieces: biases.map((variable, k) => ({ variable, place: (i) => k * features + i })),
    });
  }
  return [
    ...weights,
    transposed("out_proj.weight", own.outputKernel!),
    ...renamed(own, { outputBias: "out_proj.bias" }),
  ];
}

function requireFit(
  plan: readonly Planned[],
  tensors: ReadonlyMap<string, Pick<StateTensor, "data" | "shape">>,
): void {
  const wrong = plan.flatMap(({ name, shape, pieces, constant, addsTo, counts }) => {
    const given = tensors.get(name);
    if (counts) return [];
    if (!given) return [`${name} is missing`];
    if (!sameShape(given.shape, shape) || given.data.length !== sizeOf(shape))
      return [`${name} has shape ${formatShape(given.shape)} where ${formatShape(shape)} fits`];
    const isOther = pieces.length === 0 && !addsTo && constant?.some((value, i) => value !== given.data[i]);
    return isOther ? [`${name} is not ${constant![0]} throughout, and the layer has no variable for it`] : [];
  });
  const planned = new Set(plan.map(({ name }) => name));
  for (const name of tensors.keys()) if (!planned.has(name)) wrong.push(`${name} belongs to no layer`);
  if (wrong.length === 0) return;
  throw new ConfigError(
    "pytorch-state-dict",
    `The state_dict does not fit the model: ${wrong.join("; ")}. Names are <layer>.<tensor>; give names where PyTorch's modules are called otherwise.`,
  );
}
