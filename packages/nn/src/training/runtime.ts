import { type CheckedData, isSource } from "../data/batch-source.js";
import { NumericError } from "../errors.js";
import { initialize } from "../initializers/initialize.js";
import { randomPlace } from "../initializers/random-stream.js";
import type { Loss } from "../losses/loss.js";
import type { Metric } from "../metrics/metric.js";
import { input } from "../ops/leaves.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import { DataStore } from "../program/data-store.js";
import { decideParameterLayouts } from "../program/layouts.js";
import { LeasedCache } from "../program/leased-cache.js";
import { withMaps } from "../program/load-maps.js";
import type { LoadedData } from "../program/loaded-data.js";
import { type Engine, type EngineOptions, Machine, type Program } from "../program/machine.js";
import { MetricMemory } from "../program/metric-memory.js";
import {
  type LossRequest,
  loadEvaluation,
  loadPrediction,
  loadTraining,
  type ModelMemory,
  type UpdateRequest,
} from "../program/model-programs.js";
import { OptimizerState } from "../program/optimizer-state.js";
import { type NamedValue, ParameterStore } from "../program/parameter-store.js";
import { Queue } from "../program/queue.js";
import { makeSteps } from "../program/steps.js";
import { Words } from "../program/words.js";
import { requireFiniteWeights } from "./finite-weights.js";
import type { TrainedNetwork } from "./trained-model.js";

/** How a model is trained: what `compile` was given. */
export interface Compiled {
  readonly optimizer: Optimizer;
  readonly loss: Loss;
  readonly accuracy: boolean;
  readonly metrics: readonly Metric[];
}

/** Of these, what counts while nothing is learnt. */
export type Measured = Pick<Compiled, "loss" | "accuracy" | "metrics">;

export interface TrainingProgram {
  readonly step: Program;
  readonly diagnose: () => Promise<Program>;
}

/** A program that trains otherwise than by a step a batch. */
export interface TrainingVariant {
  /** Tells its programs from others. */
  readonly key: string;
  readonly words?: Words;
  readonly update?: (state: OptimizerState) => Promise<UpdateRequest>;
}

const PLAIN: TrainingVariant = { key: "" };

type Prediction = Awaited<ReturnType<typeof loadPrediction>>;

type RuntimeMemory = Omit<ModelMemory, "network"> & { readonly network: TrainedNetwork };

/** How many programs of each kind are kept: one a batch size, and a kind of data or loss. */
const KEPT_PROGRAMS = 32;
/** How many sets of metrics have their memory kept: of a fit and its evaluations, and of another pair. */
const KEPT_METRICS = 4;

/** Gives the parameters the values that they begin with. */
async function drawWeights(
  store: ParameterStore,
  block: number,
  { parameters }: TrainedNetwork,
  seed: number,
): Promise<void> {
  const streams = parameters.map((_, stream) => ({ seed, stream }));
  // Drawn by a kernel: V8 still interprets what a model does first, and would take longer over this than over a step.
  const words = await store.drawWords(block, streams.map(randomPlace));
  await store.write(
    block,
    parameters.map(({ initializer, shape }, i) => initialize(initializer, shape, streams[i]!, words[i])),
  );
}

/** Writes what is given by name, and leaves the rest of the block as it is. */
async function writeOver(store: ParameterStore, block: number, given: ReadonlyMap<string, Float32Array>) {
  const others = store.tensors.every(({ name }) => given.has(name)) ? [] : await store.read(block);
  await store.write(
    block,
    store.tensors.map(({ name }, i) => given.get(name) ?? others[i]!.data),
  );
}

/** Whether the full binary will be wanted, as far as that can be said before anything is planned: kernels of more than two sizes are convolutions'. */
function convolves({ parameters }: TrainedNetwork): boolean {
  return parameters.some(({ shape }) => shape.length > 2);
}

