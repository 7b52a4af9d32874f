import type { CheckedData } from "../data/batch-source.js";
import { shuffledIndices } from "../data/shuffle.js";
import { NumericError, requirePositiveInteger } from "../errors.js";
import type { LoadedData } from "../program/loaded-data.js";
import type { MetricMemory, MetricValues } from "../program/metric-memory.js";
import type { OptimizerState } from "../program/optimizer-state.js";
import { SLICE_STEPS } from "../program/step-numbers.js";
import type { ModelInTraining, Training } from "./callback.js";
import type { CallbackList } from "./callback-list.js";
import type { FitMoment, FitPosition, FitRun } from "./checkpointer.js";
import type { Course } from "./course.js";
import { describeLoss } from "./describe-loss.js";
import { type Evaluation, evaluate } from "./evaluate.js";
import { requireFiniteWeights } from "./finite-weights.js";
import type { FitOptions } from "./fit-options.js";
import { readMetrics, resultsOf, savedMetrics } from "./metric-results.js";
import { ofValidation } from "./monitor.js";
import type { EpochRecord, History, Progress } from "./progress.js";
import type { Recovery } from "./recovery.js";
import type { TrainingProgram, TrainingVariant } from "./runtime.js";

/** What a model has been through, over all fits: steps, and epochs that were at least begun. */
export interface TrainedSoFar {
  steps: number;
  epochs: number;
}

/** A model, what it was compiled with, and what it is to be fitted to. */
export interface FitRequest extends FitRun {
  readonly model: ModelInTraining;
  readonly options: FitOptions;
}

/** What a fit goes through. */
export interface FitData {
  /** What is trained on, in memory. */
  readonly data: LoadedData;
  /** Where the compiled metrics are counted. */
  readonly metrics: MetricMemory | undefined;
  readonly validation: CheckedData | undefined;
  /** How to go on behind a step that is not finite; without it that ends the fit. */
  readonly recovery: Recovery | undefined;
}

/** What became of some steps: how many were done, and of one that was left whether its loss is among the sums. */
interface Ran {
  readonly times: number;
  readonly left?: { readonly isSeen: boolean };
}

/** A fit that is going on: epochs of slices of steps, with callbacks and checkpoints between them. */
export class FitLoop {
  readonly #run: FitRequest;
  readonly #counter: TrainedSoFar;
  readonly #callbacks: CallbackList;
  readonly #course: Course;
  readonly #data: FitData;
  /** Where training stands: steps of this fit, the epoch that is going on, steps of it, and sums over its samples. */
  #step = 0;
  #epoch = 1;
  #done = 0;
  #sums = { lossSum: 0, correct: 0 };
  #metrics: MetricValues | undefined;
  readonly #records: EpochRecord[] = [];
  /** Why a callback stopped the fit. */
  #stopped: string | undefined;
  #startStep = 0;
  #startEpoch = 0;
  #optimizerState!: OptimizerState;
  /** What the checkpointer was told last. */
  #position: FitPosition | undefined;
  /** Moments of `performance.now()`, moved back by what earlier sessions took; and seconds spent on callbacks. */
  #began = 0;
  #epochBegan = 0;
  #resumedAt = { step: 0, time: 0 };
  #paused = 0;
  /** More steps than the next slice will have the time for, so that no more numbers are worked out than it needs. */
  #likely = SLICE_STEPS;

  constructor(
    run: FitRequest,
    counter: TrainedSoFar,
    callbacks: CallbackList,
    course: Course,
    data: FitData,
  ) {
    this.#run = run;
    this.#counter = counter;
    this.#callbacks = callbacks;
    this.#course = course;
    this.#data = data;
  }

  async run(): Promise<History> {
    await this.#begin();
    let whole = true;
    // An epoch that a callback left half done has a record to be made, also when the fit was taken up after that.
    while (whole && this.#epoch <= this.#course.epochs && (!this.#halted || this.#done > 0)) {
      whole = await this.#runEpoch();
    }
    return this.#end();
  }

