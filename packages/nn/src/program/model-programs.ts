import { gradients } from "../autodiff/gradients.js";
import type { Layout } from "../graph/layout.js";
import type { Lowering } from "../graph/op.js";
import { type Shape, sizeOf } from "../graph/shape.js";
import { type Tensor, withScope } from "../graph/tensor.js";
import { add } from "../ops/add.js";
import { input } from "../ops/leaves.js";
import { mean } from "../ops/reductions.js";
import type { LoadedData } from "./loaded-data.js";
import type { Machine, Program } from "./machine.js";
import type { Measuring, MetricMemory } from "./metric-memory.js";
import type { ParameterStore, StoredTensor } from "./parameter-store.js";
import { type Assign, type PlanRequest, planned } from "./plan.js";
import type { Words } from "./words.js";

type Emit = Lowering["emit"];
type Places = Map<Tensor, { address: number; layout: Layout | undefined }>;

/** What a loss is to a program: the graph that it makes. */
export interface LossGraph {
  readonly name: string;
  readonly onLogits?: "softmax" | "sigmoid";
  call(prediction: Tensor, target: Tensor): Tensor;
}

/** What a model makes of a batch. */
export interface Forward {
  readonly outputs: readonly Tensor[];
  /** Each layer's output. */
  readonly layers: readonly Tensor[];
  /** What the step is to leave in state variables; only in training. */
  readonly assigns: readonly Assign[];
}

/** What a model is to a program: the graphs that it makes of a batch. */
export interface ModelGraph {
  /** The shapes of one sample, by the inputs. */
  readonly inputShapes: readonly Shape[];
  /** How many answers a sample has, of which accuracy is the share told right: the steps of a sequence, 1 of anything else. */
  readonly answers: number;
  /** What is learnt by gradients, and what is kept by assigns. */
  readonly parameters: readonly StoredTensor[];
  readonly state: readonly StoredTensor[];
  /** @param xs a batch x [batch, …inputShape] an input. */
  forward(xs: readonly Tensor[], training: boolean): Forward;
  /** What a loss is to see of the network's output. */
  scores(output: Tensor, loss: LossGraph): Tensor;
  /** The sum of all penalties on parameters, a scalar. */
  regularization(): Tensor | undefined;
}

/** What every program of one model shares. */
export interface ModelMemory {
  readonly machine: Machine;
  readonly network: ModelGraph;
  readonly store: ParameterStore;
  /** Address of the parameters' block. */
  readonly block: number;
  /** The state variables, apart from the parameters: an update goes over the whole of its block. */
  readonly state?: StoredBlock;
}

export interface StoredBlock {
  readonly store: ParameterStore;
  readonly block: number;
}

export interface LossRequest {
  readonly loss: LossGraph;
  readonly accuracy: boolean;
  readonly data: LoadedData;
  readonly order: "shuffled" | "given";
  readonly words: Words;
  /** Where metrics are counted, if there are any. */
  readonly metrics?: MetricMemory;
}

const NOTHING: Measuring = { outputs: [], assigns: [], places: new Map(), emit() {} };

/** The update at the end of a training step. */
export interface UpdateRequest {
  readonly gradients: number;
  /** Names of the parameters that it leaves, and that need no gradient. */
  readonly frozen: ReadonlySet<string>;
  /** Emits the optimizer's instruction. */
  emit(emit: Emit): void;
}

/** inputs [batch, …sample] → the network's outputs, or with `every` each layer's, readable when the program has run. */
export async function loadPrediction(
  memory: ModelMemory,
  batch: number,
  every: boolean,
): Promise<{ program: Program; inputs: readonly number[]; outputs: { tensor: Tensor; address: number }[] }> {
  const { machine, network } = memory;
  const xs = network.inputShapes.map((shape) => input("inputs", [batch, ...shape]));
  const forward = network.forward(xs, false);
  const outputs = every ? forward.layers : forward.outputs;
  const [inputs, batchPlaces] = await roomFor(machine, xs);
  const places: Places = new Map([...leafPlaces(memory), ...batchPlaces]);
  const words = { step: 0, seed: 0 };
  const program = await machine.load(await planned({ ...machine.planning, outputs, places, words }));
  return {
    program,
    inputs,
    outputs: outputs.map((tensor) => ({ tensor, address: program.plan.addressOf(tensor, program.arena) })),
  };
}

/** One batch through the network and the loss; adds Σ loss·batch and the number told right to the words. */
export async function loadEvaluation(
  memory: ModelMemory,
  batch: number,
  request: LossRequest,
): Promise<Program> {
  const graph = await lossGraph(memory, batch, request, false);
  return memory.machine.load(
    await planned({
      ...memory.machine.planning,
      outputs: [graph.total, ...graph.measured.outputs],
      assigns: graph.measured.assigns,
      places: graph.places,
      words: request.words,
      before: graph.gather,
      after: graph.metrics,
      behind: (emit) => {
        graph.measured.emit(emit);
        advance(emit, request.words, batch);
      },
    }),
  );
}

