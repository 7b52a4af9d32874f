import type { Sequential } from "@loam/nn";
import { type FeatureName, inputsOf } from "./features.js";
import { compile, makeNetwork } from "./play-network.js";
import { type PlaySettings, taskOf } from "./play-settings.js";
import { makePoints, type Sample, split } from "./points.js";

/** Points along each side of the plane at which the network is asked. */
export const SIDE = 40;
/** Epochs after which a run ends by itself. */
export const LAST_EPOCH = 2000;
/** Epochs between two looks at the network, at most: as fast as it can, it would have learnt before one sees it learn. */
const EPOCHS_A_LOOK = 3;
/** Milliseconds after which it is looked at in any case: small batches take long. */
const LOOK_EVERY = 33;
/** Points of the loss curves: from there on every second one goes, and they come half as often. */
const CURVE_POINTS = 400;

/** What the network says all over the plane, row after row from the top left, and what it has learnt. */
export interface Look {
  readonly epoch: number;
  /** Of each feature that it is given, then of each neuron, layer by layer, the last one's output last: [SIDE · SIDE] each. */
  readonly layers: readonly (readonly Float32Array[])[];
  /** A kernel for each layer of neurons: [in, out]. */
  readonly kernels: readonly { readonly values: ArrayLike<number>; readonly outputs: number }[];
  /** Of the learnt points and of those held out; a share of classes that are right, where there are classes. */
  readonly loss: number;
  readonly heldOutLoss: number | undefined;
  readonly right: number | undefined;
}

export interface LossCurve {
  readonly epochs: number[];
  readonly learnt: number[];
  readonly heldOut: (number | null)[];
}

const GRID: readonly Pick<Sample, "x" | "y">[] = Array.from({ length: SIDE * SIDE }, (_, i) => ({
  x: ((i % SIDE) + 0.5) * (2 / SIDE) - 1,
  y: 1 - (Math.floor(i / SIDE) + 0.5) * (2 / SIDE),
}));

/** One network, its points, and its training, which can be held and let go on. */
export class PlayRun {
  readonly points: readonly Sample[];
  readonly learnt: readonly Sample[];
  readonly heldOut: readonly Sample[];
  readonly curve: LossCurve = { epochs: [], learnt: [], heldOut: [] };
  epoch = 0;
  /** False once something was changed on the way: the program that is shown then ends elsewhere. */
  straight = true;
  state: "held" | "training" | "done" | "failed" = "held";
  error = "";
  readonly #model: Sequential;
  readonly #onLook: (look: Look) => Promise<void> | void;
  #settings: PlaySettings;
  #every = 1;
  #abort = new AbortController();
  #fitting: Promise<void> | undefined;
  #goOn: (() => void) | undefined;
  #steps = 0;
  #closed = false;
  #lastLook = 0;

  /** @param onLook is waited for, so that nothing is trained that nobody could see. */
  constructor(settings: PlaySettings, onLook: (look: Look) => Promise<void> | void) {
    this.#settings = settings;
    this.#onLook = onLook;
    const own = settings.shape === "own";
    this.points =
      settings.shape === "own" ? settings.own : makePoints(settings.shape, settings.noise, settings.seed);
    const { learnt, heldOut } = split(this.points, own);
    this.learnt = learnt;
    this.heldOut = heldOut;
    this.#model = makeNetwork(settings);
  }

  get features(): readonly FeatureName[] {
    return this.#settings.features;
  }

