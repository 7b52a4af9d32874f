import { Adam, type Dataset, Sequential, softmaxCrossEntropy } from "@loam/nn";
import { version } from "@loam/nn/package.json";
import type { Contender, Turn } from "./contender.js";
import type { TrainingPlan } from "./peer-work.js";
import { type ContestNetwork, layersOf } from "./plan.js";

/** Loam itself, by its public interface, on one thread or on all that the page may have. */
export class LoamContender implements Contender {
  readonly name = "Loam";
  readonly version = version;
  threads: number;
  readonly #network: ContestNetwork;
  readonly #asked: 1 | "auto";
  #model: Sequential | undefined;
  #batches: readonly Dataset[] = [];
  #whole: Dataset | undefined;
  readonly #abort = new AbortController();

  constructor(network: ContestNetwork, threads: 1 | "auto", known: number) {
    this.#network = network;
    this.#asked = threads;
    this.threads = known;
  }

  async open({ layers, optimizer, batches }: TrainingPlan): Promise<void> {
    const [batch = 0, ...inputShape] = batches[0]!.inputs.shape;
    const model = new Sequential(layersOf(this.#network), { inputShape, threads: this.#asked });
    this.#model = model.compile({ optimizer: new Adam(optimizer), loss: softmaxCrossEntropy() });
    const weights = layers.flatMap((layer) => ("kernel" in layer ? [layer.kernel, layer.bias] : []));
    const own = await model.getWeights();
    await model.setWeights(own.map(({ name }, i) => ({ name, ...weights[i]! })));
    this.#batches = batches.map(({ inputs, labels }) => {
      const [, classes = 1] = labels.shape;
      const told = Uint8Array.from({ length: batch }, (_, i) =>
        labels.data.subarray(i * classes, (i + 1) * classes).indexOf(1),
      );
      return { name: "digits", scaling: { kind: "none" }, inputs, labels: { data: told, shape: [batch] } };
    });
    this.#whole = joined(this.#batches, batch, inputShape);
  }

  async losses(steps: number): Promise<readonly number[]> {
    const losses: number[] = [];
    for (let i = 0; i < steps && !this.#abort.signal.aborted; i++) {
      const { inputs, labels } = this.#batches[i % this.#batches.length]!;
      losses.push((await this.#model!.trainOnBatch(inputs, labels)).loss);
    }
    return losses;
  }

  async turn(steps: number): Promise<Turn> {
    const batchSize = this.#batches[0]!.inputs.shape[0]!;
    const { signal } = this.#abort;
    const run = await this.#model!.fit(this.#whole!, { batchSize, steps, shuffle: false, signal });
    return { ms: (1000 * run.seconds) / run.steps };
  }

  async close(): Promise<void> {
    this.#abort.abort();
    const model = this.#model;
    this.#model = undefined;
    await model?.close();
  }
}

/** All batches one after the other, as `fit` goes through them without shuffling. */
function joined(batches: readonly Dataset[], batch: number, inputShape: readonly number[]): Dataset {
  const size = inputShape.reduce((product, side) => product * side, batch);
  const data = new Float32Array(batches.length * size);
  const labels = new Uint8Array(batches.length * batch);
  for (const [i, one] of batches.entries()) {
    data.set(one.inputs.data as Float32Array, i * size);
    labels.set(one.labels.data as Uint8Array, i * batch);
  }
  const samples = labels.length;
  return {
    name: "digits",
    scaling: { kind: "none" },
    inputs: { data, shape: [samples, ...inputShape] },
    labels: { data: labels, shape: [samples] },
  };
}