/** One training step: gather, forward, loss, backward, update. It leaves itself before the update when the loss is not finite. */
export async function loadTraining(
  memory: ModelMemory,
  batch: number,
  request: LossRequest,
  update: UpdateRequest,
): Promise<{ step: Program; diagnose: () => Promise<Program> }> {
  const { machine, network, store } = memory;
  const graph = await lossGraph(memory, batch, request, true);
  const targets = trainedGradients(network, graph.total, update.frozen);
  const trained = targets.filter((tensor) => tensor !== undefined);
  const places: Places = new Map([...graph.places, ...store.places(update.gradients, targets)]);
  const plan: PlanRequest = {
    ...machine.planning,
    outputs: [graph.total, ...trained],
    places,
    words: request.words,
    before: graph.gather,
  };
  const step = await machine.load(
    await planned({
      ...plan,
      outputs: [...plan.outputs, ...graph.measured.outputs],
      assigns: [...graph.assigns, ...graph.measured.assigns],
      after: graph.metrics,
      behind: (emit) => {
        graph.measured.emit(emit);
        update.emit(emit);
        advance(emit, request.words, batch);
      },
    }),
  );
  // The same step over the same batch with a look behind every op, and no effect: only made when something went wrong.
  let mark = 0;
  const diagnose = async () =>
    machine.load(
      await planned({
        ...plan,
        inspect: (emit, { address, n }) =>
          emit("check_finite", { found: request.words.found, x: address, n, mark: ++mark }),
      }),
    );
  return { step, diagnose };
}

/** The gradient of each parameter; undefined for those that are frozen, or that the loss does not depend on. */
export function trainedGradients(
  { parameters }: ModelGraph,
  total: Tensor,
  frozen: ReadonlySet<string>,
): (Tensor | undefined)[] {
  const trained = parameters.filter(({ name }) => !frozen.has(name)).map(({ tensor }) => tensor);
  const found = gradients(total, trained);
  const gradientOf = new Map(trained.map((tensor, i) => [tensor, found[i]]));
  return parameters.map(({ tensor }) => gradientOf.get(tensor));
}

/** What is made as small as can be: the loss's mean over the batch, and the penalties. */
export function totalLoss(
  network: ModelGraph,
  loss: LossGraph,
  scores: Tensor,
  t: Tensor,
  weigh: (loss: LossGraph, value: Tensor) => Tensor = (_, value) => value,
): Tensor {
  return withScope("loss", () => {
    const value = weigh(loss, loss.call(scores, t));
    const averaged = value.shape.length === 0 ? value : mean(value);
    const penalty = network.regularization();
    return penalty ? add(averaged, penalty) : averaged;
  });
}

function leafPlaces({ store, block, state }: ModelMemory): Places {
  return new Map([...store.places(block), ...(state?.store.places(state.block) ?? [])]);
}

/** Where a batch's tensors lie, one behind the other, each on a cache line of its own. */
async function roomFor(machine: Machine, batch: readonly Tensor[]): Promise<[number[], Places]> {
  const bytes = batch.map(({ shape }) => Math.ceil((4 * sizeOf(shape)) / 64) * 64);
  let next = await machine.batch(bytes.reduce((total, size) => total + size));
  const addresses = bytes.map((size) => {
    next += size;
    return next - size;
  });
  return [addresses, new Map(batch.map((x, i) => [x, { address: addresses[i]!, layout: undefined }]))];
}

async function lossGraph(memory: ModelMemory, batch: number, request: LossRequest, training: boolean) {
  const { machine, network } = memory;
  const { loss, accuracy, data, order, words } = request;
  const xs = network.inputShapes.map((shape) => input("inputs", [batch, ...shape]));
  const t = input("labels", [batch, ...data.labels.shape], data.labels.type);
  const w = data.weighted ? input("weights", [batch]) : undefined;
  const [addresses, batchPlaces] = await roomFor(machine, [...xs, t, ...(w ? [w] : [])]);
  const [labels, weights] = addresses.slice(xs.length);
  const at = { inputs: addresses.slice(0, xs.length), labels: labels!, weights };
  const { outputs, assigns } = network.forward(xs, training);
  const scores = network.scores(outputs[0]!, loss);
  // Most data has no weights, and a page without them is spared this part.
  const weighted = w && (await import("./weighted-loss.js")).weightedLoss(w);
  const total = totalLoss(network, loss, scores, t, weighted);
  const measured = request.metrics?.measure(outputs[0]!, t) ?? NOTHING;
  const places: Places = new Map([...leafPlaces(memory), ...measured.places, ...batchPlaces]);
  const metrics: PlanRequest["after"] = {
    tensor: total,
    reads: accuracy ? [scores] : [],
    emit: (emit, addressOf) => {
      emit("stop_if_not_finite", { x: addressOf(total) });
      emit("accumulate", { sum: words.lossSum, x: addressOf(total), n: 1, weight: batch });
      if (accuracy) emitAccuracy(emit, request, scores, addressOf(scores), at.labels);
    },
  };
  return {
    total,
    assigns,
    measured,
    places,
    gather: (emit: Emit) => data.gather(emit, at, batch, order, words.position),
    metrics,
  };
}

function emitAccuracy(
  emit: Emit,
  { words: { correct: count }, data, loss }: LossRequest,
  { shape: [batch = 1, ...sample] }: Tensor,
  logits: number,
  labels: number,
): void {
  const cols = sample.at(-1) ?? 1;
  const rows = (batch * sizeOf(sample)) / cols;
  // What is no logit is a probability, or a number that is to be 0 or 1.
  const threshold = loss.onLogits === "sigmoid" ? 0 : 0.5;
  if (cols === 1) emit("binary_accuracy", { count, logits, targets: labels, n: rows, threshold });
  else emit("accuracy", { count, logits, labels, rows, cols, sparse: data.labels.type === "u32" ? 1 : 0 });
}

function advance(emit: Emit, { step, position, tick }: Words, by: number): void {
  emit("advance", { step, position, by, tick });
}
