import { resolve } from "node:path";
import { type DataSchema, type History, NumericError, type Sequential, saveModel } from "@loam/nn";
import { checkpoints } from "@loam/nn/checkpoint";
import { join } from "./committee.js";
import type { Config } from "./config.js";
import { type DataSource, findDataSource, type TextsSource } from "./data-source.js";
import { epochPlot } from "./epoch-plot.js";
import { sentenceOf } from "./exit.js";
import { Stopped, UsageError } from "./failure.js";
import { type Measured, measure } from "./figures.js";
import { requireFinite } from "./finite.js";
import { loadDataFor, modelFrom } from "./from-model.js";
import { loadTrainingData } from "./load-data.js";
import { compileFor, makeModel } from "./make-model.js";
import type { Search } from "./model-search.js";
import { isLanguageModel } from "./names.js";
import { type TrainingSettings, withTrainingDefaults } from "./network.js";
import { openModel } from "./open-model.js";
import { type Length, PAUSED, pauseAt, shareOf } from "./pause.js";
import { type HistoryRow, RunFolder } from "./run-folder.js";
import { RunRecord, type TrainingResult } from "./run-record.js";
import { readSavedRun, type SavedRun } from "./saved-run.js";
import { namedFigures } from "./say-figures.js";
import { networkName, resolveSettings, withoutOldNames } from "./settings.js";
import { StopRequest } from "./stop-request.js";
import type { Terminal } from "./terminal.js";
import { findTexts } from "./text-column.js";
import { fitLength, requireMembers, stopping, trainMembers } from "./train-members.js";
import { TrainingClock } from "./training-clock.js";
import type { TrainingData } from "./training-data.js";
import {
  epochLine,
  type Outcome,
  recoveredLine,
  resultLines,
  resumeLine,
  startLines,
  stoppedLine,
} from "./training-text.js";

/** What helps when figures stop being finite. */
const LOWER_RATE = "lower the learning rate, or look at the data";

/** Seconds from one checkpoint to the next. */
const CHECKPOINT_PAUSE = 1;

/** Milliseconds from one writing of history.csv to the next, and how much longer than a writing that is on a slow disk; a killed run lacks the last epochs, as its checkpoint does. */
const HISTORY_PAUSE = 1000;
const HISTORY_SHARE = 1000;

export interface TrainOptions {
  readonly terminal: Terminal;
  /** Print the result as JSON, and nothing else on stdout. */
  readonly json: boolean;
  /** Draw the epochs' losses when it is done. */
  readonly plot?: boolean;
  /** Print no result: somebody else says what several runs came to. */
  readonly quiet?: boolean;
  /** What the settings' data turned out to be, where that was looked at. */
  readonly sources?: Sources;
  /** How the network was chosen, for run.json. */
  readonly search?: Search;
  /** Pause once this share of the run, in (0, 1], is done: `resume` goes on then, to the bits of one that never paused. */
  readonly budget?: number;
  /** Whether the test set has a say: without it nobody reads or measures it; default true. */
  readonly isTested?: boolean;
  /** Seconds that pass at least from one checkpoint to the next; default 1. */
  readonly checkpointPause?: number;
  /** `resume` takes a finished run as well, and measures it again. */
  readonly again?: boolean;
  /** What reads the data; `loadTrainingData` unless somebody has it already. */
  readonly load?: typeof loadTrainingData;
}

/**
 * One training run, from settings to a whole run folder. What can be checked without reading data is checked before the folder is made;
 * should the data or the network turn out not to fit, the folder is taken away again.
 */
