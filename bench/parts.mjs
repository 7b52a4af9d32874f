// The parts that run in Node and in browsers alike, by name: options → rows.
import { peak, withEngine } from "./engines.mjs";
import { measureKernels } from "./kernels.mjs";
import { interleaved } from "./measure.mjs";
import { measureInference, measureTraining, networkNames } from "./networks.mjs";
import { measureConvolutions, measureProducts } from "./products.mjs";
import { measureScaling, scalingNames } from "./scaling.mjs";

const INFERENCE_BATCHES = [1, 64];
const CURVE_BATCHES = [1, 4, 16, 64, 256, 1024];

/** All combinations of the asked-for threads and precisions. */
async function combinations({ threads, precision, ...rest }, measure) {
  const rows = [];
  for (const p of precision)
    for (const t of threads) rows.push(...[await measure({ ...rest, threads: t, precision: p })].flat());
  return rows;
}

async function measurePeak({ threads, precision, rounds }) {
  return withEngine({ threads, precision }, async (engine) => {
    const yard = await peak(engine);
    const [{ microseconds, min }] = await interleaved([yard.candidate], { rounds });
    return {
      threads,
      precision,
      binary: engine.binary,
      gflops: yard.gflops(microseconds),
      maxGflops: yard.gflops(min),
    };
  });
}

export const parts = {
  peak: (options) => combinations(options, measurePeak),
  gemm: (options) => combinations(options, measureProducts),
  conv: (options) => combinations(options, measureConvolutions),
  kernels: (options) => combinations({ ...options, threads: [1] }, measureKernels),
  train: async (options) => {
    const rows = [];
    for (const name of options.only ? [options.only] : networkNames) {
      rows.push(...(await combinations(options, (one) => measureTraining({ ...one, name }))));
    }
    return rows;
  },
  inference: async (options) => {
    const rows = [];
    for (const name of options.only ? [options.only] : ["mlp", "cnn", "lenet"]) {
      for (const batch of options.batch ? [options.batch] : INFERENCE_BATCHES) {
        rows.push(
          ...(await combinations({ ...options, batch }, (one) => measureInference({ ...one, name }))),
        );
      }
    }
    return rows;
  },
  scaling: async (options) => {
    const many = options.threads.filter((count) => count > 1);
    const rows = [];
    for (const name of options.only ? [options.only] : scalingNames) {
      rows.push(
        ...(await combinations({ ...options, threads: many }, (one) => measureScaling({ ...one, name }))),
      );
    }
    return rows;
  },
  curve: async (options) => {
    const rows = [];
    for (const name of options.only ? [options.only] : ["mlp", "lenet"]) {
      for (const batch of CURVE_BATCHES) {
        const one = {
          ...options,
          threads: [1],
          precision: ["standard"],
          rounds: Math.min(options.rounds, 7),
          batch,
        };
        rows.push(...(await combinations(one, (each) => measureTraining({ ...each, name }))));
      }
    }
    return rows;
  },
};
