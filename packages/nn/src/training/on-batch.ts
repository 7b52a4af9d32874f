import type { Dataset } from "../data/dataset.js";
import { applyScaling, type Scaling } from "../data/scaling.js";
import { DataError } from "../errors.js";
import type { LoadedData } from "../program/loaded-data.js";
import type { UpdateRequest } from "../program/model-programs.js";
import type { NamedValue } from "../program/parameter-store.js";
import type { TrainedSoFar } from "./fit-loop.js";
import type { Compiled, Runtime } from "./runtime.js";

export interface OnBatchOptions {
  /** What each sample's loss is multiplied by before the mean: any finite numbers, as advantages are. */
  readonly sampleWeight?: ArrayLike<number>;
}

/** What a batch came to, before the step. */
export interface BatchResult {
  /** Mean over the batch, penalties included. */
  readonly loss: number;
  /** The share told right, in [0, 1], where the model was compiled to count it. */
  readonly accuracy?: number;
}

export interface BatchGradients extends BatchResult {
  /** dL/dθ of every parameter that is trained, by its name and in its public layout: copies. */
  readonly gradients: readonly NamedValue[];
}

/** A batch that is written to where a program wants it. */
interface DirectData extends LoadedData {
  places: Parameters<LoadedData["gather"]>[1] | undefined;
}

let nextId = 0;
/** By what a model was compiled with, and the kind of batch. */
const known = new WeakMap<Compiled, Map<string, DirectData>>();

function directData(
  compiled: Compiled,
  key: string,
  about: Pick<LoadedData, "samples" | "labels" | "weighted">,
) {
  const all = known.get(compiled) ?? new Map<string, DirectData>();
  known.set(compiled, all);
  const data: DirectData = all.get(key) ?? {
    ...about,
    // Apart from those of data sets.
    id: --nextId,
    places: undefined,
    gather(_, to) {
      data.places = to;
    },
    beginPass() {},
    ready: () => about.samples,
  };
  all.set(key, data);
  return data;
}

/** The program of a step without its update, and without a count of it. */
const GRADIENTS = {
  key: "gradients ",
  update: async ({ update: { gradients, frozen } }: { readonly update: UpdateRequest }) => ({
    ...{ gradients, frozen },
    emit() {},
  }),
};

/**
 * A step on a batch, or with `only` its gradients alone. See `Model.trainOnBatch` and `Model.gradientsOf`.
 * @throws {DataError} `weights-invalid`. @throws {NumericError} as `fit` does.
 */
export async function onBatch(
  runtime: Runtime,
  compiled: Compiled,
  counter: TrainedSoFar,
  { inputs, labels, name }: Dataset,
  { scaling, sampleWeight }: OnBatchOptions & { readonly scaling: Scaling },
  only: "gradients" | undefined,
): Promise<BatchGradients> {
  const batch = inputs.shape[0]!;
  const { machine, words, engine } = runtime;
  const state = await runtime.stateOf(compiled.optimizer, counter.steps);
  const targets = labels.data instanceof Uint8Array ? Uint32Array.from(labels.data) : labels.data;
  const kind = {
    type: targets instanceof Float32Array ? ("f32" as const) : ("u32" as const),
    shape: labels.shape.slice(1),
  };
  const weights = sampleWeight && Float32Array.from(sampleWeight);
  if (weights && !(weights.length === batch && weights.every(Number.isFinite))) {
    throw new DataError(
      "weights-invalid",
      `${name}: expected ${batch} finite sample weights, got ${weights.length}.`,
    );
  }
  const about = { samples: batch, labels: kind, weighted: weights !== undefined };
  const data = directData(compiled, `${batch} ${kind.type} ${kind.shape} ${about.weighted} ${only}`, about);
  const xs = applyScaling(inputs.data, scaling);
  const taken = counter.steps - state.startStep;
  return runtime.training(
    ...([data, batch, compiled, undefined] as const),
    ({ step, diagnose }) =>
      machine.exclusive(async () => {
        const at = data.places!;
        if (!only) await state.beginSlice(taken, 1);
        await words.setStep(taken);
        await words.beginPass();
        await engine.write(at.inputs[0]!, xs);
        await engine.write(at.labels, targets);
        if (weights) await engine.write(at.weights!, weights);
        const { finite } = await machine.run(step);
        if (!finite) throw await runtime.explain(diagnose, counter.steps);
        if (!only) counter.steps++;
        const { lossSum, correct } = await words.sums();
        const all = only ? await runtime.readSlot(state.update.gradients) : [];
        return {
          loss: lossSum / batch,
          ...(compiled.accuracy && { accuracy: correct / batch }),
          gradients: all.filter((one) => !state.update.frozen.has(one.name)),
        };
      }),
    only && GRADIENTS,
  );
}