  /** Looks at the network as it is. */
  async look(): Promise<void> {
    if (this.#closed || this.learnt.length === 0) return;
    const look = await this.#see();
    if (this.#closed) return;
    if (this.curve.epochs.at(-1) !== look.epoch) this.#note(look);
    await this.#onLook(look);
    this.#lastLook = performance.now();
  }

  /** Goes on until it is held; with `epochs`, so many and no more. */
  play(epochs = Number.POSITIVE_INFINITY): void {
    if (this.learnt.length === 0 || this.#closed || this.epoch >= LAST_EPOCH) return;
    this.#steps = epochs;
    this.state = "training";
    if (this.#goOn) this.#pass();
    else this.#fitting ??= this.#fit();
  }

  hold(): void {
    this.#steps = 0;
  }

  /** The rate, the optimizer and the batch from here on; the weights stay, and moments begin anew. */
  async change(settings: PlaySettings): Promise<void> {
    const going = this.state === "training";
    await this.#end();
    if (this.#closed) return;
    this.#settings = settings;
    if (this.epoch > 0) this.straight = false;
    this.#abort = new AbortController();
    compile(this.#model, settings);
    if (going) this.play();
  }

  weightsHash(): Promise<string> {
    return this.#model.weightsHash();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#end();
    await this.#model.close();
  }

  async #end(): Promise<void> {
    this.#abort.abort();
    this.#pass();
    await this.#fitting;
    this.#fitting = undefined;
  }

  async #fit(): Promise<void> {
    const { batch } = this.#settings;
    const epochSteps = Math.ceil(this.learnt.length / batch);
    try {
      await this.#model.fit(inputsOf(this.learnt, this.features), this.#targets(this.learnt), {
        batchSize: batch,
        epochs: LAST_EPOCH - this.epoch,
        sliceSteps: epochSteps,
        signal: this.#abort.signal,
        onEpochEnd: () => this.#passed(),
      });
      if (!this.#closed && this.epoch >= LAST_EPOCH) this.state = "done";
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      this.state = "failed";
      this.error = (error as Error).message;
    }
    await this.look();
  }

  /** Between two epochs: shows the network thirty times a second, and waits where it is held. */
  async #passed(): Promise<void> {
    this.epoch += 1;
    this.#steps -= 1;
    if (this.#abort.signal.aborted) return;
    if (this.#steps <= 0) {
      this.state = "held";
      await this.look();
      if (this.#abort.signal.aborted || this.#steps > 0) return;
      await new Promise<void>((resolve) => {
        this.#goOn = resolve;
      });
    } else if (this.epoch % EPOCHS_A_LOOK === 0 || performance.now() - this.#lastLook > LOOK_EVERY)
      await this.look();
  }

  #pass(): void {
    this.#goOn?.();
    this.#goOn = undefined;
  }

  #targets(points: readonly Sample[]) {
    return { data: Float32Array.from(points, ({ target }) => target), shape: [points.length, 1] };
  }

  async #see(): Promise<Look> {
    const model = this.#model;
    const grid = inputsOf(GRID, this.features);
    const evaluate = (points: readonly Sample[]) =>
      model.evaluate(inputsOf(points, this.features), this.#targets(points));
    const [outputs, weights, learnt, heldOut, predicted] = await Promise.all([
      model.activations(grid),
      model.getWeights(),
      evaluate(this.learnt),
      this.heldOut.length > 0 ? evaluate(this.heldOut) : undefined,
      taskOf(this.#settings) === "classes"
        ? model.predict(inputsOf(this.#judged(), this.features))
        : undefined,
    ]);
    const kernels = weights.filter(({ name }) => name.endsWith("/kernel"));
    return {
      epoch: this.epoch,
      layers: [
        columns(grid.data, this.features.length),
        ...outputs.map(({ data, shape }) => columns(data as Float32Array, shape[1]!)),
      ],
      kernels: kernels.map(({ data, shape }) => ({ values: data as Float32Array, outputs: shape[1]! })),
      loss: learnt.loss,
      heldOutLoss: heldOut?.loss,
      right: predicted && this.#rightOf(predicted.data as Float32Array),
    };
  }

  /** The points by which it is told how many are right: those held out, or else one's own. */
  #judged(): readonly Sample[] {
    return this.heldOut.length > 0 ? this.heldOut : this.learnt;
  }

  #rightOf(logits: Float32Array): number {
    const judged = this.#judged();
    return judged.filter(({ target }, i) => logits[i]! > 0 === (target === 1)).length / judged.length;
  }

  #note({ epoch, loss, heldOutLoss }: Look): void {
    const { epochs, learnt, heldOut } = this.curve;
    if (epoch % this.#every !== 0 && this.state === "training") return;
    epochs.push(epoch);
    learnt.push(loss);
    heldOut.push(heldOutLoss ?? null);
    if (epochs.length < CURVE_POINTS) return;
    for (const list of [epochs, learnt, heldOut]) {
      const kept = list.filter((_, i) => i % 2 === 0);
      list.splice(0, list.length, ...(kept as never[]));
    }
    this.#every *= 2;
  }
}

/** The columns of a [rows, count] array. */
function columns(data: Float32Array, count: number): Float32Array[] {
  const rows = data.length / count;
  return Array.from({ length: count }, (_, c) =>
    Float32Array.from({ length: rows }, (_, r) => data[r * count + c]!),
  );
}
