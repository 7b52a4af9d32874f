import { platform } from "#platform";
import { byteScaling, type Scaling } from "../data/scaling.js";
import {
  FormatError,
  requireIn,
  requireNonNegativeInteger,
  requirePositiveInteger,
  showValue,
} from "../errors.js";
import { type Shape, sizeOf } from "../graph/shape.js";
import type { NpyArray } from "../io/npy.js";
import { decodeNpz } from "../io/npz.js";
import { Conv2d } from "../layers/conv2d.js";
import { Dense } from "../layers/dense.js";
import { Dropout } from "../layers/dropout.js";
import { ELU } from "../layers/elu.js";
import { Flatten } from "../layers/flatten.js";
import type { Layer } from "../layers/layer.js";
import { LeakyReLU } from "../layers/leaky-relu.js";
import { ReLU } from "../layers/relu.js";
import { Sigmoid } from "../layers/sigmoid.js";
import { Softmax } from "../layers/softmax.js";
import { requireOptions } from "../options.js";
import { Sequential, type SequentialOptions } from "./sequential.js";

/** What the lessons' files do not say. */
export interface LessonsOptions extends Omit<SequentialOptions, "inputShape" | "name"> {
  /** The shape of one sample; otherwise told from the weights, pictures being taken to be square. */
  readonly inputShape?: Shape;
  /** The rate of every `Dropout`, in [0, 1); default 0.2. */
  readonly dropout?: number;
  /** Of every `LeakyReLU`; default 0.001, the lessons' own. */
  readonly slope?: number;
  /** Of every `ELU`; default 1. */
  readonly alpha?: number;
  /** Of every `ConvLayer`; default 1. */
  readonly stride?: number;
  /** Of every `ConvLayer`; default 0. */
  readonly padding?: number;
  /** How raw values become inputs; by default 784 values, and pictures, are bytes to be divided by 255, and all else is taken as it is. */
  readonly scaling?: Scaling;
}

const OPTIONS = [
  ...["inputShape", "dropout", "slope", "alpha", "stride", "padding", "scaling"],
  ...["seed", "engine", "threads", "precision", "wide", "maximumBytes", "workerUrl"],
];

/** Layers that give factor·y for factor·x, with a factor above 0, and so let it pass. */
const PASSING: ReadonlySet<string> = new Set(["ReLU", "LeakyReLU", "Flatten", "Dropout"]);

/** A layer with weights, while it is made. */
interface Weighted {
  readonly name: string;
  readonly kernel: NpyArray;
  bias?: NpyArray;
  /** What dropout makes of the kernel, and of the bias. */
  kernelFactor: number;
  biasFactor: number;
}

type Item = { readonly type: string } & Partial<Weighted>;

/**
 * Makes a model of what the lessons' `save` leaves: the text of `model.txt` (the weights' path, then a class and a name for each layer, a line
 * each) and the bytes of its .npz. A MulLayer with the AddLayer behind it becomes one `Dense`. Predictions are those of the lessons' own
 * code, to float32: their dropout multiplies by 1 − rate when predicting, where ours does nothing, so that factor goes into the weights
 * next to it; training goes on from there as it would in the lessons.
 *
 * @throws {FormatError} `lessons-layers` when the text is not such a list, `lessons-weights` when the arrays do not fit it, and those of `decodeNpz`.
 * @throws {ShapeError} when the layers do not fit each other or `inputShape`.
 */
