import { pow } from "@loam/kernels-as";
import { DataError, requireIn, requireNonNegativeInteger, requirePositiveInteger } from "../errors.js";
import { requireOptions } from "../options.js";
import { CounterStream } from "./counter-stream.js";
import { classCount, type Dataset } from "./dataset.js";

export interface MixUpOptions {
  /** How many mixed samples to add for each sample; default 1. */
  readonly copies?: number;
  /** α, above 0: small ones mostly leave one of two, 1 mixes evenly; default 0.2. */
  readonly alpha?: number;
  /** A whole number in [0, 2^53); the same seed gives the same bits in every engine. */
  readonly seed: number;
}

/**
 * Samples with mixtures of each with another: x = λ·xᵢ + (1 − λ)·xⱼ and t = λ·tᵢ + (1 − λ)·tⱼ, where λ is drawn from Beta(α, α) and j is any sample.
 * Zhang et al., 2018, arXiv:1710.09412. The originals come first, in their order, then all first mixtures, all second ones and so on.
 *
 * Labels [n] of classes become shares of each, [n · (copies + 1), classes], as `softmaxCrossEntropy` takes them; targets stay targets. Bytes stay
 * bytes, rounded. Mixture k of sample i is a function of (seed, i, k) and the samples.
 * @throws {ConfigError} `copies-not-positive`, `alpha-out-of-range`, `seed-negative`. @throws {DataError} `not-mixable` for a label for each step.
 */
export function mixUp(dataset: Dataset, options: MixUpOptions): Dataset {
  requireOptions("mixUp", options, ["copies", "alpha", "seed"]);
  const { copies = 1, alpha = 0.2, seed } = options;
  requirePositiveInteger("mixUp", "copies", copies);
  requireIn("mixUp", "alpha", alpha, "(0, 100]");
  requireNonNegativeInteger("mixUp", "seed", seed);
  const { inputs, labels, weights } = dataset;
  const samples = inputs.shape[0]!;
  const targets = targetsOf(dataset);
  const total = samples * (copies + 1);
  const size = inputs.data.length / samples;
  const outputs = targets.length / samples;
  const x = new (inputs.data instanceof Float32Array ? Float32Array : Uint8Array)(total * size);
  const t = new Float32Array(total * outputs);
  const w = weights && new Float32Array(total);
  x.set(inputs.data);
  t.set(targets);
  if (weights) w!.set(weights);
  const random = new CounterStream(seed, "augment");
  const half = inputs.data instanceof Float32Array ? 0 : 0.5;
  for (let at = 0; at < samples * copies; at++) {
    random.seek(at);
    const i = at % samples;
    const j = random.below(samples);
    const share = drawShare(random, alpha);
    const mix = (a: number, b: number) => share * a + (1 - share) * b;
    const to = samples + at;
    // With a half a byte is rounded where it is put, which cuts off the rest.
    for (let k = 0; k < size; k++)
      x[to * size + k] = mix(inputs.data[i * size + k]!, inputs.data[j * size + k]!) + half;
    for (let k = 0; k < outputs; k++)
      t[to * outputs + k] = mix(targets[i * outputs + k]!, targets[j * outputs + k]!);
    if (weights) w![to] = mix(weights[i]!, weights[j]!);
  }
  return {
    ...dataset,
    name: `${dataset.name} with ${copies} ${copies === 1 ? "mixture" : "mixtures"} of each`,
    inputs: { data: x, shape: [total, ...inputs.shape.slice(1)] },
    labels: { data: t, shape: [total, ...(labels.shape.length > 1 ? labels.shape.slice(1) : [outputs])] },
    ...(w && { weights: w }),
  };
}

/** Targets as they are; of classes a row for each sample with a 1. */
function targetsOf(dataset: Dataset): Float32Array {
  const { data, shape } = dataset.labels;
  if (data instanceof Float32Array) return data;
  if (shape.length !== 1) {
    throw new DataError(
      "not-mixable",
      `${dataset.name}: expected one label a sample, got [${shape.join(", ")}]; only those can be mixed.`,
    );
  }
  const classes = classCount(dataset);
  const rows = new Float32Array(data.length * classes);
  for (let i = 0; i < data.length; i++) rows[i * classes + data[i]!] = 1;
  return rows;
}

/**
 * λ from Beta(α, α) by Jöhnk's method: u^(1/α) / (u^(1/α) + v^(1/α)) of the first two uniform u and v of which these are at most 1 together. The
 * powers are ours, and so the same on every host.
 */
function drawShare(random: CounterStream, alpha: number): number {
  for (;;) {
    const [a, b] = [pow(random.between(0, 1), 1 / alpha), pow(random.between(0, 1), 1 / alpha)];
    if (a + b > 0 && a + b <= 1) return a / (a + b);
  }
}
