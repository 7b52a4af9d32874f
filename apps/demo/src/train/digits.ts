import { byteScaling, type Dataset } from "@loam/nn";
import type { DigitsDelivery, DigitsOrder } from "./digits-worker.js";

const PIXELS = 784;
/** Digits an order: small enough to share out well and to show progress. */
const ORDER = 500;
const MOST_WORKERS = 4;
/** The command tests on digits from here on, far beyond any that it trains on. */
const TEST_START = 2 ** 31;
const TEST_SAMPLES = 2_000;
const CLASS_NAMES = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/** The digits drawn so far; the first n of them are the same however many there are. */
let drawn: Dataset | undefined;
let heldOut: Dataset | undefined;

/** Training and held-out digits, drawn by a few workers, and kept. `onProgress` hears how many are there, and sees those that came last. */
export async function drawDigits(
  samples: number,
  onProgress: (done: number, total: number, fresh: Uint8Array) => void,
): Promise<{ training: Dataset; test: Dataset }> {
  const have = drawn?.inputs.shape[0] ?? 0;
  const total = (have >= samples ? 0 : samples) + (heldOut ? 0 : TEST_SAMPLES);
  let done = 0;
  const advance = (fresh: Uint8Array) => {
    done += fresh.length / PIXELS;
    onProgress(done, total, fresh);
  };
  if (have < samples) drawn = await draw(0, samples, advance);
  heldOut ??= await draw(TEST_START, TEST_SAMPLES, advance);
  return { training: first(drawn!, samples), test: heldOut };
}

/** The held-out digits, if they have been drawn already. */
export function heldOutIfDrawn(): Dataset | undefined {
  return heldOut;
}

async function draw(start: number, samples: number, advance: (fresh: Uint8Array) => void): Promise<Dataset> {
  const images = new Uint8Array(samples * PIXELS);
  const labels = new Uint8Array(samples);
  let next = 0;
  const serve = async () => {
    const worker = new Worker(new URL("./digits-worker.ts", import.meta.url), { type: "module" });
    try {
      while (next < samples) {
        const at = next;
        const count = Math.min(ORDER, samples - at);
        next += count;
        const delivery = await order(worker, { start: start + at, samples: count });
        images.set(delivery.images, at * PIXELS);
        labels.set(delivery.labels, at);
        advance(delivery.images);
      }
    } finally {
      worker.terminate();
    }
  };
  const workers = Math.min(MOST_WORKERS, navigator.hardwareConcurrency || 1, Math.ceil(samples / ORDER));
  await Promise.all(Array.from({ length: workers }, serve));
  return {
    name: "synthetic digits",
    inputs: { data: images, shape: [samples, 1, 28, 28] },
    labels: { data: labels, shape: [samples] },
    scaling: byteScaling,
    classNames: CLASS_NAMES,
  };
}

function order(worker: Worker, what: DigitsOrder): Promise<DigitsDelivery> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<DigitsDelivery>) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message || "the digits' worker could not be loaded"));
    worker.postMessage(what);
  });
}

function first(dataset: Dataset, samples: number): Dataset {
  if (dataset.inputs.shape[0] === samples) return dataset;
  return {
    ...dataset,
    inputs: { data: dataset.inputs.data.subarray(0, samples * PIXELS), shape: [samples, 1, 28, 28] },
    labels: { data: dataset.labels.data.subarray(0, samples), shape: [samples] },
  };
}