export async function importLessons(
  text: string,
  npz: Uint8Array,
  options: LessonsOptions = {},
): Promise<Sequential> {
  requireOptions("importLessons", options, OPTIONS);
  const {
    inputShape,
    dropout = 0.2,
    slope = 0.001,
    alpha = 1,
    stride = 1,
    padding = 0,
    scaling,
    ...rest
  } = options;
  requireIn("importLessons", "dropout", dropout, "[0, 1)");
  requirePositiveInteger("importLessons", "stride", stride);
  requireNonNegativeInteger("importLessons", "padding", padding);
  const items = itemsOf(text, decodeNpz(npz, "weights"));
  spreadDropout(items, 1 - dropout);
  const layers = items.map((item): Layer => {
    switch (item.type) {
      case "MulLayer":
        return new Dense({
          name: item.name!,
          units: item.kernel!.shape[1]!,
          useBias: item.bias !== undefined,
        });
      case "ConvLayer": {
        const [filters, , height, width] = item.kernel!.shape as [number, number, number, number];
        return new Conv2d({
          name: item.name!,
          filters,
          kernelSize: [height, width],
          stride,
          padding,
          useBias: false,
        });
      }
      case "Dropout":
        return new Dropout({ rate: dropout });
      case "LeakyReLU":
        return new LeakyReLU({ slope });
      case "ELU":
        return new ELU({ alpha });
      default:
        return new PLAIN[item.type]!();
    }
  });
  const shape = inputShape ?? inputShapeOf(items, stride, padding);
  const model = new Sequential(layers, { ...rest, inputShape: shape, name: "lessons" });
  model.scaling = scaling ?? (shape.length === 3 || sizeOf(shape) === 784 ? byteScaling : { kind: "none" });
  await model.setWeights(
    items.flatMap(({ name, kernel, bias, kernelFactor, biasFactor }) => [
      ...(kernel ? [weight(`${name}/kernel`, kernel.shape, kernel, kernelFactor!)] : []),
      ...(bias ? [weight(`${name}/bias`, [bias.data.length], bias, biasFactor!)] : []),
    ]),
  );
  return model;
}

/**
 * `importLessons` for a file `model.txt`. Its weights are the regular file beside it with the name that it says: a list from a stranger opens nothing
 * else, also by no link.
 * @throws as `importLessons` does, and {PlatformError} `file-missing`, `file-unreadable`.
 */
export async function loadLessons(path: string, options: LessonsOptions = {}): Promise<Sequential> {
  const text = new TextDecoder().decode(await platform.readFile(path));
  // Of another file, any first line would be taken for a path.
  const [named] = linesOf(text);
  const beside = path.replace(/[^/\\]*$/, "") + named.replace(/^.*[/\\]/, "");
  return importLessons(text, await platform.readFile(beside, "regular"), options);
}

const PLAIN: Readonly<Record<string, new () => Layer>> = {
  Flatten,
  SigmoidLayer: Sigmoid,
  ReLU,
  SoftmaxLayer: Softmax,
};
const KNOWN = ["MulLayer", "AddLayer", "ConvLayer", "Dropout", "LeakyReLU", "ELU", ...Object.keys(PLAIN)];

/** The list's lines: a path, then a class and a name for each layer. @throws {FormatError} `lessons-layers` */
function linesOf(text: string): [path: string, ...layers: string[]] {
  const [path = "", ...layers] = text
    .trimEnd()
    .split("\n")
    .map((line) => line.trim());
  if (path === "") throw listError("has nothing in its first line");
  if (layers.length < 2 || layers.length % 2 === 1) {
    throw listError(`has ${layers.length + 1} line${layers.length > 0 ? "s" : ""}`);
  }
  layers.forEach((type, at) => {
    if (at % 2 === 0 && !KNOWN.includes(type))
      throw listError(`names the class ${showValue(type)} in line ${at + 2}`);
  });
  return [path, ...layers];
}

