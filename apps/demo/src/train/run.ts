import type { Dataset, History, Progress, Sequential } from "@loam/nn";
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
  history: History | undefined;
  examination: Examination | undefined;
  weightsHash: string | undefined;
  error: string | undefined;
  model: Sequential | undefined;
  curve: Curve | undefined;
  test: Dataset | undefined;
  readonly #abort = new AbortController();
  readonly #changed: () => void;
  #stepping = false;
  #gate: { readonly promise: Promise<void>; readonly open: () => void } | undefined;
  #examining: Promise<void> = Promise.resolve();

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
  async start(stepping: boolean): Promise<void> {
    this.#stepping = stepping;
    try {
      const { training, test } = await this.#data();
      if (this.#abort.signal.aborted) return;
      this.#enter("building");
      const model = makeModel(this.settings, training.inputs.shape.slice(1), this.classes);
      this.model = model;
      this.test = test;
      this.curve = new Curve(this.settings.batchSize, training.inputs.shape[0]!);
      await model.ready();
      if (this.#abort.signal.aborted) return await model.close();
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
    const model = this.model;
    this.model = undefined;
    await this.#examining;
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
    const history = await model.fit(training, {
      batchSize,
      epochs,
      signal: this.#abort.signal,
      sliceSteps: () => (this.#stepping ? 1 : 64),
      onSlice: (progress) => {
        this.progress = progress;
        this.curve!.add(progress);
        this.#changed();
        // Slices are short; what is shown follows them, and a pause waits here.
        return this.#stepping && progress.step < progress.steps ? this.#wait() : undefined;
      },
      onEpochEnd: ({ steps }) => this.#examine(model, test, steps),
    });
    if (this.#abort.signal.aborted) return;
    this.history = history;
    await this.#examining;
    this.weightsHash = await model.weightsHash();
    this.#enter("done");
  }

  /** Training goes on meanwhile; epochs that end while another is being examined wait for their turn. */
  #examine(model: Sequential, test: Dataset, step: number): void {
    this.#examining = this.#examining
      .then(async () => {
        if (this.#abort.signal.aborted) return;
        this.examination = await examine(model, test, this.classes);
        this.curve!.addHeldOut(step, this.examination.accuracy, this.examination.loss);
        this.#changed();
      })
      .catch((error: Error) => {
        if (!this.#abort.signal.aborted) this.error = error.message;
      });
  }

  #wait(): Promise<void> {
    let open = () => {};
    const promise = new Promise<void>((resolve) => {
      open = resolve;
    });
    this.#gate = { promise, open };
    this.#enter("paused");
    return promise;
  }

  #pass(): void {
    const gate = this.#gate;
    this.#gate = undefined;
    if (!gate) return;
    if (!this.#abort.signal.aborted) this.#enter("training");
    gate.open();
  }

  #enter(state: RunState): void {
    this.state = state;
    this.#changed();
  }
}
