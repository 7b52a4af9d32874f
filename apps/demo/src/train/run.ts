import type { Dataset, Progress, Sequential } from "@loam/nn";
import { Curve } from "./curve.js";
import { drawDigits } from "./digits.js";
import { type Examination, examine } from "./examination.js";
import { type OwnData, partition } from "./files.js";
import { makeModel } from "./network.js";
import type { Settings } from "./settings.js";

export type RunState = "data" | "building" | "training" | "paused" | "done" | "failed" | "stopped";

const CLASSES = 10;

/**
 * One training run, from its settings to its weights. It asks for no screen: it goes on while another view is shown or the tab is hidden, and
 * tells of changes through `onChange`.
 */
export class Run {
  state: RunState = "data";
  /** Digits drawn so far, of how many. */
  drawn: readonly [number, number] = [0, 1];
  progress: Progress | undefined;
  /** Seconds spent on training so far, pauses and examinations not counted; and how fast it went. */
  seconds: number | undefined;
  samplesPerSecond: number | undefined;
  examination: Examination | undefined;
  weightsHash: string | undefined;
  error: string | undefined;
  model: Sequential | undefined;
  curve: Curve | undefined;
  test: Dataset | undefined;
  readonly #abort = new AbortController();
  readonly #changed: () => void;
  #stepping = false;
  /** What lets a paused run go on. */
  #goOn: (() => void) | undefined;
  #whole: Promise<void> = Promise.resolve();
  /** Milliseconds that training waited for examinations. */
  #examined = 0;

  constructor(
    readonly settings: Settings,
    readonly files: OwnData | undefined,
    onChange: () => void,
    private readonly onModel: (model: Sequential) => void,
  ) {
    this.#changed = onChange;
  }

  get active(): boolean {
    return (
      this.state === "data" ||
      this.state === "building" ||
      this.state === "training" ||
      this.state === "paused"
    );
  }

  get classes(): number {
    return this.settings.data === "files" ? (this.files?.classes ?? CLASSES) : CLASSES;
  }

  /** Trains from the first step to the last; with `stepping`, pauses after each. Never rejects: what went wrong is in `error`. */
  start(stepping: boolean): Promise<void> {
    this.#stepping = stepping;
    this.#whole = this.#go();
    return this.#whole;
  }

  async #go(): Promise<void> {
    try {
      const { training, test } = await this.#data();
      if (this.#abort.signal.aborted) return;
      this.#enter("building");
      const model = makeModel(this.settings, training.inputs.shape.slice(1), this.classes);
      this.model = model;
      this.test = test;
      this.curve = new Curve(this.settings.batchSize, training.inputs.shape[0]!);
      await model.ready();
      if (this.#abort.signal.aborted) return;
      this.onModel(model);
      this.#enter("training");
      await this.#train(model, training, test);
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      this.error = (error as Error).message;
      this.#enter("failed");
    }
  }

  pause(): void {
    if (this.state === "training") this.#stepping = true;
  }

  resume(): void {
    this.#stepping = false;
    this.#pass();
  }

  step(): void {
    this.#stepping = true;
    this.#pass();
  }

  /** Ends the run and frees its memory. */
  async stop(): Promise<void> {
    this.#abort.abort();
    this.#pass();
    this.state = "stopped";
    await this.#whole;
    const model = this.model;
    this.model = undefined;
    await model?.close();
  }

  async #data(): Promise<{ training: Dataset; test: Dataset }> {
    if (this.settings.data === "files") {
      if (!this.files) throw new Error("no file has been given yet");
      return partition(this.files, this.settings.seed);
    }
    return drawDigits(this.settings.samples, (done, total) => {
      this.drawn = [done, total];
      this.#changed();
    });
  }

  async #train(model: Sequential, training: Dataset, test: Dataset): Promise<void> {
    const { batchSize, epochs } = this.settings;
    await model.fit(training, {
      batchSize,
      epochs,
      signal: this.#abort.signal,
      sliceSteps: () => (this.#stepping ? 1 : 64),
      onSlice: (progress) => {
        this.progress = progress;
        this.#clock(progress, training.inputs.shape[0]!);
        this.curve!.add(progress);
        this.#changed();
        // Slices are short; what is shown follows them, and a pause waits here.
        return this.#stepping && progress.step < progress.steps ? this.#wait() : undefined;
      },
      onEpochEnd: ({ steps }) => this.#examine(model, test, steps),
    });
    if (this.#abort.signal.aborted) return;
    this.weightsHash = await model.weightsHash();
    this.#enter("done");
  }

  /** Training waits meanwhile, so that what is told of an epoch is told of its weights. */
  async #examine(model: Sequential, test: Dataset, step: number): Promise<void> {
    if (this.#abort.signal.aborted) return;
    const began = performance.now();
    this.examination = await examine(model, test, this.classes);
    this.curve!.addHeldOut(step, this.examination.accuracy, this.examination.loss);
    this.#examined += performance.now() - began;
    this.#changed();
  }

  /** `fit` leaves the pauses out of its speed, but not the examinations. */
  #clock({ step, samplesPerSecond }: Progress, samples: number): void {
    const { batchSize } = this.settings;
    const stepsPerEpoch = Math.ceil(samples / batchSize);
    const seen =
      Math.floor(step / stepsPerEpoch) * samples + Math.min(samples, (step % stepsPerEpoch) * batchSize);
    this.seconds = seen / samplesPerSecond - this.#examined / 1000;
    this.samplesPerSecond = seen / this.seconds;
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#goOn = resolve;
      this.#enter("paused");
    });
  }

  #pass(): void {
    const goOn = this.#goOn;
    this.#goOn = undefined;
    if (!goOn) return;
    if (!this.#abort.signal.aborted) this.#enter("training");
    goOn();
  }

  #enter(state: RunState): void {
    this.state = state;
    this.#changed();
  }
}