/** The layers with their arrays, AddLayers taken into what is before them. */
function itemsOf(text: string, arrays: Map<string, NpyArray>): Item[] {
  const lines = linesOf(text);
  const items: Item[] = [];
  const wrong: string[] = [];
  const take = (name: string, rank: number): NpyArray | undefined => {
    const array = arrays.get(name);
    arrays.delete(name);
    if (!array) wrong.push(`"${name}" is missing`);
    else if (rank === 1 ? array.data.length !== Math.max(...array.shape) : array.shape.length !== rank) {
      wrong.push(`"${name}" has shape [${array.shape.join(", ")}] where ${rank} dimensions are expected`);
    }
    return array;
  };
  for (let line = 1; line < lines.length; line += 2) {
    const [type, name] = lines.slice(line, line + 2) as [string, string];
    if (type === "AddLayer") {
      const before = items.at(-1);
      if (before?.type !== "MulLayer" || before.bias)
        throw listError(`has an AddLayer in line ${line + 1} without a MulLayer before it`);
      const bias = take(name, 1);
      if (bias) before.bias = bias;
      const units = before.kernel?.shape[1];
      if (bias && units !== undefined && bias.data.length !== units) {
        wrong.push(`"${name}" has ${bias.data.length} values where ${units} are expected`);
      }
    } else if (type === "MulLayer" || type === "ConvLayer") {
      const kernel = take(name, type === "MulLayer" ? 2 : 4);
      items.push({ type, name, kernelFactor: 1, biasFactor: 1, ...(kernel && { kernel }) });
    } else items.push({ type });
  }
  for (const name of arrays.keys()) wrong.push(`"${name}" belongs to no layer`);
  if (wrong.length === 0) return items;
  throw new FormatError(
    "lessons-weights",
    `The lessons' weights do not fit their list of layers: ${wrong.join("; ")}; take the two files of one save.`,
  );
}

function listError(what: string): FormatError {
  return new FormatError(
    "lessons-layers",
    `The lessons' list of layers ${what}; expected the path of the weights, then for each layer a line with its class (${KNOWN.join(", ")}) and one with its name.`,
  );
}

/** Puts the factor that each Dropout stands for into the next weights, or where there are none into those before it. */
function spreadDropout(items: readonly Item[], kept: number): void {
  for (const [at, { type }] of items.entries()) {
    if (type !== "Dropout" || kept === 1) continue;
    const next = weightsFrom(items.slice(at + 1));
    const last = next ? undefined : weightsFrom(items.slice(0, at).reverse());
    if (next) next.kernelFactor! *= kept;
    else if (last) {
      last.kernelFactor! *= kept;
      last.biasFactor! *= kept;
    } else throw listError("has a Dropout that no weights can make up for");
  }
}

/** The first layer with weights, if nothing before it bends a straight line. */
function weightsFrom(items: readonly Item[]): Item | undefined {
  const first = items.find(({ type }) => !PASSING.has(type));
  return first?.kernel ? first : undefined;
}

function weight(name: string, shape: Shape, { data }: NpyArray, factor: number) {
  return { name, shape, data: Float32Array.from(data, (value) => value * factor) };
}

/** Backwards from the first matrix: its rows are what the pictures before it come to. */
function inputShapeOf(items: readonly Item[], stride: number, padding: number): Shape {
  const first = items.findIndex(({ type }) => type === "MulLayer");
  const inputs = items[first]?.kernel?.shape[0];
  const convolutions = items.slice(0, Math.max(0, first)).filter(({ type }) => type === "ConvLayer");
  const unknown = () =>
    new FormatError(
      "lessons-shape",
      "The lessons' weights do not tell the size of a sample; give inputShape.",
    );
  if (inputs === undefined) throw unknown();
  if (convolutions.length === 0) {
    const side = Math.sqrt(inputs);
    return items[0]!.type === "Flatten" && Number.isInteger(side) ? [1, side, side] : [inputs];
  }
  let side = Math.sqrt(inputs / convolutions.at(-1)!.kernel!.shape[0]!);
  if (!Number.isInteger(side)) throw unknown();
  let channels = 0;
  for (const { kernel } of convolutions.reverse()) {
    const [, into, height, width] = kernel!.shape as [number, number, number, number];
    if (height !== width) throw unknown();
    channels = into;
    side = (side - 1) * stride + height - 2 * padding;
  }
  return [channels, side, side];
}
