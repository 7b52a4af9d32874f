/// <reference lib="esnext.disposable" preserve="true" />
import type { BatchSource, CheckedData } from "../data/batch-source.js";
import type { Dataset } from "../data/dataset.js";
import { isSamples, type Samples, samplesOf } from "../data/samples.js";
import type { Scaling } from "../data/scaling.js";
import { ConfigError, ShapeError } from "../errors.js";
import { type Shape, sizeOf } from "../graph/shape.js";
import type { Layer } from "../layers/layer.js";
import type { SymbolicTensor } from "../layers/symbolic.js";
import { OwnedVariable } from "../layers/variable.js";
import type { Loss } from "../losses/loss.js";
import { requireOptions } from "../options.js";
import { asLoamError } from "../program/engine-errors.js";
import type { Engine } from "../program/machine.js";
import type { NamedValue } from "../program/parameter-store.js";
import type { DataSchema } from "../schema/data-schema.js";
import { type EvaluateOptions, type Evaluation, evaluate } from "../training/evaluate.js";
import type { TrainedSoFar } from "../training/fit-loop.js";
import { FIT_OPTIONS, type FitOptions } from "../training/fit-options.js";
import type { BatchGradients, BatchResult, OnBatchOptions } from "../training/on-batch.js";
import { type Inputs, type Output, type PredictOptions, predict } from "../training/predict.js";
import type { History } from "../training/progress.js";
import { type Compiled, Runtime } from "../training/runtime.js";
import type { GraphDescription, LossDescription } from "../training/trained-model.js";
import {
  matchWeights,
  requireAllInputs,
  requireData,
  requireInputs,
  requireSingle,
  withoutNames,
} from "./checks.js";
import { dataOf, type Given } from "./given-data.js";
import type { Network } from "./network.js";
import type { CompiledParts, CompileOptions, ModelOptions } from "./options.js";
import { markPart, namePartLayers } from "./parts.js";
import { type Classification, classesOf, labelsOf, outputKind } from "./probabilities.js";
import { countsOf, formatSummary, type ModelSummary, summaryOf } from "./summary.js";
import { isChain } from "./trace.js";
import { hashWeights } from "./weights-hash.js";

/**
 * Layers that are trained and used as one: made by `model`, which connects them in any way, or as a `Sequential`.
 *
 * The memory and the threads behind it are made when first needed and live until `close`.
 */
export class Model {
  readonly name: string;
  readonly seed: number;
  readonly network: Network;
  /** How raw values become inputs; taken from the dataset by `fit`, saved with the model, applied by `predict`. */
  scaling: Scaling = { kind: "none" };
  classNames: readonly string[] | undefined;
  /** What it was trained on: a table's columns, pictures of a size; and whether it tells classes or numbers. From the dataset of the last `fit`. */
  schema: DataSchema | undefined;
  /** What it was trained to make small, by the last `fit`: `classify` reads the outputs accordingly. */
  loss: LossDescription | undefined;
  readonly #options: ModelOptions;
  #compiled: Compiled | undefined;
  /** What is yet to be made of names. */
  #named: CompileOptions | undefined;
  #runtime: Promise<Runtime> | undefined;
  #initial: readonly Float32Array[] | undefined;
  readonly #counter: TrainedSoFar = { steps: 0, epochs: 0 };
  #fitting = false;
  #closed = false;
  /** The model of which this is a layer, and in whose memory its numbers are. */
  #host: Model | undefined;
  /** Whether what runs it is, or will be, the host's. */
  #shared = false;
  /** The models that are layers of this one. */
  readonly #parts: readonly Model[];

