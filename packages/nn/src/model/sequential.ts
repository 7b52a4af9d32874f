import type { Engine, EngineOptions } from "@loam/kernels-as";
import { type Dataset, validateDataset } from "../data/dataset.js";
import type { Scaling } from "../data/scaling.js";
import { ConfigError, requireNonNegativeInteger, ShapeError } from "../errors.js";
import { formatShape, type Shape, sameShape, sizeOf } from "../graph/shape.js";
import type { Layer } from "../layers/layer.js";
import type { Loss } from "../losses/loss.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import type { NamedValue } from "../program/parameter-store.js";
import { type EvaluateOptions, type Evaluation, evaluate } from "../training/evaluate.js";
import { type FitOptions, fit } from "../training/fit.js";
import { type Inputs, type Output, type PredictOptions, predict } from "../training/predict.js";
import type { History } from "../training/progress.js";
import { Network } from "./network.js";
import { classesOf } from "./probabilities.js";
import { type Compiled, Runtime } from "./runtime.js";
import { formatSummary, type ModelSummary } from "./summary.js";
import { hashWeights } from "./weights-hash.js";

export interface SequentialOptions extends EngineOptions {
  /** The shape of one sample, without the batch dimension. */
  readonly inputShape: Shape;
  readonly name?: string;
  /** Decides the initial weights, the order of the samples and what dropout drops; an integer of 0 or more, default 0. */
  readonly seed?: number;
  /** An engine to share with other models; by default the model makes one of its own. */
  readonly engine?: Engine;
}

export interface CompileOptions {
  readonly optimizer: Optimizer;
  readonly loss: Loss;
  readonly metrics?: readonly "accuracy"[];
}

export interface Classification {
  /** The most probable class of each sample. */
  readonly labels: Uint32Array;
  /** [samples, classes]; for a single output, the two classes' probabilities. */
  readonly probabilities: Output;
}

/**
 * A chain of layers, trained and used as one.
 *
 * ```ts
 * const model = new Sequential([new Dense({ units: 10 })], { inputShape: [784], seed: 7 });
 * model.compile({ optimizer: new Adam(), loss: softmaxCrossEntropy(), metrics: ["accuracy"] });
 * await model.fit(dataset, { epochs: 5, batchSize: 128 });
 * ```
 *
 * The memory and the threads behind it are made when first needed and live until `close`.
 */
export class Sequential {
  readonly name: string;
  readonly seed: number;
  readonly network: Network;
  /** How raw values become inputs; taken from the dataset by `fit`, saved with the model, applied by `predict`. */
  scaling: Scaling = { kind: "none" };
  classNames: readonly string[] | undefined;
  readonly #options: SequentialOptions;
  #compiled: Compiled | undefined;
  #runtime: Promise<Runtime> | undefined;
  #initial: readonly Float32Array[] | undefined;
  readonly #counter = { steps: 0 };
  #fitting = false;

  /**
   * @throws {ShapeError} naming the layer whose input does not fit and both shapes.
   * @throws {ConfigError} `no-layers`, `duplicate-name`, `seed-negative`.
   */
  constructor(layers: readonly Layer[], options: SequentialOptions) {
    this.name = options.name ?? "sequential";
    this.seed = options.seed ?? 0;
    requireNonNegativeInteger("Sequential", "seed", this.seed);
    this.#options = options;
    this.network = new Network(layers, options.inputShape);
  }

  get inputShape(): Shape {
    return this.network.inputShape;
  }

  get outputShape(): Shape {
    return this.network.outputShape;
  }

  get layers(): readonly Layer[] {
    return this.network.layers;
  }

  /** How many numbers are learnt. */
  get parameters(): number {
    return this.network.parameters.reduce((total, { shape }) => total + sizeOf(shape), 0);
  }

  /** Steps of training so far, over all calls of `fit`. */
  get steps(): number {
    return this.#counter.steps;
  }