export async function train(flags: Config, file: Config, options: TrainOptions): Promise<Outcome> {
  const { sources = await findSources({ data: "digits", ...file, ...flags }), search } = options;
  const { source, notes, textColumn } = sources;
  for (const note of notes) options.terminal.note(note);
  const found = textColumn === undefined || flags.from !== undefined ? flags : { ...flags, textColumn };
  const settings = withTrainingDefaults(resolveSettings(found, file, source.kind));
  const started = new Date();
  const stop = new StopRequest();
  const folder =
    settings.out === undefined
      ? await RunFolder.createDefault(networkName(settings), started)
      : await RunFolder.create(settings.out);
  try {
    const origin = { started: started.toISOString(), directory: process.cwd() };
    const record = new RunRecord(folder, settings, origin, search ? { search } : {});
    const run = new TrainingRun(settings, folder, record, stop, options);
    return await carryOut(run, sources, options);
  } finally {
    folder.release();
  }
}

/** Goes on with a run that ended early, from its last checkpoint. When it cannot, the folder stays as it is. */
export async function resume(path: string, flags: Config, options: TrainOptions): Promise<Outcome> {
  const saved = await readSavedRun(path, flags, options.again);
  try {
    const settings = withTrainingDefaults(saved.settings);
    const sources = await findSources(
      settings,
      saved.directory,
      settings.from !== undefined && saved.checkpoint ? saved.checkpointPath : undefined,
    );
    const record = new RunRecord(saved.folder, settings, saved, {
      resumed: saved.resumed,
      ...(saved.search && { search: saved.search }),
    });
    const run = new TrainingRun(settings, saved.folder, record, new StopRequest(), options, saved);
    return await carryOut(run, sources, options);
  } finally {
    saved.folder.release();
  }
}

export interface Sources {
  /** Of a table that is one of texts: the column that they are in. */
  readonly textColumn?: string;
  /** What was noticed of the data before it was read. */
  readonly notes: readonly string[];
  readonly source: DataSource;
  readonly testSource: DataSource | undefined;
}

/** `like`: the file of the network of `--from`, which says how texts are read. */
export async function findSources(
  config: Config & { readonly data: string },
  directory = process.cwd(),
  like = config.from === undefined ? undefined : resolve(directory, config.from),
): Promise<Sources> {
  const { data, testData, dataDir, model, layers, context } = config;
  const known = like === undefined ? undefined : await schemaOf(like);
  // Layers of one's own learn to write where they are told how far they see.
  const asText =
    known?.task.kind === "next" || isLanguageModel(model) || (layers !== undefined && context !== undefined);
  const find = (name: string) => findDataSource(name, { dataDir, directory, asText });
  const [source, testSource] = [await find(data), testData === undefined ? undefined : await find(testData)];
  const asked = withoutOldNames(config);
  // A network that has learnt from a table's texts reads the column of that name.
  const its = known?.input.kind === "text" && source.kind === "table" ? known.input.column : undefined;
  const { column = its, notes } =
    asked.textColumn === undefined && source.kind === "table" && source.first
      ? findTexts(source.first, asked)
      : { column: asked.textColumn ?? its, notes: [] };
  if (column === undefined) return { source, testSource, notes };
  return {
    source: textsOfTable(source),
    testSource: testSource && textsOfTable(testSource),
    textColumn: column,
    notes,
  };
}

async function schemaOf(path: string): Promise<DataSchema | undefined> {
  const model = await openModel(path, { threads: 1 });
  try {
    return model.schema;
  } finally {
    await model.close();
  }
}

/** @throws {UsageError} for what is no table. */
function textsOfTable(source: DataSource): TextsSource {
  if (source.kind === "table" || source.kind === "pixels")
    return { kind: "texts", path: source.path, table: source };
  throw new UsageError("--text-column names a column of a table; this data is none.");
}

