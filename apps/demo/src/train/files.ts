import { classCount, type Dataset, splitDataset } from "@loam/nn";
import type { FilesAnswer } from "./files-worker.js";

/** The share that is held out where the visitor gives no test set. */
export const HELD_OUT = 0.1;

/** Fewer samples leave nothing to hold out. */
const LEAST_SAMPLES = 10;

/** Data that hold too few samples to learn from and to be examined on. */
export class FewSamples extends Error {
  constructor(
    readonly samples: number,
    readonly least: number,
  ) {
    super(`${samples} samples are too few: at least ${least} are needed.`);
  }
}

/** Data of a single class, of which there is nothing to learn. */
export class OneClass extends Error {
  constructor() {
    super("All samples are of one class.");
  }
}

/** What the visitor's files hold. */
export interface OwnData {
  readonly name: string;
  readonly whole: Dataset;
  readonly test: Dataset | undefined;
  readonly classes: number;
  readonly kind: "idx" | "table";
}

/** Reads IDX files or tables. @throws {Error} with the library's sentence about what is wrong. */
export function readFiles(files: readonly File[]): Promise<OwnData> {
  const worker = new Worker(new URL("./files-worker.ts", import.meta.url), { type: "module" });
  return new Promise<OwnData>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<FilesAnswer>) => {
      if ("error" in data) return reject(Object.assign(new Error(data.error.message), data.error));
      const { training, test, kind } = data;
      if (training.inputs.shape[0]! < LEAST_SAMPLES)
        return reject(new FewSamples(training.inputs.shape[0]!, LEAST_SAMPLES));
      const isPicture = training.inputs.shape.slice(1).join() === "1,28,28";
      const classes = training.classNames?.length ?? (isPicture ? 10 : classCount(training));
      if (classes < 2) return reject(new OneClass());
      resolve({ name: training.name, whole: training, test, classes, kind });
    };
    worker.onerror = (event) => reject(new Error(event.message || "the files' worker could not be loaded"));
    worker.postMessage(files);
  }).finally(() => worker.terminate());
}

/** What to train on and what to hold out; the same samples as `--validation-split 0.1` holds out with the same seed. */
export function partition(data: OwnData, seed: number): { training: Dataset; test: Dataset } {
  if (data.test) return { training: data.whole, test: data.test };
  const { training, validation } = splitDataset(data.whole, HELD_OUT, seed);
  return { training, test: validation };
}
