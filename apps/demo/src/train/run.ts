import { type Dataset, earlyStopping, type Progress, type Sequential, takeSamples } from "@loam/nn";
import { Curve } from "./curve.js";
import { drawDigits } from "./digits.js";
import { type Examination, examine } from "./examination.js";
import type { Divided } from "./file-facts.js";
import { type OwnData, PATIENCE, stopsByItself } from "./files.js";
import { chooseWatched, type Look, lookAt } from "./look.js";
import { DIGITS, makeModel, makeOptimizer } from "./network.js";
import type { Settings } from "./settings.js";

export type RunState = "data" | "building" | "training" | "paused" | "done" | "failed" | "stopped";

/** Milliseconds between two looks at the network, and between two questions about held-out samples; slow ones come less often. */
const LOOK_EVERY = 200;
const ASK_EVERY = 400;
/** The share of the time that either may take. */
const SHARE = 1 / 12;
/** Ends a run that gets no better on what is held out, with the weights that were best there. */
const UNTIL_NO_BETTER = { monitor: "validationLoss", patience: PATIENCE, restoreBest: true } as const;
/** Held-out samples that are asked about on the way; all of them are after each epoch. */
const ASKED = 500;

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
  /** Pictures of the digits that were drawn last. */
  fresh: Uint8Array | undefined;
  /** The samples that are read again and again, and what was seen last. */
  watched: Dataset | undefined;
  look: Look | undefined;
  /** The learning rate of now; `settings` has the one that it began with. */
  learningRate: number;
  /** The step from which on the learning rate is another than at the beginning. */
  changedAt: number | undefined;
  weightsHash: string | undefined;
  error: unknown;
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
  readonly #optimizer: ReturnType<typeof makeOptimizer>;
  readonly #looking = new Pace(LOOK_EVERY);
  readonly #asking = new Pace(ASK_EVERY);

  constructor(
    readonly settings: Settings,
    readonly files: OwnData | undefined,
    onChange: () => void,
    private readonly onModel: (model: Sequential) => void,
  ) {
    this.#changed = onChange;
    this.learningRate = settings.learningRate;
    this.#optimizer = makeOptimizer(settings.optimizer, settings.learningRate);
  }

  get active(): boolean {
    return (
      this.state === "data" ||
      this.state === "building" ||
      this.state === "training" ||
      this.state === "paused"
    );
  }

  /** What is learned from. */
  get facts(): typeof DIGITS {
    return (this.settings.data === "files" && this.files?.facts) || DIGITS;
  }

  /** How many outputs the network has. */
  get classes(): number {
    return this.facts.outputs;
  }

  /** Trains from the first step to the last; with `stepping`, pauses after each. Never rejects: what went wrong is in `error`. */
  start(stepping: boolean): Promise<void> {
    this.#stepping = stepping;
    this.#whole = this.#go();
    return this.#whole;
  }

  async #go(): Promise<void> {
    try {
      const { training, validation, test } = await this.#data();
      if (this.#abort.signal.aborted) return;
      this.#enter("building");
      const model = makeModel(this.settings, training.inputs.shape.slice(1), this.facts, this.#optimizer);
      this.model = model;
      this.test = test;
      this.watched = this.facts.task === "classes" ? chooseWatched(test, this.classes) : undefined;
      this.curve = new Curve(this.settings.batchSize, training.inputs.shape[0]!);
      await model.ready();
      if (this.#abort.signal.aborted) return;
      this.onModel(model);
      this.#enter("training");
      await this.#train(model, { training, validation, test });
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      this.error = error;
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

  /** Whether settings are those of this run but for the learning rate, which can be changed on the way. */
  isLike(settings: Settings): boolean {
    const { learningRate } = this.settings;
    return JSON.stringify({ ...settings, learningRate }) === JSON.stringify(this.settings);
  }

  /** Goes on with another learning rate from the next step on. */
  changeLearningRate(rate: number): void {
    if (!this.active || rate === this.learningRate) return;
    this.#optimizer.learningRate = rate;
    this.learningRate = rate;
    this.changedAt = (this.progress?.step ?? 0) + 1;
    this.#changed();
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

  async #data(): Promise<Divided> {
    if (this.settings.data === "files") {
      if (!this.files) throw new Error("no file has been given yet");
      return this.files.divide(this.settings.seed);
    }
    const { training, test } = await drawDigits(this.settings.samples, (done, total, fresh) => {
      this.drawn = [done, total];
      this.fresh = fresh;
      this.#changed();
    });
    return { training, validation: test, test };
  }

  async #train(model: Sequential, { training, validation, test }: Divided): Promise<void> {
    const { batchSize, epochs } = this.settings;
    const stops = this.settings.data === "files" && stopsByItself(this.files);
    await model.fit(training, {
      ...(stops && { validationData: validation, callbacks: [earlyStopping(UNTIL_NO_BETTER)] }),
      batchSize,
      epochs,
      signal: this.#abort.signal,
      sliceSteps: () => (this.#stepping ? 1 : 64),
      onSlice: async (progress) => {
        this.progress = progress;
        this.#clock(progress, training.inputs.shape[0]!);
        this.curve!.add(progress);
        const isLast = progress.step === progress.steps;
        if (this.#looking.isDue(this.#stepping || isLast))
          await this.#timed(this.#looking, () => this.#see(model));
        const endsEpoch = progress.step % Math.ceil(training.inputs.shape[0]! / batchSize) === 0;
        if (!endsEpoch && this.#asking.isDue(false))
          await this.#timed(this.#asking, () => this.#ask(model, test, progress.step));
        this.#changed();
        // Slices are short; what is shown follows them, and a pause waits here.
        if (this.#stepping && !isLast) await this.#wait();
      },
      onEpochEnd: ({ steps }) => this.#examine(model, test, steps),
    });
    if (this.#abort.signal.aborted) return;
    // The weights are those of the best epoch again, and so is what is told of them.
    if (stops) this.examination = await examine(model, test, this.classes);
    this.weightsHash = await model.weightsHash();
    this.#enter("done");
  }

  /** Training waits meanwhile, so that what is told of an epoch is told of its weights. */
  async #examine(model: Sequential, test: Dataset, step: number): Promise<void> {
    this.#examined += await this.#timed(this.#asking, async () => {
      this.examination = await examine(model, test, this.classes);
      this.curve!.addHeldOut(step, accuracyOf(this.examination), this.examination.loss);
      this.#changed();
    });
  }

  /** In the middle of an epoch some of the held-out samples are enough to see where it goes. */
  async #ask(model: Sequential, test: Dataset, step: number): Promise<void> {
    const some = takeSamples(test, 0, Math.min(ASKED, test.inputs.shape[0]!));
    const examination = await examine(model, some, this.classes);
    this.curve!.addHeldOut(step, accuracyOf(examination), examination.loss);
  }

  async #see(model: Sequential): Promise<void> {
    if (this.watched) this.look = await lookAt(model, this.watched);
  }

  /** Does something that training waits for. @returns how many milliseconds it took. */
  async #timed(pace: Pace, work: () => Promise<void>): Promise<number> {
    if (this.#abort.signal.aborted) return 0;
    const began = performance.now();
    await work();
    const spent = performance.now() - began;
    pace.took(spent);
    return spent;
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

/** The share that was told right; null where numbers are told. */
function accuracyOf(examination: Examination): number | null {
  return examination.kind === "numbers" ? null : examination.accuracy;
}

/** When something is to be done again that takes a while: so seldom that training has the most of the time. */
class Pace {
  #last = Number.NEGATIVE_INFINITY;
  #wait = 0;

  constructor(private readonly every: number) {}

  isDue(now: boolean): boolean {
    return now || performance.now() - this.#last > Math.max(this.every, this.#wait);
  }

  took(ms: number): void {
    this.#last = performance.now();
    this.#wait = ms / SHARE;
  }
}