/** The same for a run that begins and one that goes on. */
async function carryOut(
  run: TrainingRun,
  { source, testSource }: Sources,
  { terminal, json, plot, quiet, isTested = true, load = loadTrainingData }: TrainOptions,
): Promise<Outcome> {
  const { settings, folder, stop } = run;
  try {
    await run.announce();
    const done = terminal.busy("Reading the data");
    const onPicture = (read: number, total: number) => terminal.busyAt("Reading the data", read, total);
    const opened = await stop.orStopped(run.openBase().then((base) => ({ base }))).catch((error: unknown) => {
      done();
      throw error;
    });
    if (opened === undefined) return await run.endEarly();
    const { base } = opened;
    const loading = { ...settings, onPicture, isTested, ...(testSource && { testSource }) };
    const reading = base ? loadDataFor(base, source, loading) : load(source, loading);
    const data = await stop.orStopped(reading).finally(done);
    if (data === undefined) return await run.endEarly();
    const { test: _, ...untested } = data;
    const outcome = await run.go(isTested ? data : untested);
    if (plot) for (const line of epochPlot(outcome.epochs, terminal)) terminal.note(line);
    if (quiet) terminal.note(`model     ${folder.modelPath}`);
    else if (json) terminal.json(outcome.result);
    else for (const line of resultLines(outcome)) terminal.result(line);
    stop.throwIfStopped(`stopped after the last step; the whole run is in ${folder.path}.`);
    return outcome;
  } catch (error) {
    if (!(error instanceof Stopped)) await run.fail(error);
    throw error;
  } finally {
    stop.ignore();
    await run.close();
  }
}

/** A run with its folder and, once there is data, its model. */
class TrainingRun {
  /** Steps done so far, those of earlier sessions included. */
  #steps: number;
  /** Whether the folder is this session's: one that goes on leaves it alone until it has done a step. */
  #owns: boolean;
  #model: Sequential | undefined;
  #base: Sequential | undefined;
  readonly #rows: HistoryRow[];
  /** Whether history.csv lacks an epoch, and when it is to be written again. */
  #isHistoryOld = false;
  #historyDue = Number.NEGATIVE_INFINITY;
  readonly terminal: Terminal;
  /** Where it is to pause. */
  readonly #pause: Length | undefined;
  readonly #checkpointPause: number;
  readonly #clock = new TrainingClock();

  constructor(
    readonly settings: TrainingSettings,
    readonly folder: RunFolder,
    readonly record: RunRecord,
    readonly stop: StopRequest,
    { terminal, budget, checkpointPause = CHECKPOINT_PAUSE }: TrainOptions,
    readonly saved?: SavedRun,
  ) {
    this.terminal = terminal;
    this.#checkpointPause = checkpointPause;
    this.#pause = budget === undefined ? undefined : shareOf(settings, budget);
    const position = saved?.checkpoint?.position;
    this.#steps = position?.step ?? 0;
    this.#rows = [...(position?.records ?? [])];
    this.#owns = saved === undefined;
  }