/** A model's numbers and programs on an engine. Programs are made when first asked for; the last ones used are kept. */
export class Runtime {
  readonly #memory: RuntimeMemory;
  readonly #data: DataStore;
  readonly #predictions: LeasedCache<Prediction>;
  readonly #evaluations: LeasedCache<Program>;
  readonly #trainings: LeasedCache<TrainingProgram>;
  readonly #metrics: LeasedCache<MetricMemory>;
  /** Losses and metrics, whose places here tell programs apart. */
  readonly #known: (Loss | Metric)[] = [];
  #optimizerState: OptimizerState | undefined;
  /** Evaluations share their sums and so take turns; training goes on between their slices. */
  readonly evaluations = new Queue();

  private constructor(
    memory: RuntimeMemory,
    private readonly seed: number,
    /** Counters and sums of training, and those of evaluating, which must not disturb it. */
    readonly words: Words,
    readonly evaluationWords: Words,
  ) {
    this.#memory = memory;
    const { machine } = memory;
    this.#predictions = new LeasedCache(KEPT_PROGRAMS, ({ program }) => machine.unload(program));
    this.#evaluations = new LeasedCache(KEPT_PROGRAMS, (program) => machine.unload(program));
    this.#trainings = new LeasedCache(KEPT_PROGRAMS, ({ step }) => machine.unload(step));
    this.#metrics = new LeasedCache(KEPT_METRICS, (one) => {
      const counting = (key: string) => key.endsWith(` ${one.id}`);
      this.#evaluations.drop(counting);
      this.#trainings.drop(counting);
      one.free();
    });
    this.#data = new DataStore(machine, ({ id }) => {
      const onData = (key: string) => key.startsWith(`${id} `);
      this.#evaluations.drop(onData);
      this.#trainings.drop(onData);
    });
  }

  /** @param weights The variables' values, in the network's order; drawn unless given. */
  static async create(
    network: TrainedNetwork,
    seed: number,
    engine: Engine | undefined,
    options: EngineOptions,
    weights?: readonly Float32Array[],
  ): Promise<Runtime> {
    // The binary is compiled on threads of the host's own, while this one plans.
    const starting = Machine.create(engine, options, convolves(network));
    let layouts: ReturnType<typeof decideParameterLayouts>;
    try {
      const xs = network.inputShapes.map((shape) => input("inputs", [1, ...shape]));
      const { outputs } = network.forward(xs, false);
      layouts = decideParameterLayouts(await withMaps(() => makeSteps(outputs, { grouped: false })));
    } catch (error) {
      await starting.then(
        (machine) => machine.close(),
        () => undefined,
      );
      throw error;
    }
    const machine = await starting;
    const store = new ParameterStore(machine, network.parameters, layouts);
    const block = await store.allocateBlock();
    if (!weights) await drawWeights(store, block, network, seed);
    const memory = { machine, network, store, block, ...(await stateOf(machine, network, seed, layouts)) };
    const words = [await Words.create(machine, seed), await Words.create(machine, seed)] as const;
    const runtime = new Runtime(memory, seed, ...words);
    if (weights) await runtime.writeWeights(weights);
    return runtime;
  }

  /** What runs a part of this network, on the same numbers. It has an optimizer of its own, which leaves those of the other parts. */
  async sharedWith(part: TrainedNetwork): Promise<Runtime> {
    const { network, machine } = this.#memory;
    const { inputShapes, answers, variables } = part;
    const seen: TrainedNetwork = {
      ...{ inputShapes, answers, variables },
      // In the order in which they lie.
      ...{ parameters: network.parameters, state: network.state },
      forward: (xs, training) => part.forward(xs, training),
      scores: (output, loss) => part.scores(output, loss),
      regularization: () => part.regularization(),
    };
    const { seed } = this;
    const words = [await Words.create(machine, seed), await Words.create(machine, seed)] as const;
    return new Runtime({ ...this.#memory, network: seen }, seed, ...words);
  }

  get machine(): Machine {
    return this.#memory.machine;
  }

  get engine(): Engine {
    return this.#memory.machine.engine;
  }

  /** How many answers a sample has; see `ModelGraph`. */
  get answers(): number {
    return this.#memory.network.answers;
  }

  /** All variables, parameters and state, in the network's order and their public layouts. */
  async readWeights(): Promise<NamedValue[]> {
    const { store, block, state, network } = this.#memory;
    const parameters = await store.read(block);
    const kept = state ? await state.store.read(state.block) : [];
    const values = new Map([...parameters, ...kept].map((one) => [one.name, one]));
    return network.variables.map(({ name }) => values.get(name)!);
  }

  /** Writes all variables, given in the network's order. */
  async writeWeights(values: readonly Float32Array[]): Promise<void> {
    const { store, block, state, network } = this.#memory;
    const given = new Map(network.variables.map(({ name }, i) => [name, values[i]!]));
    await writeOver(store, block, given);
    if (state) await writeOver(state.store, state.block, given);
  }

  /** One of the optimizer's slots: a value a parameter. */
  async readSlot(block: number): Promise<NamedValue[]> {
    const { store, network } = this.#memory;
    const own = new Set(network.variables.map(({ name }) => name));
    return (await store.read(block)).filter(({ name }) => own.has(name));
  }

  writeSlot(block: number, values: readonly Float32Array[]): Promise<void> {
    const trained = this.#memory.network.variables.filter(({ role }) => role === "trained");
    return writeOver(this.#memory.store, block, new Map(trained.map(({ name }, i) => [name, values[i]!])));
  }

  /** Where the optimizer's slots are, by their names: made if they are not there yet. */
  async slotsOf(optimizer: Optimizer): Promise<ReadonlyMap<string, number>> {
    return (await this.stateOf(optimizer)).slots;
  }

  /** The optimizer's numbers: made, after `steps` steps of the model, if they are not there yet. */
  async stateOf(optimizer: Optimizer, steps = 0): Promise<OptimizerState> {
    if (this.#optimizerState?.optimizer === optimizer) return this.#optimizerState;
    const { machine, store, block, network } = this.#memory;
    const own = new Set(network.variables);
    const frozen = new Set(
      network.parameters.filter((one) => !one.trainable || !own.has(one)).map(({ name }) => name),
    );
    // Fits take turns: none goes on with the optimizer of before.
    const before = this.#optimizerState;
    this.#optimizerState = undefined;
    this.#trainings.drop(() => true);
    before?.free();
    const state = await OptimizerState.create(machine, store, block, this.words, optimizer, frozen);
    state.startStep = steps;
    this.#optimizerState = state;
    return state;
  }

  /**
   * What `work` makes of data in memory: a dataset, which stays there while it runs, or what is read of a source, in batches of this size.
   * `signal` tells the source when to stop.
   */
  withData<R>(
    data: CheckedData,
    batch: number,
    signal: AbortSignal | undefined,
    work: (data: LoadedData) => Promise<R>,
  ): Promise<R> {
    return isSource(data) ? this.#data.stream(data, batch, signal, work) : this.#data.use(data, work);
  }

  /** Lets `work` have memory for metrics: one for fits, and one for evaluations, which take turns. */
  async withMetrics<R>(
    metrics: readonly Metric[],
    use: "fit" | "evaluate",
    work: (memory: MetricMemory | undefined) => Promise<R>,
  ): Promise<R> {
    if (metrics.length === 0) return work(undefined);
    const key = [use, ...metrics.map((metric) => this.#idOf(metric))].join(" ");
    return this.#metrics.use(key, () => MetricMemory.create(this.machine, metrics), work);
  }

  /** Lets `work` have the program that predicts one batch. */
  prediction<R>(batch: number, every: boolean, work: (prediction: Prediction) => Promise<R>): Promise<R> {
    return this.#predictions.use(`${batch} ${every}`, () => loadPrediction(this.#memory, batch, every), work);
  }

  /** Lets `work` have the program that evaluates one batch, in the data's given order. */
  evaluation<R>(
    data: LoadedData,
    batch: number,
    compiled: Measured,
    metrics: MetricMemory | undefined,
    work: (program: Program) => Promise<R>,
  ): Promise<R> {
    return this.#evaluations.use(
      `${data.id} ${batch} ${this.#idOf(compiled.loss)} ${compiled.accuracy} ${metrics?.id}`,
      () =>
        loadEvaluation(
          this.#memory,
          batch,
          this.#request(data, compiled, "given", this.evaluationWords, metrics),
        ),
      work,
    );
  }

  /** Lets `work` have the program of one training step on a batch, in the data's shuffled order; or of another that ends like it. */
  async training<R>(
    data: LoadedData,
    batch: number,
    compiled: Compiled,
    metrics: MetricMemory | undefined,
    work: (program: TrainingProgram) => R | Promise<R>,
    variant: TrainingVariant = PLAIN,
  ): Promise<R> {
    const state = await this.stateOf(compiled.optimizer);
    const { key, words = this.words, update } = variant;
    return this.#trainings.use(
      `${data.id} ${batch} ${this.#idOf(compiled.loss)} ${compiled.accuracy} ${state.id} ${key}${metrics?.id}`,
      async () =>
        loadTraining(
          this.#memory,
          batch,
          this.#request(data, compiled, "shuffled", words, metrics),
          update ? await update(state) : state.update,
        ),
      work,
    );
  }

  /**
   * Finds where the step that left itself went wrong, by running it once more with a look behind every op.
   * @throws {NumericError} when it was wrong before.
   */
  async explain(diagnose: () => Promise<Program>, step: number): Promise<NumericError> {
    const { engine } = this;
    requireFiniteWeights(await this.readWeights(), step);
    const program = await diagnose();
    await engine.write(this.words.found, new Uint32Array(1));
    await this.machine.run(program);
    this.machine.unload(program);
    const [mark] = new Uint32Array((await engine.read(this.words.found, 4)).buffer);
    const checks = program.instructions.filter(({ name }) => name === "check_finite");
    const culprit = checks[(mark ?? 0) - 1];
    const layer = culprit?.scope || "loss";
    const op = culprit?.op ?? "loss";
    return new NumericError(
      "not-finite",
      `Layer "${layer}": op ${op} gave a value that is not finite at step ${step + 1}; lower the learning rate, or look at the data.`,
      { step: step + 1, op, layer },
    );
  }

  close(): Promise<void> {
    return this.machine.close();
  }

  /** Tells a loss or a metric from another, which may have the same name. */
  #idOf(loss: Loss | Metric): number {
    const id = this.#known.indexOf(loss);
    return id < 0 ? this.#known.push(loss) - 1 : id;
  }

  #request(
    data: LoadedData,
    { loss, accuracy }: Measured,
    order: LossRequest["order"],
    words: Words,
    metrics: MetricMemory | undefined,
  ): LossRequest {
    return { loss, accuracy, data, order, words, ...(metrics && { metrics }) };
  }
}

/** State variables in a block of their own, as they begin; nothing for a network that has none. */
async function stateOf(
  machine: Machine,
  { parameters, state }: TrainedNetwork,
  seed: number,
  layouts: ParameterStore["layouts"],
): Promise<Pick<ModelMemory, "state">> {
  if (state.length === 0) return {};
  const store = new ParameterStore(machine, state, layouts);
  const block = await store.allocateBlock();
  // Streams behind the parameters', whose numbers do not depend on who keeps state beside them.
  const values = state.map(({ initializer, shape }, i) =>
    initialize(initializer, shape, { seed, stream: parameters.length + i }),
  );
  await store.write(block, values);
  return { state: { store, block } };
}