  /** For `model` and `Sequential`, which check the options. */
  constructor(network: Network, options: ModelOptions & { readonly name: string }) {
    this.name = options.name;
    this.seed = options.seed ?? 0;
    this.#options = options;
    this.network = network;
    this.#parts = network.graph.parts.filter((part) => part instanceof Model);
    for (const part of this.#parts) part.#requireFree();
    namePartLayers(this.#parts, network.layers);
    for (const part of this.#parts) part.#host = this;
  }

  /** Of one sample; of the first input or output, where there are several. */
  get inputShape(): Shape {
    return this.network.inputShape;
  }

  get outputShape(): Shape {
    return this.network.outputShape;
  }

  get layers(): readonly Layer[] {
    return this.network.layers;
  }

  /** How the layers are connected, where that is more than one behind the other. */
  get graph(): GraphDescription | undefined {
    const { graph, layers } = this.network;
    if (isChain(graph)) return undefined;
    const places = new Map(layers.map((layer, i) => [layer, i]));
    const calls = graph.calls.map(({ layer, inputs }) => ({ layer: places.get(layer)!, inputs }));
    return { inputs: graph.inputs, calls, outputs: graph.outputs };
  }

  /** Whether training changes any layer, from the next `compile` on; set, it is set on all of them. */
  get trainable(): boolean {
    return this.layers.some(({ trainable }) => trainable);
  }

  set trainable(trainable: boolean) {
    for (const layer of this.layers) layer.trainable = trainable;
  }

  /** How many numbers are learnt. */
  get parameters(): number {
    return countsOf(this.network.variables).parameters;
  }

  /** Steps of training so far, over all calls of `fit`. */
  get steps(): number {
    return this.#counter.steps;
  }

  /**
   * The model as a layer of another: its output for what an `Input` or a layer's `apply` gave, one value an input of it. In a `Sequential` it is
   * applied by standing among the layers. Applied again, it has the same weights.
   *
   * ```ts
   * const both = new Sequential([encoder, decoder], { inputShape: encoder.inputShape });
   * ```
   *
   * Its layers are the other model's from then on, called "encoder.dense1", and so they are saved; both have one set of weights, so that what one
   * learns the other knows. It begins with the weights that this model has when the other is first used. What it knows of its data, such as
   * `scaling`, stays its own. It is closed with the other. A model can be a layer of one model; `bodyOf` makes copies for more.
   * @throws {ShapeError} when the input does not fit. @throws {ConfigError} `built-twice` for a model that is a layer of another already,
   * `not-single` where it has several outputs, `several-inputs` for another number of inputs, `not-symbolic`.
   */
  apply(x: SymbolicTensor | readonly SymbolicTensor[]): SymbolicTensor {
    this.#requireFree();
    const { inputs, calls, outputs } = this.network.graph;
    if (outputs.length > 1) requireSingle(this, "apply");
    const values = [x].flat();
    if (values.length !== inputs.length) {
      throw new ConfigError(
        "several-inputs",
        `The model "${this.name}": expected as many inputs as it has, ${inputs.length}, got ${values.length}; give apply a list of such.`,
      );
    }
    for (const { layer, inputs: of } of calls) {
      const made = layer.apply(of.map((value) => values[value]!));
      markPart(made, this);
      values.push(made);
    }
    return values[outputs[0]!]!;
  }

  /**
   * Says how the model is to be trained. Compiling again with another optimizer starts that one afresh: its slots, its own count of steps, and
   * so its schedule. Names, such as "adam", are looked up when the model is first trained or evaluated.
   * @throws {ConfigError} `unknown-option`, `not-an-optimizer`, `not-a-loss`, `not-a-metric`.
   */
  compile(options: CompileOptions): this {
    this.#named = options;
    this.#compiled = withoutNames(options) ? compiledOf(options) : undefined;
    return this;
  }

  /** Makes the engine and the weights if they are not there yet, waits for the engine's threads, and tells what runs. */
  ready(): Promise<Pick<Engine, "threads" | "binary" | "precision" | "notes">> {
    return this.#with(async ({ engine }) => {
      await engine.settled;
      return engine;
    });
  }

  /**
   * Trains on a dataset, on samples and their targets, or on a source that is read meanwhile: every epoch goes through its samples once, in an
   * order that is a function of (seed, epoch), where epochs are counted over all fits of the model. The same seed, data and settings give the same
   * bits on any number of threads, and whether the data lies in memory or is read.
   *
   * ```ts
   * await model.fit([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0], { epochs: 500 });
   * ```
   *
   * Called again, it goes on: with the weights, the optimizer's own numbers, its count of steps and so its schedule, and the count of epochs. So do
   * models that were read from a file, whose optimizer begins afresh.
   *
   * Samples are nested arrays, a typed array in row-major order, or `{ data, shape }`; targets are the like, numbers or, where the loss takes them,
   * one class index a sample.
   *
   * @throws {ConfigError} `not-compiled`, `already-fitting`, `not-a-callback`, `callback-name`, `model-too-large`, or for an option out of its
   * range; and what a callback or a source throws, as it is.
   * @throws {DataError} or {@link ShapeError} when the data does not fit.
   * @throws {NumericError} naming step, op and layer when the loss stops being finite; the weights are then those before that step. Naming a
   * parameter when only a gradient did: that is seen at the next step, and before anything is saved.
   */
  fit(inputs: Samples, labels: Samples, options?: FitOptions): Promise<History>;
  fit(data: Dataset | BatchSource, options?: FitOptions): Promise<History>;
  async fit(...given: Given<FitOptions>): Promise<History> {
    const compiled = this.#compiled ?? (await this.#compile("fit"));
    const { data, options } = dataOf("fit", given, this, compiled.loss);
    requireOptions("fit", options, FIT_OPTIONS);
    const dataset = requireData(this, "fit", data, compiled.loss);
    const validationData = options.validationData && this.#validation(options.validationData, compiled.loss);
    if (this.#fitting) throw alreadyFitting("fit");
    this.#fitting = true;
    try {
      // A page that only uses a network is spared this part.
      const { fit, requireRoom } = await import("../training/fit.js");
      // Before the weights are drawn, which may take a minute.
      if (!this.#runtime) requireRoom(this.network, 2 + compiled.optimizer.slots.length);
      return await this.#with((runtime) =>
        fit(
          { model: this, runtime, compiled, dataset, ...(validationData && { validationData }), options },
          this.#counter,
        ),
      );
    } finally {
      this.#fitting = false;
    }
  }

  /**
   * Mean loss, and accuracy if compiled to count it, over a dataset, samples and their targets, or a source; dropout is off.
   * @throws as `fit` does.
   */
  evaluate(inputs: Samples, labels: Samples, options?: EvaluateOptions): Promise<Evaluation>;
  evaluate(data: Dataset | BatchSource, options?: EvaluateOptions): Promise<Evaluation>;
  async evaluate(...given: Given<EvaluateOptions>): Promise<Evaluation> {
    const compiled = this.#compiled ?? (await this.#compile("evaluate"));
    const { data, options } = dataOf("evaluate", given, this, compiled.loss);
    requireOptions("evaluate", options, ["batchSize", "sampleWeight", "classWeight"]);
    let dataset = requireData(this, "evaluate", data, compiled.loss);
    if (options.sampleWeight || options.classWeight) {
      const { weighed } = await import("../training/weigh-data.js");
      dataset = weighed("evaluate", dataset, options, compiled.loss);
    }
    return this.#with((runtime) => evaluate(runtime, compiled, dataset, options));
  }

  /**
   * One step on one batch, for a loop of one's own: loss and accuracy as they were before it. Inputs and targets as `fit` takes them; the model's
   * own scaling is applied. Layers of the model that draw or keep averages do as in `fit`.
   * @throws as `fit` does.
   */
  async trainOnBatch(inputs: Samples, labels: Samples, options: OnBatchOptions = {}): Promise<BatchResult> {
    const { gradients: _, ...result } = await this.#onBatch("trainOnBatch", inputs, labels, options);
    return result;
  }

  /**
   * The loss of a batch and its gradient by every parameter that is trained, without a step: before clipping and weight decay, which belong to one.
   *
   * ```ts
   * const { loss, gradients } = await model.gradientsOf([[0.1, 0.2]], [1], { sampleWeight: [advantage] });
   * ```
   * @throws as `fit` does.
   */
  gradientsOf(inputs: Samples, labels: Samples, options: OnBatchOptions = {}): Promise<BatchGradients> {
    return this.#onBatch("gradientsOf", inputs, labels, options, "gradients");
  }

  /** `predict` with all samples at once. @throws as `predict` does. */
  predictOnBatch(inputs: Samples): Promise<Output> {
    return this.predict(inputs, { batchSize: Number.MAX_SAFE_INTEGER });
  }

  /**
   * The network's output for raw inputs, one sample or [samples, …inputShape], to which the model's own scaling is applied. Works while `fit` runs.
   * @throws {ShapeError} `input-shape` when the samples have another size, `rows-differ`. @throws {DataError} `data-type`.
   */
  async predict(given: Samples, options: PredictOptions = {}): Promise<Output> {
    requireOptions("predict", options, ["batchSize"]);
    requireSingle(this, "predict");
    const inputs = isSamples(given) ? samplesOf("predict", given, this.inputShape) : (given as Inputs);
    requireInputs(this, "predict", inputs);
    const [output] = await this.#with((runtime) => predict(runtime, [inputs], this.scaling, options));
    return output ?? { data: new Float32Array(0), shape: [0, ...this.outputShape] };
  }

  /**
   * The outputs of a model with any number of inputs and outputs, in the order of `model`'s: raw inputs [samples, …shape], one an `Input`. The
   * model's own scaling is applied where there is one input; several are taken as they are.
   * @throws {ShapeError} `input-shape` when an input has another size, or not as many samples as the others.
   */
  async predictAll(inputs: readonly Inputs[], options: PredictOptions = {}): Promise<Output[]> {
    requireOptions("predictAll", options, ["batchSize"]);
    requireAllInputs(this, inputs);
    const scaling = inputs.length === 1 ? this.scaling : ({ kind: "none" } as const);
    const outputs = await this.#with((runtime) => predict(runtime, inputs, scaling, options));
    if (outputs.length > 0) return outputs;
    const { graph, shapes } = this.network;
    return graph.outputs.map((value) => ({ data: new Float32Array(0), shape: [0, ...shapes[value]!] }));
  }

  /**
   * Like `predict`, as classes and probabilities: softmax over the outputs, or sigmoid where there is only one. Those of a closing Softmax or
   * Sigmoid are probabilities as they are, and so are, cut to [0, 1], those of a model whose loss is on no logits, such as `meanSquaredError`;
   * of several the greatest is the class then as well, and their share of the sum its probability. A model that was trained to tell several labels
   * says yes or no to each, by its own sigmoid.
   * @throws {ConfigError} `no-classes` for a model that was trained to predict numbers.
   * @throws {NumericError} `not-finite` naming a sample whose outputs are NaN.
   */
  async classify(inputs: Samples, options: PredictOptions = {}): Promise<Classification> {
    if (this.schema?.task.kind === "regression") {
      throw new ConfigError(
        "no-classes",
        `classify: the model "${this.name}" was trained to predict ${this.schema.task.targets.map(({ name }) => name).join(", ")}, which is a number; use predict.`,
      );
    }
    const output = await this.predict(inputs, options);
    const kind = outputKind(this.network.closing, this.loss);
    return this.schema?.task.kind === "multilabel" ? labelsOf(output, kind) : classesOf(output, kind);
  }

  /** Each layer's output for raw inputs, in the order in which the layers are applied. */
  async activations(inputs: Inputs): Promise<(Output & { readonly layer: string })[]> {
    requireSingle(this, "activations");
    requireInputs(this, "activations", inputs);
    const batchSize = Math.max(1, inputs.shape[0]!);
    const outputs = await this.#with((runtime) =>
      predict(runtime, [inputs], this.scaling, { batchSize }, true),
    );
    const { calls } = this.network.graph;
    return outputs.map((output, i) => ({ ...output, layer: calls[i]!.layer.name }));
  }

  /** Layers, shapes, and how many numbers are learnt. */
  summary(): ModelSummary {
    return summaryOf(this.name, this.network);
  }

  /** `summary()` as a table. */
  summaryText(): string {
    return formatSummary(this.summary());
  }

  /** All variables, learnt and state, in their public layouts, in the order of `summary`: copies. */
  getWeights(): Promise<NamedValue[]> {
    return this.#with((runtime) => runtime.machine.exclusive(() => runtime.readWeights()));
  }

  /** Replaces all variables. @throws {ConfigError} `weights-mismatch`, listing every name that is missing, surplus or misshapen. */
  async setWeights(weights: readonly NamedValue[]): Promise<void> {
    const values = matchWeights(this, weights);
    if (!this.#runtime && !this.#host && !this.#closed) {
      // Nothing runs yet: kept until something does.
      this.#initial = values;
      return;
    }
    await this.#with((runtime) => runtime.machine.exclusive(() => runtime.writeWeights(values)));
  }

  /** SHA-256, in hexadecimal, of all variables' little-endian float32 bytes in the order and layout of `getWeights`. */
  async weightsHash(): Promise<string> {
    return hashWeights(await this.getWeights());
  }

  /** Ends the threads and frees the memory, unless the engine was given from outside. The weights go with it: further calls are rejected. */
  async close(): Promise<void> {
    const running = this.#runtime;
    this.#runtime = undefined;
    this.#closed = true;
    if (this.#host) return;
    // A start that failed was told to who asked for it, and left nothing to close.
    await (await running?.catch(() => undefined))?.close();
  }

  /** As `close`, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #onBatch(
    what: string,
    inputs: Samples,
    labels: Samples,
    options: OnBatchOptions,
    only?: "gradients",
  ): Promise<BatchGradients> {
    const compiled = this.#compiled ?? (await this.#compile(what));
    requireOptions(what, options, ["sampleWeight"]);
    const { data } = dataOf(what, [inputs, labels], this, compiled.loss);
    const dataset = requireData(this, what, data, compiled.loss) as Dataset;
    if (this.#fitting) throw alreadyFitting(what);
    const { onBatch } = await import("../training/on-batch.js");
    return this.#with((runtime) =>
      onBatch(runtime, compiled, this.#counter, dataset, { ...options, scaling: this.scaling }, only),
    );
  }

  /** A fit's validation data, which may be samples, targets and weights. */
  #validation(given: NonNullable<FitOptions["validationData"]>, loss: Loss): CheckedData {
    if (!Array.isArray(given)) return requireData(this, "fit", given as Dataset | BatchSource, loss);
    const [inputs, labels, weights] = given as readonly [Samples, Samples, ArrayLike<number>?];
    const { data } = dataOf("validationData", [inputs, labels], this, loss);
    const weighed = weights ? { ...(data as Dataset), weights: Float32Array.from(weights) } : data;
    return requireData(this, "fit", weighed, loss);
  }

  /** Does `work` with what runs the model, which is started if need be. */
  async #with<T>(work: (runtime: Runtime) => Promise<T>): Promise<T> {
    if (this.#closed || this.#isHostClosed()) {
      throw new ConfigError(
        "closed",
        `The model "${this.name}" is closed, and its weights are gone; save them before, or make it anew.`,
      );
    }
    try {
      this.#runtime ??= this.#start();
      return await work(await this.#runtime);
    } catch (error) {
      throw asLoamError(error);
    }
  }

  #isHostClosed(): boolean {
    return this.#host !== undefined && (this.#host.#closed || this.#host.#isHostClosed());
  }

