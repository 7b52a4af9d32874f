import {
  Adam,
  byteScaling,
  type Dataset,
  distortPicturesInParts,
  loadModel,
  type Sequential,
  saveModel,
  softmaxCrossEntropy,
} from "@loam/nn";
import { drawDigits } from "../train/digits.js";
import { digitOf } from "./drawing.js";
import type { Lesson } from "./hand-store.js";

const PIXELS = 784;
/** Bent copies of each drawing: one's hand is never twice the same. */
const COPIES = 24;
/** Digits of the kind that it can read already, so that it does not forget them. */
const KNOWN = 2000;
const LEARNING_RATE = 0.0005;
const EPOCHS = 4;
const BATCH = 32;
const SEED = 1;
/** Every so-manyth drawing is not learned from, to see what learning did. */
const HELD_OUT = 4;

/** How many of some pictures were read correctly, before and after. */
export interface Change {
  readonly samples: number;
  readonly before: number;
  readonly after: number;
}

export interface HandLearned {
  readonly model: Sequential;
  readonly learned: Change;
  /** Drawings of the same hand that it did not learn from. */
  readonly unseen: Change;
  /** Digits of other hands. */
  readonly others: Change;
}

/** Goes on training a copy of a network with one's own drawings; the network itself stays as it is. */
export async function learnHand(
  from: Sequential,
  lessons: readonly Lesson[],
  onProgress: (share: number) => void,
): Promise<HandLearned> {
  const isHeldOut = (i: number) => i % HELD_OUT === HELD_OUT - 1;
  const own = picturesOf(lessons.filter((_, i) => !isHeldOut(i)));
  const unseen = picturesOf(lessons.filter((_, i) => isHeldOut(i)));
  const { training: known, test: others } = await drawDigits(KNOWN, () => {});
  const data = joined(await bent(own), known);
  const model = (await loadModel(await saveModel(from), { threads: 1, seed: SEED })) as Sequential;
  const sets = [own, unseen, others];
  const before = await Promise.all(sets.map((set) => countRight(from, set)));
  model.compile({ optimizer: new Adam({ learningRate: LEARNING_RATE }), loss: softmaxCrossEntropy() });
  await model.fit(data, {
    epochs: EPOCHS,
    batchSize: BATCH,
    onSlice: ({ step, steps }) => onProgress(step / steps),
  });
  const after = await Promise.all(sets.map((set) => countRight(model, set)));
  const change = (k: number): Change => ({
    samples: sets[k]!.labels.shape[0]!,
    before: before[k]!,
    after: after[k]!,
  });
  return { model, learned: change(0), unseen: change(1), others: change(2) };
}

/** Named drawings as the pictures that a network gets, [n, 1, 28, 28]. */
export function picturesOf(lessons: readonly Lesson[]): Dataset {
  const data = new Uint8Array(lessons.length * PIXELS);
  for (const [i, { strokes }] of lessons.entries()) data.set(digitOf(strokes)!, i * PIXELS);
  return {
    name: "my hand",
    inputs: { data, shape: [lessons.length, 1, 28, 28] },
    labels: { data: Uint8Array.from(lessons, ({ digit }) => digit), shape: [lessons.length] },
    scaling: byteScaling,
    classNames: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
  };
}

/** With bent copies, made a part at a time so that the page stays awake. */
async function bent(set: Dataset): Promise<Dataset> {
  const parts = distortPicturesInParts(set, { copies: COPIES, seed: SEED });
  for (;;) {
    const part = parts.next();
    if (part.done) return part.value;
    await new Promise((resolve) => setTimeout(resolve));
  }
}

function joined(a: Dataset, b: Dataset): Dataset {
  const samples = a.labels.shape[0]! + b.labels.shape[0]!;
  const data = new Uint8Array(samples * PIXELS);
  data.set(a.inputs.data as Uint8Array);
  data.set(b.inputs.data as Uint8Array, a.inputs.data.length);
  return {
    ...a,
    inputs: { data, shape: [samples, 1, 28, 28] },
    labels: { data: Uint8Array.from([...a.labels.data, ...b.labels.data]), shape: [samples] },
  };
}

async function countRight(model: Sequential, { inputs, labels }: Dataset): Promise<number> {
  if (labels.shape[0] === 0) return 0;
  const { labels: read } = await model.classify(inputs, { batchSize: 250 });
  return read.reduce((right, answer, i) => right + Number(answer === labels.data[i]), 0);
}
