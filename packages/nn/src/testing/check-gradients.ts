import { gradients } from "../autodiff/gradients.js";
import type { Dataset } from "../data/dataset.js";
import { applyScaling } from "../data/scaling.js";
import { requireIn, requirePositiveInteger } from "../errors.js";
import { sizeOf } from "../graph/shape.js";
import { reachable, type Tensor } from "../graph/tensor.js";
import type { Loss } from "../losses/loss.js";
import { requireDataset, requireSingle } from "../model/checks.js";
import type { Model } from "../model/model.js";
import { input } from "../ops/leaves.js";
import { requireOptions } from "../options.js";
import { Machine } from "../program/machine.js";
import { totalLoss } from "../program/model-programs.js";
import { planned } from "../program/plan.js";
import { isLeaf } from "../program/step.js";
import { evaluateReference } from "../reference/evaluate.js";

export interface CheckGradientsOptions {
  readonly loss: Loss;
  /** How many numbers of each parameter are looked at, spread evenly over it; default 20. Each takes two passes in float64. */
  readonly entries?: number;
  /** How far a number is moved to either side, default 1e-4, or as much of it where it is above 1. */
  readonly step?: number;
}

/** How one parameter's gradient compares with central differences. */
export interface GradientCheck {
  /** The parameter's name. */
  readonly name: string;
  /** How many of its numbers were looked at. */
  readonly entries: number;
  /** The greatest difference between the two, and the greatest absolute value, of what was looked at. */
  readonly error: number;
  readonly gradient: number;
}

/**
 * Compares each parameter's gradient, as the kernels compute it in float32, with central differences of the loss in float64, where each op is
 * computed by its reference: (L(w + h) − L(w − h)) / 2h. For layers and losses of one's own:
 *
 * ```ts
 * for (const { name, error, gradient } of await checkGradients(model, batch, { loss }))
 *   if (error > 1e-4 * (gradient + 1e-3)) throw new Error(`the gradient of ${name} is off by ${error}`);
 * ```
 *
 * The loss is that of `fit`: the mean over the batch, penalties included, with the model's own weights, which stay as they are. Dropout is off,
 * as it is when a model is evaluated. A kink, as ReLU has at 0, is seen as an error where a step reaches over it.
 *
 * @param batch a few samples, as a data set: all of it is one batch
 * @throws {ConfigError} for an option out of its range, or `not-single`. @throws {ShapeError} `input-shape` when the samples do not fit.
 */
export async function checkGradients(
  model: Model,
  batch: Dataset,
  options: CheckGradientsOptions,
): Promise<GradientCheck[]> {
  requireOptions("checkGradients", options, ["loss", "entries", "step"]);
  const { loss, entries = 20, step = 1e-4 } = options;
  requirePositiveInteger("checkGradients", "entries", entries);
  requireIn("checkGradients", "step", step, "(0, 1)");
  requireSingle(model, "checkGradients");
  requireDataset(model, batch, loss);
  const { network } = model;
  const { inputs, labels } = batch;
  const x = input("inputs", inputs.shape);
  const t = input("labels", labels.shape, labels.data instanceof Float32Array ? "f32" : "u32");
  const scores = network.scores(network.forward([x], false).outputs[0]!, loss);
  const total = totalLoss(network, loss, scores, t);
  const weights = new Map((await model.getWeights()).map(({ name, data }) => [name, data]));
  const leaves = new Map<Tensor, Float32Array | Uint32Array>([
    [x, applyScaling(inputs.data, batch.scaling)],
    [t, labels.data instanceof Float32Array ? labels.data : Uint32Array.from(labels.data)],
    ...network.variables.map(({ name, tensor }) => [tensor, weights.get(name)!] as const),
  ]);
  const slopes = gradients(
    total,
    network.parameters.map(({ tensor }) => tensor),
  );
  const found = await computed(slopes, leaves);
  const wide = new Map([...leaves].map(([leaf, values]) => [leaf, Float64Array.from(values)]));
  return network.parameters.map(({ name, tensor, shape }, i) => {
    const values = wide.get(tensor)!;
    const lossWith = (at: number, value: number): number => {
      const before = values[at]!;
      values[at] = value;
      const [result] = evaluateReference([total], wide);
      values[at] = before;
      return result![0]!;
    };
    const size = sizeOf(shape);
    const count = Math.min(entries, size);
    let error = 0;
    let gradient = 0;
    for (let entry = 0; entry < count; entry++) {
      const at = Math.floor((entry * size) / count);
      const w = values[at]!;
      const h = step * Math.max(1, Math.abs(w));
      const difference = (lossWith(at, w + h) - lossWith(at, w - h)) / (2 * h);
      error = Math.max(error, Math.abs((found[i]?.[at] ?? 0) - difference));
      gradient = Math.max(gradient, Math.abs(difference));
    }
    return { name, entries: count, error, gradient };
  });
}

/** Tensors as kernels compute them, on an engine of their own; undefined for undefined. */
async function computed(
  tensors: readonly (Tensor | undefined)[],
  leaves: ReadonlyMap<Tensor, Float32Array | Uint32Array>,
): Promise<(Float32Array | undefined)[]> {
  const machine = await Machine.create(undefined, { threads: 1 });
  try {
    const outputs = tensors.filter((tensor) => tensor !== undefined);
    const places = new Map<Tensor, { address: number; layout: undefined }>();
    for (const leaf of reachable(outputs).filter(isLeaf)) {
      const address = await machine.allocate(4 * sizeOf(leaf.shape));
      await machine.engine.write(address, leaves.get(leaf)!);
      places.set(leaf, { address, layout: undefined });
    }
    const words = await machine.allocate(64, true);
    const plan = await planned({
      ...machine.planning,
      outputs,
      places,
      words: { step: words, seed: words + 8 },
    });
    const program = await machine.load(plan);
    await machine.run(program);
    return await Promise.all(
      tensors.map((tensor) => {
        if (!tensor) return undefined;
        return machine.readF32(plan.addressOf(tensor, program.arena), sizeOf(tensor.shape));
      }),
    );
  } finally {
    await machine.close();
  }
}
