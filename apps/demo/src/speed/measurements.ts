import { createEngine, type Engine, gemmScratchBytes, type Precision, ProgramWriter } from "@loam/kernels-as";
import {
  type Dataset,
  Sequential,
  type StandardModelName,
  softmaxCrossEntropy,
  standardModel,
} from "@loam/nn";

/** Milliseconds spent on each measurement after warming up. */
const BUDGET = 600;
/** Runs are timed in bundles of about so many milliseconds; the fastest counts, since others use the machine too. */
const BUNDLE = 60;

/** What a plain triple loop makes of a product [size, size]·[size, size], in GFLOP/s. */
export function measureLoop(size: number): Promise<number> {
  const worker = new Worker(new URL("./plain-loop-worker.ts", import.meta.url), { type: "module" });
  return new Promise<number>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<number>) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message || "the loop's worker could not be loaded"));
    worker.postMessage({ size, budget: BUDGET });
  }).finally(() => worker.terminate());
}

/** An engine for products, so that one is not made for each size. */
export class ProductMeasure {
  private constructor(private readonly engine: Engine) {}

  static async open(precision: Precision, threads: "auto" | 1): Promise<ProductMeasure> {
    return new ProductMeasure(await createEngine({ precision, threads }));
  }

  get threads(): number {
    return this.engine.threads;
  }

  get binary(): "plain" | "relaxed" {
    return this.engine.binary;
  }

  /** The library's product of that size, in GFLOP/s. */
  async gflops(size: number): Promise<number> {
    const { engine } = this;
    const bytes = size * size * 4;
    const [a, b, c] = [
      await engine.allocate(bytes),
      await engine.allocate(bytes),
      await engine.allocate(bytes),
    ];
    // Normal numbers: denormal ones would slow every loop.
    await engine.write(
      a,
      Float32Array.from({ length: size * size }, (_, i) => (i % 7) / 7),
    );
    await engine.write(
      b,
      Float32Array.from({ length: size * size }, (_, i) => (i % 5) / 5),
    );
    const shape = { M: size, N: size, K: size };
    const scratch = await engine.allocate(gemmScratchBytes(shape, engine.threads));
    const writer = new ProgramWriter();
    const others = {
      bias: 0,
      transA: 0,
      transB: 0,
      accumulate: 0,
      activation: 0,
      batch: 1,
      strideA: 0,
      strideB: 0,
      strideC: 0,
    };
    writer.emit("gemm", { a, b, c, ...shape, lda: size, ldb: size, ldc: size, scratch, ...others });
    const words = writer.finish();
    const program = await engine.allocate(words.byteLength);
    await engine.write(program, words);
    const time = async (times: number) => {
      const began = performance.now();
      await engine.run(program, times);
      return performance.now() - began;
    };
    await time(3);
    const once = (await time(8)) / 8;
    const times = Math.max(1, Math.round(BUNDLE / once));
    let best = Number.POSITIVE_INFINITY;
    const end = performance.now() + BUDGET;
    do best = Math.min(best, (await time(times)) / times);
    while (performance.now() < end);
    return (2 * size ** 3) / best / 1e6;
  }

  close(): Promise<void> {
    return this.engine.close();
  }
}

/** Training steps a second of a standard network: forward, backward and update. */
export async function measureSteps(
  name: StandardModelName,
  data: Dataset,
  precision: Precision,
): Promise<number> {
  const { layers, optimizer, batchSize } = standardModel(name, { inputShape: [1, 28, 28], classes: 10 });
  const model = new Sequential(layers, { inputShape: [1, 28, 28], precision });
  model.compile({ optimizer, loss: softmaxCrossEntropy() });
  try {
    await model.fit(data, { batchSize, steps: 12 });
    const { steps, seconds } = await model.fit(data, { batchSize, steps: 20 });
    const wanted = Math.max(10, Math.round((steps / seconds) * 0.9));
    const run = await model.fit(data, { batchSize, steps: wanted });
    return run.steps / run.seconds;
  } finally {
    await model.close();
  }
}
