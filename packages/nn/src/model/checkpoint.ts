import { platform } from "#platform";
import { fingerprint } from "../data/fingerprint.js";
import {
  ConfigError,
  DataError,
  FormatError,
  requireIn,
  requirePositiveInteger,
  showValue,
} from "../errors.js";
import { requireOptions } from "../options.js";
import type { Checkpointer, FitPosition, FitRun } from "../training/checkpointer.js";
import { requireFiniteWeights } from "../training/finite-weights.js";
import { VERSION } from "../version.js";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "./checkpoint-file.js";
import { architectureOf } from "./model-file.js";

export { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "./checkpoint-file.js";

export interface CheckpointOptions {
  /** Where checkpoints go, each in place of the last: a file, written whole or not at all, or a function that is given the bytes. */
  readonly to?: string | ((bytes: Uint8Array) => void | Promise<void>);
  /**
   * Where the best of them goes besides: the one whose loss is lower than that of every one before it. Weights that have become useless while they
   * are still finite are saved like others; this one stays. With validation data it is the epoch's loss on that, and the best goes here before it goes
   * to `to`. Without, it is the training loss that the next checkpoint comes with, since what steps lose tells of the weights before them: the best goes here
   * before the next goes to `to`, and the first is the best at first.
   */
  readonly best?: string | ((bytes: Uint8Array) => void | Promise<void>);
  /** Steps of the fit from one checkpoint to the next. */
  readonly everySteps?: number;
  /** Epochs from one to the next; default 1, or none where `everySteps` is given. The end of the fit always leaves one. */
  readonly everyEpochs?: number;
  /** Seconds that pass at least from one to the next, so that short epochs do not spend their time on the disk; default 0. */
  readonly pauseSeconds?: number;
  /** The checkpoint to go on from: a file or its bytes. */
  readonly from?: string | Uint8Array;
  /** Told in a sentence what may keep the bits from being the same: another version of Loam, another binary, or a file without a checksum. */
  readonly onWarning?: (sentence: string) => void;
}

/**
 * Checkpoints for `fit`: it saves one at regular steps or epochs, when it is done and when its signal stops it, and goes on from one as if it
 * had never stopped. The same model, data and options must be given again, and then weights and history are the same to the last bit;
 * wall-clock figures are not. `epochs` and `steps` may be others: a run can be made longer.
 *
 * ```ts
 * const signal = AbortSignal.timeout(60_000);
 * await model.fit(data, { epochs: 5, signal, checkpoint: checkpoints({ to: "run.safetensors" }) });
 * // later, with a model made in the same way
 * await model.fit(data, { epochs: 5, checkpoint: checkpoints({ from: "run.safetensors", to: "run.safetensors" }) });
 * ```
 *
 * @throws {ConfigError} here for options that are not allowed; from `fit`, before its first step, `checkpoint-configuration` when model,
 * optimizer, loss, options or the callbacks with a state are not those of the checkpoint, with all differences. From `fit` also {DataError} `checkpoint-data` when the
 * data is not, {FormatError} `not-a-checkpoint`, `checkpoint-invalid` and those of safetensors, {PlatformError} for the file.
 */
export function checkpoints(options: CheckpointOptions): Checkpointer {
  requireOptions("checkpoints", options, [
    "to",
    "best",
    "everySteps",
    "everyEpochs",
    "pauseSeconds",
    "from",
    "onWarning",
  ]);
  const { to, best, from, everySteps, pauseSeconds = 0, onWarning = () => {} } = options;
  const everyEpochs = options.everyEpochs ?? (everySteps === undefined ? 1 : Number.POSITIVE_INFINITY);
  if (everySteps !== undefined) requirePositiveInteger("checkpoints", "everySteps", everySteps);
  if (options.everyEpochs !== undefined) requirePositiveInteger("checkpoints", "everyEpochs", everyEpochs);
  requireIn("checkpoints", "pauseSeconds", pauseSeconds, "[0, Infinity)");
  let about: Pick<Checkpoint, "configuration" | "data"> | undefined;
  let saved: FitPosition | undefined;
  let savedAt = Number.NEGATIVE_INFINITY;
  let lowest = Number.POSITIVE_INFINITY;
  /** The checkpoint before, where the next one may find that it was the best. */
  let before: Uint8Array | undefined;

  const save = async (run: FitRun, position: FitPosition, loss = Number.NaN): Promise<void> => {
    if (!(to || best) || !about || (saved && isSamePlace(saved, position))) return;
    const numbers = await numbersOf(run);
    // The last good one stays.
    requireFiniteWeights(numbers.weights, position.startStep + position.step);
    const isBest = Number.isFinite(loss) && loss < lowest;
    if (isBest) lowest = loss;
    const known = Number.isFinite(lowest) && { best: lowest };
    const bytes = encodeCheckpoint({ ...about, ...numbers, position, ...known });
    // First, so that whatever happens between the two, the other says nothing of a best one that is not there.
    if (best && isBest) await put(best, isValidated(run) ? bytes : (before ?? bytes));
    if (to) await put(to, bytes);
    if (best) before = bytes;
    saved = position;
    savedAt = performance.now();
  };

  return {
    async begin(run) {
      about = { configuration: configurationOf(run), data: await dataOf(run) };
      saved = undefined;
      [lowest, before] = [Number.POSITIVE_INFINITY, undefined];
      if (from === undefined) return undefined;
      const name = typeof from === "string" ? from : "checkpoint";
      const bytes = typeof from === "string" ? await platform.readFile(from) : from;
      const checkpoint = decodeCheckpoint(bytes, name, onWarning);
      requireSame(name, checkpoint, about);
      for (const warning of warningsOf(name, checkpoint, run)) onWarning(warning);
      await restore(name, checkpoint, run);
      saved = checkpoint.position;
      lowest = checkpoint.best ?? lowest;
      if (best) before = bytes;
      return checkpoint.position;
    },
    stepsLeft: (step) =>
      everySteps === undefined ? Number.POSITIVE_INFINITY : everySteps - (step % everySteps),
    async reached(run, moment, position, loss) {
      const waited = performance.now() - savedAt >= 1000 * pauseSeconds;
      const due =
        moment === "end" ||
        (waited && moment === "slice" && everySteps !== undefined && position.step % everySteps === 0) ||
        (waited && moment === "epoch" && (position.epoch - 1) % everyEpochs === 0);
      if (due) await save(run, position, loss);
    },
  };
}

function isValidated({ validationData, options }: FitRun): boolean {
  return validationData !== undefined || options.validationSplit !== undefined;
}

function put(to: NonNullable<CheckpointOptions["to"]>, bytes: Uint8Array): void | Promise<void> {
  return typeof to === "string" ? platform.writeFile(to, bytes) : to(bytes);
}

function isSamePlace(a: FitPosition, b: FitPosition): boolean {
  return a.step === b.step && a.epoch === b.epoch;
}

/** Everything that decides a fit's bits beside its data, as plain JSON. */
function configurationOf({ model, compiled, options, runtime, callbacks }: FitRun): Record<string, unknown> {
  const { inputShape, layers, graph } = architectureOf(model);
  const { optimizer, loss, accuracy, metrics } = compiled;
  const { batchSize = 32, shuffle = true, validationSplit, classWeight, accumulate, onNaN } = options;
  const configuration = {
    ...{ inputShape, layers, graph },
    optimizer: { name: optimizer.name, ...optimizer.config() },
    loss: { name: loss.name, ...loss.config?.() },
    ...{ accuracy, batchSize, shuffle, validationSplit, classWeight, accumulate, seed: model.seed },
    ...(onNaN !== "stop" && { onNaN }),
    precision: runtime.engine.precision,
    ...(metrics.length > 0 && { metrics: metrics.map(({ name }) => name) }),
    ...(callbacks.length > 0 && { callbacks }),
  };
  return JSON.parse(JSON.stringify(configuration)); // as it will be read back
}

async function dataOf({ dataset, validationData }: FitRun): Promise<Checkpoint["data"]> {
  return {
    training: await fingerprint(dataset),
    ...(validationData && { validation: await fingerprint(validationData) }),
  };
}

/** Weights, slots, and what may have changed on the way. */
async function numbersOf({ model, runtime, compiled: { optimizer } }: FitRun) {
  return runtime.machine.exclusive(async () => {
    const slots = new Map<string, Awaited<ReturnType<typeof runtime.readWeights>>>();
    for (const [slot, block] of await runtime.slotsOf(optimizer)) {
      slots.set(slot, await runtime.readSlot(block));
    }
    return {
      architecture: architectureOf(model),
      weights: await runtime.readWeights(),
      slots,
      learningRate: optimizer.learningRate,
      ...{ loam: VERSION, binary: runtime.engine.binary },
    };
  });
}

/** Puts a checkpoint's numbers back, all or none. */
async function restore(name: string, checkpoint: Checkpoint, run: FitRun): Promise<void> {
  const { runtime, compiled, model } = run;
  const { optimizer } = compiled;
  const { variables, parameters } = model.network;
  const blocks = await runtime.slotsOf(optimizer);
  const groups = [checkpoint.weights, ...[...blocks.keys()].map((slot) => checkpoint.slots.get(slot) ?? [])];
  for (const [at, group] of groups.entries()) {
    const expected = at === 0 ? variables : parameters;
    const fits = expected.every(
      ({ name: parameter, shape }, i) =>
        group[i]?.name === parameter && String(group[i]?.shape) === String(shape),
    );
    if (!fits || group.length !== expected.length) {
      throw new FormatError(
        "checkpoint-invalid",
        `${name}: its tensors are not those of its own configuration; it is damaged, take an earlier one.`,
        { file: name },
      );
    }
  }
  await runtime.machine.exclusive(async () => {
    const [weights, ...slots] = groups.map((group) => group.map(({ data }) => data));
    await runtime.writeWeights(weights!);
    for (const [i, block] of [...blocks.values()].entries()) await runtime.writeSlot(block, slots[i]!);
  });
  optimizer.learningRate = checkpoint.learningRate;
}

/** @throws {ConfigError} `checkpoint-configuration`. @throws {DataError} `checkpoint-data`. */
function requireSame(name: string, then: Checkpoint, now: Pick<Checkpoint, "configuration" | "data">): void {
  const differences = differencesOf(then.configuration, now.configuration);
  if (differences.length > 0) {
    throw new ConfigError(
      "checkpoint-configuration",
      `${name}: this run is not the checkpoint's: ${differences.join("; ")}; make them agree, or begin anew without it.`,
    );
  }
  for (const part of ["training", "validation"] as const) {
    if (then.data[part] === now.data[part]) continue;
    throw new DataError(
      "checkpoint-data",
      `${name}: the ${part} data is not what the checkpoint was made with; give the same data, or begin anew without it.`,
      { file: name },
    );
  }
}

/** `batchSize was 32 and is 64`, for every leaf that differs. */
function differencesOf(then: unknown, now: unknown, where = ""): string[] {
  const branches = [then, now].map((value) => typeof value === "object" && value !== null);
  if (!branches[0] || !branches[1]) {
    return Object.is(then, now) ? [] : [`${where} was ${shown(then)} and is ${shown(now)}`];
  }
  const [a, b] = [then as Record<string, unknown>, now as Record<string, unknown>];
  const list = Array.isArray(then);
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) =>
    differencesOf(a[key], b[key], list ? `${where}[${key}]` : where === "" ? key : `${where}.${key}`),
  );
}

function shown(value: unknown): string {
  return value === undefined ? "not given" : showValue(value);
}

function warningsOf(name: string, { loam, binary }: Checkpoint, { runtime }: FitRun): string[] {
  const end = "what follows may differ from an uninterrupted run in the last bits.";
  return [
    ...(loam === VERSION ? [] : [`${name}: was written by Loam ${loam}, and this is ${VERSION}; ${end}`]),
    ...(binary === runtime.engine.binary
      ? []
      : [
          `${name}: was made with the ${binary} binary, and this is the ${runtime.engine.binary} one; ${end}`,
        ]),
  ];
}