  /** Says how the model is to be trained. Compiling again with another optimizer starts that one afresh. */
  compile({ optimizer, loss, metrics = [] }: CompileOptions): this {
    this.#compiled = { optimizer, loss, accuracy: metrics.includes("accuracy") };
    return this;
  }

  /** Makes the engine and the weights if they are not there yet, waits for the engine's threads, and tells what runs. */
  async ready(): Promise<Pick<Engine, "threads" | "binary" | "precision" | "notes">> {
    const { engine } = await this.#running();
    await engine.settled;
    return engine;
  }

  /**
   * Trains on a dataset: every epoch goes through its samples once, in an order that is a function of (seed, epoch). The same seed, data and
   * settings give the same bits on any number of threads.
   *
   * @throws {ConfigError} `not-compiled`, `already-fitting`, or for an option out of its range.
   * @throws {DataError} or {@link ShapeError} when the data does not fit.
   * @throws {NumericError} naming step, op and layer when a value stops being finite; the weights are then those before that step.
   */
  async fit(dataset: Dataset, options: FitOptions = {}): Promise<History> {
    const compiled = this.#requireCompiled("fit");
    for (const data of [dataset, options.validationData]) if (data) this.#requireFit(data, compiled.loss);
    if (this.#fitting)
      throw new ConfigError(
        "already-fitting",
        "fit: this model is being trained already; await that call first.",
      );
    this.#fitting = true;
    try {
      const runtime = await this.#running();
      this.scaling = dataset.scaling;
      this.classNames = dataset.classNames;
      return await fit({ model: this, runtime, compiled, dataset, options }, this.#counter);
    } finally {
      this.#fitting = false;
    }
  }

  /** Mean loss, and accuracy if compiled to count it, over a dataset; dropout is off. @throws as `fit` does. */
  async evaluate(dataset: Dataset, options: EvaluateOptions = {}): Promise<Evaluation> {
    const compiled = this.#requireCompiled("evaluate");
    this.#requireFit(dataset, compiled.loss);
    return evaluate(await this.#running(), compiled, dataset, options);
  }

  /**
   * The network's output for raw inputs [samples, …inputShape], to which the model's own scaling is applied. Works while `fit` runs.
   * @throws {ShapeError} `input-shape` when the samples have another size.
   */
  async predict(inputs: Inputs, options: PredictOptions = {}): Promise<Output> {
    this.#requireInputs("predict", inputs.shape, inputs.data.length);
    const [output] = await predict(await this.#running(), inputs, this.scaling, options);
    return output ?? { data: new Float32Array(0), shape: [0, ...this.outputShape] };
  }

  /** Like `predict`, as classes and probabilities: softmax over the outputs, or sigmoid where there is only one. */
  async classify(inputs: Inputs, options: PredictOptions = {}): Promise<Classification> {
    const output = await this.predict(inputs, options);
    return classesOf(output, this.layers.at(-1)!.type);
  }

  /** Each layer's output for raw inputs, in the order of the layers. */
  async activations(inputs: Inputs): Promise<(Output & { readonly layer: string })[]> {
    this.#requireInputs("activations", inputs.shape, inputs.data.length);
    const batchSize = Math.max(1, inputs.shape[0]!);
    const outputs = await predict(await this.#running(), inputs, this.scaling, { batchSize }, true);
    return outputs.map((output, i) => ({ ...output, layer: this.layers[i]!.name }));
  }

  summary(): ModelSummary {
    const { network } = this;
    const layers = network.layers.map(({ name, type }, i) => ({
      name,
      type,
      outputShape: network.shapes[i + 1]!,
      parameters: network.parameters
        .filter((parameter) => parameter.name.startsWith(`${name}/`))
        .reduce((total, { shape }) => total + sizeOf(shape), 0),
    }));
    return { name: this.name, inputShape: this.inputShape, layers, parameters: this.parameters };
  }

  /** `summary()` as a table. */
  summaryText(): string {
    return formatSummary(this.summary());
  }

  /** All parameters in their public layouts, in the order of `summary`: copies. */
  async getWeights(): Promise<NamedValue[]> {
    const runtime = await this.#running();
    return runtime.machine.exclusive(() => runtime.readWeights());
  }

  /** Replaces all parameters. @throws {ConfigError} `weights-mismatch`, listing every name that is missing, surplus or misshapen. */
  async setWeights(weights: readonly NamedValue[]): Promise<void> {
    const values = this.#matchWeights(weights);
    if (!this.#runtime) {
      // Nothing runs yet: kept until something does.
      this.#initial = values;
      return;
    }
    const runtime = await this.#runtime;
    await runtime.machine.exclusive(() => runtime.writeWeights(values));
  }

  /** SHA-256, in hexadecimal, of all parameters' little-endian float32 bytes in the order and layout of `getWeights`. */
  async weightsHash(): Promise<string> {
    return hashWeights(await this.getWeights());
  }

  /** Ends the threads and frees the memory, unless the engine was given from outside. */
  async close(): Promise<void> {
    const running = this.#runtime;
    this.#runtime = undefined;
    await (await running)?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #running(): Promise<Runtime> {
    this.#runtime ??= this.#start();
    return this.#runtime;
  }

  async #start(): Promise<Runtime> {
    const runtime = await Runtime.create(this.network, this.seed, this.#options.engine, this.#options);
    if (this.#initial) await runtime.writeWeights(this.#initial);
    this.#initial = undefined;
    return runtime;
  }

  #requireCompiled(what: string): Compiled {
    if (this.#compiled) return this.#compiled;
    throw new ConfigError(
      "not-compiled",
      `${what}: the model "${this.name}" has no optimizer and loss yet; call compile first.`,
    );
  }

  #requireFit(dataset: Dataset, loss: Loss): void {
    this.#requireInputs(dataset.name, dataset.inputs.shape, dataset.inputs.data.length);
    const outputs = sizeOf(this.outputShape);
    const sparse = !(dataset.labels.data instanceof Float32Array);
    if (sparse && loss.target === "dense") {
      throw new ConfigError(
        "labels-not-dense",
        `${dataset.name}: the loss ${loss.name} expects float32 labels [samples, ${outputs}], got class indices; convert them, or use softmaxCrossEntropy.`,
      );
    }
    validateDataset(dataset, sparse ? { classes: outputs } : {});
    if (!sparse && sizeOf(dataset.labels.shape.slice(1)) !== outputs) {
      throw new ShapeError(
        "label-shape",
        `${dataset.name}: expected labels of shape ${formatShape(["samples", ...this.outputShape])}, got ${formatShape(dataset.labels.shape)}.`,
      );
    }
  }

  #requireInputs(owner: string, shape: Shape, length: number): void {
    const [samples, ...sample] = shape;
    if (samples !== undefined && sameShape(sample, this.inputShape) && length === sizeOf(shape)) return;
    throw new ShapeError(
      "input-shape",
      `${owner}: the model "${this.name}" expects inputs of shape ${formatShape(["samples", ...this.inputShape])}, got ${formatShape(shape)} with ${length} values.`,
    );
  }

  #matchWeights(weights: readonly NamedValue[]): Float32Array[] {
    const given = new Map(weights.map((weight) => [weight.name, weight]));
    const wrong: string[] = [];
    const values = this.network.parameters.map(({ name, shape }) => {
      const weight = given.get(name);
      given.delete(name);
      if (!weight) wrong.push(`"${name}" is missing`);
      else if (!sameShape(weight.shape, shape) || weight.data.length !== sizeOf(shape)) {
        wrong.push(
          `"${name}" has shape ${formatShape(weight.shape)} where ${formatShape(shape)} is expected`,
        );
      }
      return weight?.data ?? new Float32Array(0);
    });
    for (const name of given.keys()) wrong.push(`"${name}" belongs to no layer`);
    if (wrong.length > 0) {
      throw new ConfigError(
        "weights-mismatch",
        `The weights do not fit the model "${this.name}": ${wrong.join("; ")}.`,
      );
    }
    return values.map((value) => Float32Array.from(value));
  }
}