  /** Writes run.json, before anything is read; it is there already when the run goes on. */
  async announce(): Promise<void> {
    if (this.#owns) await this.record.write();
  }

  /** The network of `--from`; of a run that goes on, the one of its checkpoint, which reads its data in the same way. */
  async openBase(): Promise<Sequential | undefined> {
    const { from } = this.settings;
    if (from === undefined) return undefined;
    const { checkpoint, checkpointPath, directory = process.cwd() } = this.saved ?? {};
    this.#base = await openModel(checkpoint ? checkpointPath! : resolve(directory, from), {
      threads: 1,
    });
    return this.#base;
  }

  async go(data: TrainingData): Promise<Outcome> {
    const { settings, terminal, record, folder } = this;
    const begun = this.#base && (await modelFrom(this.#base, settings, data));
    const model = begun?.model ?? (await makeModel(settings, data));
    this.#model = model;
    requireMembers(model, settings, data);
    const { threads, binary, notes } = await model.ready();
    for (const note of notes) terminal.note(note);
    for (const line of startLines(settings, data, model.parameters, threads)) terminal.note(line);
    if (begun && !this.saved) terminal.note(begun.line);
    if (this.saved?.note !== undefined) terminal.note(this.saved.note);
    if (this.saved) terminal.note(resumeLine(this.#steps));
    record.note({ engine: { threads, binary } });
    if (this.#owns) await record.write();
    const history = await this.#fit(model, data);
    if (this.stop.received !== undefined && history.aborted) await this.endEarly();
    if (history.stopped === PAUSED) return this.#restAfter(model, data, history);
    if (history.stopped !== undefined) terminal.note(stoppedLine(history.stopped));
    if (history.recovered) terminal.note(recoveredLine(history.recovered, settings.onNan));
    await this.#takeOver();
    const validation = await this.#validate(model, data);
    const { final, steps, seconds, samples } = await this.#join(model, data, history);
    const test = data.test && (await measure(final, data.test, { what: "the test loss", cure: LOWER_RATE }));
    const result: TrainingResult = {
      trainLoss: history.epochs.at(-1)!.loss,
      ...namedFigures("test", test),
      ...(validation && namedFigures("validation", validation)),
      epochs: history.epochs.length,
      steps,
      seconds,
      samplesPerSecond: samples / seconds,
      parameters: final.parameters,
      weightsHash: await final.weightsHash(),
      model: folder.modelPath,
    };
    await record.write({ status: "finished", result });
    await folder.writeModel(await saveModel(final));
    await folder.removeLeftovers(settings.patience !== undefined);
    const { took } = this.#clock;
    return { result, epochs: history.epochs, took, ...(validation && { validation }), ...(test && { test }) };
  }

  /** How well the network does on what was set aside before training; undefined where that was left to `fit`. */
  async #validate(model: Sequential, { validation }: TrainingData): Promise<Measured | undefined> {
    if (validation === undefined) return undefined;
    return measure(model, validation, { what: "the validation loss", cure: LOWER_RATE });
  }

  /** Says in the folder how far a run came that is to go on later, and measures it there; the test is for its end. */
  async #restAfter(model: Sequential, data: TrainingData, history: History): Promise<Outcome> {
    await this.#takeOver();
    const validation = await this.#validate(model, data);
    const { epochs, steps, seconds, samplesPerSecond } = history;
    await this.record.write({ status: "interrupted", stopped: { step: steps, why: PAUSED } });
    const result: TrainingResult = {
      trainLoss: epochs.at(-1)!.loss,
      ...namedFigures("test", undefined),
      ...(validation && namedFigures("validation", validation)),
      ...{ epochs: epochs.length, steps, seconds, samplesPerSecond },
      parameters: model.parameters,
      weightsHash: await model.weightsHash(),
      model: this.folder.checkpointPath,
    };
    return { result, epochs, took: this.#clock.took, paused: true, ...(validation && { validation }) };
  }

  async #fit(model: Sequential, { training, validation, validationSplit }: TrainingData): Promise<History> {
    const { epochs, checkpointEvery, onNan } = this.settings;
    const watched = validation !== undefined || validationSplit !== undefined;
    const { folder, terminal, saved } = this;
    const progress = terminal.progress();
    let shownEpochs = epochs ?? 1;
    try {
      return await model.fit(training, {
        ...fitLength(this.settings, training),
        ...(validationSplit !== undefined && { validationSplit }),
        ...(validation && { validationData: validation }),
        callbacks: [
          this.#clock.callback,
          ...stopping(this.settings, watched),
          ...(this.#pause ? [pauseAt(this.#pause)] : []),
        ],
        signal: this.stop.signal,
        checkpoint: this.#clock.withCheckpoints(
          checkpoints({
            to: (bytes) => folder.writeCheckpoint(bytes),
            best: (bytes) => folder.writeBest(bytes),
            ...(checkpointEvery === undefined
              ? { pauseSeconds: this.#checkpointPause }
              : { everySteps: checkpointEvery }),
            ...(saved?.checkpoint && { from: saved.from }),
            onWarning: (sentence) => terminal.note(sentence),
          }),
        ),
        onSlice: async (view) => {
          await this.#takeOver();
          this.#steps = view.step;
          shownEpochs = view.epochs;
          progress.update(view);
        },
        onEpochEnd: (epoch) =>
          this.#clock.beside(async () => {
            this.#rows.push(epoch);
            await this.#keepHistory();
            progress.line(epochLine(epoch, shownEpochs));
            const { validationLoss = 0 } = epoch;
            // The library goes back from there.
            if (onNan === "rollback") return;
            requireFinite(`the validation loss of epoch ${epoch.epoch}`, [validationLoss], LOWER_RATE);
          }),
      });
    } finally {
      progress.stop();
      if (this.#isHistoryOld) await folder.writeHistory(this.#rows);
    }
  }

  /** Writes history.csv, or leaves it for later where it was written just now: epochs of a small table take less than that. */
  async #keepHistory(): Promise<void> {
    const began = performance.now();
    this.#isHistoryOld = began < this.#historyDue;
    if (this.#isHistoryOld) return;
    await this.folder.writeHistory(this.#rows);
    const now = performance.now();
    this.#historyDue = now + Math.max(HISTORY_PAUSE, HISTORY_SHARE * (now - began));
  }

  /**
   * The model that is kept, of a committee the one that its networks make, and what the training of all took. What is stopped here begins again with
   * the second network.
   */
  async #join(model: Sequential, data: TrainingData, history: History) {
    const { settings, terminal, stop } = this;
    const trained = await trainMembers(model, settings, data, {
      ...{ terminal, signal: stop.signal },
      clock: this.#clock,
    });
    if (trained === undefined) return this.endEarly();
    const { members } = trained;
    const took = {
      steps: history.steps + trained.steps,
      seconds: history.seconds + trained.seconds,
      samples: history.samplesPerSecond * history.seconds + trained.samples,
    };
    if (members.length === 1) return { final: model, ...took };
    const final = compileFor(await join(members, settings.threads), settings, data);
    this.#model = final;
    for (const member of members) await member.close();
    return { final, ...took };
  }

  /** Once a run that goes on has done a step, its folder says so, and holds nothing that is older than its checkpoint. */
  async #takeOver(): Promise<void> {
    if (this.#owns) return;
    this.#owns = true;
    const session = { time: new Date().toISOString(), step: this.#steps };
    await this.record.write({ resumed: [...this.saved!.resumed, session] });
    await this.folder.removeStale();
    await this.folder.keepBest();
    await this.folder.writeHistory(this.#rows);
  }

  /** Says in the folder how far the run came, beside the checkpoint and the weights of that moment, and ends it. @throws {Stopped} */
  async endEarly(): Promise<never> {
    const { record, folder, stop } = this;
    const step = this.#steps;
    const signal = stop.received!;
    if (this.#owns) await record.write({ status: "interrupted", stopped: { step, why: signal } });
    if (step === 0) throw new Stopped(signal, `stopped by ${signal} before the first step.`);
    if (this.#owns) await folder.writeModel(await saveModel(this.#model!));
    throw new Stopped(
      signal,
      `stopped by ${signal} after step ${step}; loam train --resume ${quoted(folder.path)} goes on from there.`,
    );
  }

  /** Says in the folder what went wrong, or takes it away when nothing was done; one that was to go on and did not stays as it is. */
  async fail(error: unknown): Promise<void> {
    // A step that failed within the first slice was not reported yet, but those before it were done.
    const failedAt = error instanceof NumericError ? (error.details.step ?? 1) : 1;
    const step = Math.max(this.#steps, failedAt - 1);
    if (this.#owns && step === 0) await this.folder.discard();
    else if (this.#owns || error instanceof NumericError) await this.#keepFailed(step, sentenceOf(error));
  }

  async #keepFailed(step: number, why: string): Promise<void> {
    await this.record.write({ status: "failed", stopped: { step, why } });
    const { folder, terminal } = this;
    if (await folder.hasBetterThan(folder.checkpointPath))
      terminal.note(`best      ${folder.bestPath}, a checkpoint from before the last`);
  }

  async close(): Promise<void> {
    await this.#model?.close();
    await this.#base?.close();
  }
}

/** A path as a shell takes it. */
function quoted(path: string): string {
  return /^[\w./:@%+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