  async #begin(): Promise<void> {
    const { runtime, compiled, dataset, model, options } = this.#run;
    this.#optimizerState = await runtime.stateOf(compiled.optimizer, this.#counter.steps);
    const from = await options.checkpoint?.begin(this.#run);
    this.#startStep = from?.startStep ?? this.#counter.steps;
    this.#startEpoch = from?.startEpoch ?? this.#counter.epochs;
    this.#began = performance.now() - 1000 * (from?.seconds ?? 0);
    this.#epochBegan = performance.now() - 1000 * (from?.epochSeconds ?? 0);
    if (from) {
      this.#optimizerState.startStep = from.optimizerStart;
      ({ step: this.#step, epoch: this.#epoch, epochStep: this.#done, stopped: this.#stopped } = from);
      this.#sums = { lossSum: from.lossSum, correct: from.correct };
      this.#metrics = from.metrics && readMetrics(from.metrics);
      this.#records.push(...from.records);
    }
    this.#resumedAt = { step: this.#step, time: performance.now() };
    this.#counter.steps = this.#startStep + this.#step;
    model.scaling = dataset.scaling;
    model.classNames = dataset.classNames;
    model.schema = dataset.schema;
    model.loss = describeLoss(compiled.loss);
    await this.#callbacks.begin((name) => this.#training(name), from?.callbacks);
    if (!from) await this.#data.recovery?.begin(this.#taken(0));
  }

  /** @returns false when it was cut short, and no epoch follows. */
  async #runEpoch(): Promise<boolean> {
    const { runtime, options, model } = this.#run;
    const { data, metrics } = this.#data;
    const course = this.#course;
    const { samples, stepsPerEpoch } = course;
    this.#counter.epochs = this.#startEpoch + this.#epoch;
    const steps = Math.min(stepsPerEpoch, course.steps - this.#step + this.#done);
    await data.beginPass(
      (options.shuffle ?? true)
        ? shuffledIndices(samples, model.seed, this.#counter.epochs)
        : Uint32Array.from({ length: samples }, (_, i) => i),
      course.seenInEpoch(steps),
    );
    await runtime.words.beginPass(course.seenInEpoch(this.#done), this.#sums);
    await metrics?.begin(this.#metrics);
    await runtime.words.setStep(this.#taken(this.#step));
    while (this.#done < steps && !this.#halted) await this.#runSlice(data, steps - this.#done);
    if (!(await this.#measure())) return false;
    if (!this.#aborted) await this.#judge();
    // An epoch that was cut short may be gone on with: its position stays the one inside it.
    if (this.#done < stepsPerEpoch || this.#aborted) return false;
    this.#epoch++;
    this.#done = 0;
    this.#sums = { lossSum: 0, correct: 0 };
    this.#metrics = undefined;
    this.#epochBegan = performance.now();
    await this.#reached("epoch");
    return true;
  }

  /**
   * Validates and tells the callbacks what the epoch brought, with the weights' average in their place where there is one.
   * @returns false when there was no step in it.
   */
  async #measure(): Promise<boolean> {
    const { runtime, compiled } = this.#run;
    const { validation } = this.#data;
    const average = this.#optimizerState.average;
    const swap = async () => {
      if (average) await runtime.machine.exclusive(() => average.swap());
    };
    await swap();
    let failed: unknown;
    try {
      const validated =
        validation &&
        !this.#aborted &&
        (await evaluate(runtime, compiled, validation, {}).catch((error: unknown) => {
          failed = error;
        }));
      if (failed === undefined && this.#done > 0) await this.#tell(validated || undefined);
    } finally {
      await swap();
    }
    if (failed !== undefined) await this.#keep(failed);
    return this.#done > 0;
  }

  async #tell(validated: Evaluation | undefined): Promise<void> {
    const { compiled } = this.#run;
    const record: EpochRecord = {
      epoch: this.#epoch,
      steps: this.#step,
      ...this.#means(),
      ...(validated && { validationLoss: validated.loss }),
      ...(validated && validated.accuracy !== undefined && { validationAccuracy: validated.accuracy }),
      ...(validated && validated.metrics !== undefined && { validationMetrics: validated.metrics }),
      learningRate: compiled.optimizer.learningRateAt(this.#lastTaken),
      seconds: since(this.#epochBegan),
    };
    this.#records.push(record);
    await this.#callbacks.epochEnd(record);
  }

  /** Lets the recovery see what the epoch came to. */
  async #judge(): Promise<void> {
    const { recovery, validation } = this.#data;
    if (!recovery) return;
    const { epoch, loss, validationLoss = loss } = this.#records.at(-1)!;
    const isValidated = validation !== undefined;
    const isSeen = this.#course.seenInEpoch(this.#done) > recovery.unseen;
    const ended = {
      isSeen,
      epoch,
      loss: validationLoss,
      isValidated,
      steps: this.#done,
      taken: this.#taken(this.#step),
    };
    await this.#run.runtime.machine.exclusive(async () => this.#take(await recovery.epochEnd(ended)));
  }

  /** From now on the optimizer has taken so many steps. */
  #take(steps: number): void {
    this.#optimizerState.startStep = this.#startStep + this.#step - steps;
  }

  /** Goes on behind a step of so many samples that was left. */
  async #passOver(samples: number, isSeen: boolean): Promise<void> {
    const { runtime } = this.#run;
    const { recovery, metrics } = this.#data;
    this.#done++;
    this.#step++;
    this.#counter.steps = this.#startStep + this.#step;
    await runtime.machine.exclusive(async () => {
      const place = { steps: this.#counter.steps, taken: this.#taken(this.#step) };
      this.#take(await recovery!.passOver({ samples, isSeen, ...place }));
      await runtime.words.beginPass(this.#course.seenInEpoch(this.#done), this.#sums);
      await metrics?.begin(this.#metrics);
      await runtime.words.setStep(this.#taken(this.#step));
    });
  }

  /** Runs as many of the next `left` steps as the time allows and as may be run in one go. */
  async #runSlice(data: LoadedData, left: number): Promise<void> {
    const { runtime, options, compiled } = this.#run;
    const { sliceSteps = SLICE_STEPS, checkpoint } = options;
    const { words } = runtime;
    // Only whole batches share a program; a short last one has its own.
    const { batch, alike } = this.#course.next(this.#done);
    const ready = data.ready(this.#course.seenInEpoch(this.#done), words);
    const there = typeof ready === "number" ? ready : await this.#wait(ready);
    if (there === undefined) return;
    const limit = typeof sliceSteps === "function" ? sliceSteps() : sliceSteps;
    requirePositiveInteger("fit", "sliceSteps", limit);
    const due = Math.min(checkpoint?.stepsLeft(this.#step) ?? left, this.#callbacks.stepsLeft(this.#step));
    const times = Math.max(1, Math.min(alike, Math.floor(there / batch), left, limit, due, this.#likely));
    const ran =
      (options.accumulate ?? 1) > 1
        ? await this.#runParts(data, batch)
        : await this.#runWhole(data, batch, times);
    this.#done += ran.times;
    this.#step += ran.times;
    if (ran.left) await this.#passOver(batch, ran.left.isSeen);
    this.#likely = ran.times < times ? Math.min(SLICE_STEPS, 4 * ran.times) : SLICE_STEPS;
    const now = performance.now();
    if (this.#callbacks.hearSlices) {
      const rate = compiled.optimizer.learningRateAt(this.#lastTaken);
      await this.#callbacks.slice(this.#progress(rate));
    }
    await this.#reached("slice");
    this.#paused += since(now);
  }

  /** Runs up to so many steps, each of them a batch. */
  #runWhole(data: LoadedData, batch: number, times: number): Promise<Ran> {
    const { runtime, options, compiled } = this.#run;
    const { sliceMs = 20 } = options;
    const { words, machine } = runtime;
    const { metrics, recovery } = this.#data;
    const run = ({ step: program, diagnose }: TrainingProgram) =>
      machine.exclusive(async (): Promise<Ran> => {
        await this.#optimizerState.beginSlice(this.#taken(this.#step), times);
        const { times: done, finite } = await machine.run(program, times, sliceMs);
        this.#counter.steps = this.#startStep + this.#step + done;
        if (!finite && !recovery?.goesOn) throw await runtime.explain(diagnose, this.#counter.steps);
        this.#sums = await words.sums();
        this.#metrics = await metrics?.read();
        return finite ? { times: done } : { times: done, left: { isSeen: await recovery!.guarded() } };
      });
    return runtime.training(data, batch, compiled, metrics, run, recovery?.guard && this.#guarded());
  }

  /** How programs end that look at the gradients before the update. */
  #guarded(): TrainingVariant {
    return {
      key: "guarded ",
      update: async (state) => {
        const guard = await this.#data.recovery!.guard!(state);
        const emit: typeof state.update.emit = (each) => {
          guard(each);
          state.update.emit(each);
        };
        return { ...state.update, emit };
      },
    };
  }

  /** Runs a step in parts of a batch each. */
  async #runParts(data: LoadedData, samples: number): Promise<Ran> {
    const { runtime, options, compiled } = this.#run;
    const { batchSize = 32, accumulate = 1 } = options;
    const { words, machine } = runtime;
    const { metrics, recovery } = this.#data;
    const { accumulateGradients, partWords } = await import("../program/accumulate-gradients.js");
    const counted = await partWords(machine);
    await counted.setStep(this.#taken(this.#step) * accumulate);
    for (let seen = 0; seen < samples; ) {
      const batch = Math.min(batchSize, samples - seen);
      const part = { share: batch / samples, isFirst: seen === 0, isLast: seen + batch === samples };
      const run = ({ step: program, diagnose }: TrainingProgram) =>
        machine.exclusive(async () => {
          if (part.isFirst) await this.#optimizerState.beginSlice(this.#taken(this.#step), 1);
          const { finite } = await machine.run(program);
          if (!finite && !recovery?.goesOn)
            throw await runtime.explain(diagnose, this.#startStep + this.#step);
          return finite;
        });
      const finite = await runtime.training(data, batch, compiled, metrics, run, {
        key: `${recovery?.guard ? "guarded " : ""}${Object.values(part)} `,
        words: words.withStepOf(counted),
        update: async (state) => accumulateGradients(state, part, await recovery?.guard?.(state)),
      });
      seen += batch;
      if (finite) continue;
      const isSeen = await machine.exclusive(() => recovery!.guarded());
      // Else the losses of the parts before it go with it.
      if (isSeen) await this.#readFigures();
      return { times: 0, left: { isSeen } };
    }
    this.#counter.steps = this.#startStep + this.#step + 1;
    await this.#readFigures();
    return { times: 1 };
  }

  #readFigures(): Promise<void> {
    const { words, machine } = this.#run.runtime;
    return machine.exclusive(async () => {
      this.#sums = await words.sums();
      this.#metrics = await this.#data.metrics?.read();
    });
  }

  /** Waits for samples; undefined when the fit was stopped meanwhile, of which the source was told as well. */
  async #wait(samples: Promise<number>): Promise<number | undefined> {
    const there = await samples.catch((error: unknown) => (this.#aborted ? 0 : this.#keep(error)));
    return this.#aborted ? undefined : there;
  }

  /** Keeps what was learnt where data cannot be read, before the fit ends with the error. */
  async #keep(error: unknown): Promise<never> {
    if (this.#position) {
      await this.#reached("end").catch((other: unknown) => {
        throw new AggregateError([error, other], "fit: no samples to go on with, and no checkpoint.");
      });
    }
    throw error;
  }

  async #end(): Promise<History> {
    const { runtime, options } = this.#run;
    const weights = await runtime.machine.exclusive(() => runtime.readWeights());
    // The last step's gradient may have been what the loss was not: not finite.
    requireFiniteWeights(weights, this.#counter.steps);
    if (this.#position) await options.checkpoint?.reached(this.#run, "end", this.#position, this.#judged);
    // One that its signal stopped is to go on, from the weights themselves.
    const { average } = this.#optimizerState;
    if (average && !this.#aborted) await runtime.machine.exclusive(() => average.take());
    const seconds = since(this.#began);
    const history: History = {
      epochs: this.#records,
      steps: this.#step,
      seconds,
      samplesPerSecond: this.#course.seenInAll(this.#step) / seconds,
      aborted: this.#aborted,
      ...(this.#stopped !== undefined && { stopped: this.#stopped }),
      ...(this.#data.recovery && { recovered: this.#data.recovery.lost }),
    };
    await this.#callbacks.end(history);
    return history;
  }

  /** Tells the checkpointer where training is: inside an epoch, or at the beginning of one. */
  async #reached(moment: FitMoment): Promise<void> {
    const { checkpoint } = this.#run.options;
    if (!checkpoint) return;
    const callbacks = this.#callbacks.states();
    this.#position = {
      ...{ startStep: this.#startStep, startEpoch: this.#startEpoch },
      optimizerStart: this.#optimizerState.startStep,
      ...{ step: this.#step, epoch: this.#epoch, epochStep: this.#done, ...this.#sums },
      ...(this.#metrics && { metrics: savedMetrics(this.#metrics) }),
      seconds: since(this.#began),
      epochSeconds: this.#done === 0 ? 0 : since(this.#epochBegan),
      records: [...this.#records],
      ...(Object.keys(callbacks).length > 0 && { callbacks }),
      ...(this.#stopped !== undefined && { stopped: this.#stopped }),
    };
    try {
      await checkpoint.reached(this.#run, moment, this.#position, this.#judged);
    } catch (error) {
      // Weights that the next step finds, and mends: there is no checkpoint of them.
      if (!(this.#data.recovery?.mendsWeights && error instanceof NumericError)) throw error;
    }
  }

  /** What the position is judged by. */
  get #judged(): number | undefined {
    const { validation } = this.#data;
    if (this.#done > 0) return validation ? undefined : this.#means().loss;
    const last = this.#records.at(-1);
    return validation ? last?.validationLoss : last?.loss;
  }

  /** Whether the signal stopped the fit before its last step. */
  get #aborted(): boolean {
    const { signal } = this.#run.options;
    return signal?.aborted === true && this.#stopped === undefined && this.#step < this.#course.steps;
  }

  get #halted(): boolean {
    return this.#aborted || this.#stopped !== undefined;
  }

  /** Which of the optimizer's steps was the last. */
  get #lastTaken(): number {
    return Math.max(0, this.#taken(this.#step - 1));
  }

  /** How many steps the optimizer has taken, which began later than the model if it was compiled later. */
  #taken(step: number): number {
    return this.#startStep + step - this.#optimizerState.startStep;
  }

  /** Of this epoch so far. */
  #means(): Pick<EpochRecord, "loss" | "accuracy" | "metrics"> {
    const seen = this.#course.seenInEpoch(this.#done) - (this.#data.recovery?.unseen ?? 0);
    const { lossSum, correct } = this.#sums;
    const { accuracy, metrics } = this.#run.compiled;
    return {
      loss: lossSum / seen,
      ...(accuracy && { accuracy: correct / (seen * this.#run.model.network.answers) }),
      ...(this.#metrics && { metrics: resultsOf(metrics, this.#metrics, seen) }),
    };
  }

  #progress(learningRate: number): Progress {
    const { steps, epochs, batchSize } = this.#course;
    const seen = this.#course.seenInAll(this.#step) - this.#course.seenInAll(this.#resumedAt.step);
    const samplesPerSecond = seen / (since(this.#resumedAt.time) - this.#paused);
    return {
      ...{ epoch: this.#epoch, epochs, step: this.#step, steps },
      ...this.#means(),
      ...{ learningRate, samplesPerSecond },
      secondsLeft: ((steps - this.#step) * batchSize) / samplesPerSecond,
    };
  }

  #training(name: string): Training {
    const where = { epoch: () => Math.min(this.#epoch, this.#course.epochs), step: () => this.#step };
    const { accuracy, metrics, optimizer } = this.#run.compiled;
    const measured = ["loss", ...(accuracy ? ["accuracy"] : []), ...metrics.map((metric) => metric.name)];
    return {
      ...{ model: this.#run.model, optimizer },
      ...{ epochs: this.#course.epochs, steps: this.#course.steps },
      get epoch() {
        return where.epoch();
      },
      get step() {
        return where.step();
      },
      figures: this.#data.validation ? [...measured, ...measured.map(ofValidation)] : measured,
      stop: (reason = name) => {
        this.#stopped ??= reason;
      },
    };
  }
}

/** Seconds since a moment of `performance.now()`. */
function since(moment: number): number {
  return (performance.now() - moment) / 1000;
}