  #requireFree(): void {
    if (!this.#host) return;
    throw new ConfigError(
      "built-twice",
      `The model "${this.name}": expected a model that is a layer of no other, got one that is a layer of "${this.#host.name}"; copy it with bodyOf.`,
    );
  }

  /** Lets the layers of parts begin with what these have now, in this model's memory from here on. */
  async #takeIn(): Promise<void> {
    for (const part of this.#parts) {
      if (part.#fitting) throw alreadyFitting(part.name);
      await part.#takeIn();
      // What is shared waits for this model to start.
      const running = part.#shared ? undefined : await part.#runtime;
      const values = running ? (await running.readWeights()).map(({ data }) => data) : part.#initial;
      if (running) part.#runtime = undefined;
      part.#initial = undefined;
      await running?.close();
      if (!values) continue;
      const { given } = await import("../initializers/given.js");
      part.network.variables.forEach((variable, i) => {
        if (variable instanceof OwnedVariable) variable.begin(given(values[i]!));
      });
    }
  }

  async #start(): Promise<Runtime> {
    try {
      if (this.#host) {
        this.#shared = true;
        return await this.#host.#with((runtime) => runtime.sharedWith(this.network));
      }
      await this.#takeIn();
      const { engine } = this.#options;
      if (this.network.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0) > 2 ** 30) {
        // The message comes with a part that such a network never gets to.
        const { requireRoom } = await import("../training/fit.js");
        requireRoom(this.network, 1);
      }
      const runtime = await Runtime.create(this.network, this.seed, engine, this.#options, this.#initial);
      this.#initial = undefined;
      return runtime;
    } catch (error) {
      // The next call may have more luck.
      this.#runtime = undefined;
      throw error;
    }
  }

  /** Makes of names what they stand for. @throws {ConfigError} `not-compiled`, and what `compile` throws. */
  async #compile(what: string): Promise<Compiled> {
    if (!this.#named) {
      throw new ConfigError(
        "not-compiled",
        `${what}: the model "${this.name}" has no optimizer and loss yet; call compile first.`,
      );
    }
    const { byName } = await import("./by-name.js");
    const parts = byName(this.#named);
    // Called at once by two, or compiled anew meanwhile: the first stays.
    if (!this.#compiled && withoutNames(parts)) this.#compiled = compiledOf(parts);
    return this.#compiled!;
  }
}

function alreadyFitting(what: string): ConfigError {
  return new ConfigError(
    "already-fitting",
    `${what}: this model is being trained already; await that call first.`,
  );
}

function compiledOf({ optimizer, loss, metrics = [] }: CompiledParts): Compiled {
  const own = metrics.filter((metric) => metric !== "accuracy");
  return { optimizer, loss, accuracy: metrics.includes("accuracy"), metrics: own };
}
