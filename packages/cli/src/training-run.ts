import { type History, NumericError, Sequential, ShapeError, saveModel, softmaxCrossEntropy } from "@loam/nn";
import { findDataSource } from "./data-source.js";
import { sentenceOf } from "./exit.js";
import { Stopped } from "./failure.js";
import { loadTrainingData, type TrainingData } from "./load-data.js";
import { makeLayers, makeOptimizer, type TrainingSettings, withTrainingDefaults } from "./network.js";
import { type HistoryRow, RunFolder } from "./run-folder.js";
import { RunRecord, type TrainingResult } from "./run-record.js";
import { networkName, type Settings } from "./settings.js";
import { StopRequest } from "./stop-request.js";
import type { Terminal } from "./terminal.js";
import { epochLine, resultLines, startLines } from "./training-text.js";

export interface TrainOptions {
  readonly terminal: Terminal;
  /** Print the result as JSON, and nothing else on stdout. */
  readonly json: boolean;
}

/**
 * One training run, from settings to a whole run folder. What can be checked without reading data is checked before the folder is made;
 * should the data or the network turn out not to fit, the folder is taken away again.
 */
export async function train(given: Settings, { terminal, json }: TrainOptions): Promise<void> {
  const settings = withTrainingDefaults(given);
  const source = await findDataSource(settings.data, settings.dataDir);
  const { testData, out } = settings;
  const testSource = testData === undefined ? undefined : await findDataSource(testData, settings.dataDir);
  const started = new Date();
  const folder =
    out === undefined
      ? await RunFolder.createDefault(networkName(settings), started)
      : await RunFolder.create(out);
  const stop = new StopRequest();
  const run = new TrainingRun(settings, folder, new RunRecord(folder, settings, started), stop, terminal);
  try {
    await run.record.write();
    const read = terminal.busy("Reading the data");
    const data = await loadTrainingData(source, {
      ...settings,
      ...(testSource !== undefined && { testSource }),
    }).finally(read);
    const result = await run.go(data);
    if (json) terminal.json(result);
    else for (const line of resultLines(result, data.test)) terminal.result(line);
    stop.throwIfStopped(`stopped after the last step; the whole run is in ${folder.path}.`);
  } catch (error) {
    if (!(error instanceof Stopped)) {
      // A step that failed within the first slice was not reported yet, but those before it were done.
      const failedAt = error instanceof NumericError ? (error.details.step ?? 1) : 1;
      const step = Math.max(run.steps, failedAt - 1);
      if (step === 0) await folder.discard();
      else await run.record.write({ status: "failed", stopped: { step, why: sentenceOf(error) } });
    }
    throw error;
  } finally {
    stop.ignore();
    await run.close();
  }
}

/** The part of a run that has a model. */
class TrainingRun {
  /** Steps done so far. */
  steps = 0;
  #model: Sequential | undefined;
  readonly #rows: HistoryRow[] = [];

  constructor(
    readonly settings: TrainingSettings,
    readonly folder: RunFolder,
    readonly record: RunRecord,
    readonly stop: StopRequest,
    readonly terminal: Terminal,
  ) {}

  async go(data: TrainingData): Promise<TrainingResult> {
    const { settings, terminal, record, folder } = this;
    const model = makeModel(settings, data);
    this.#model = model;
    const { threads, binary, notes } = await model.ready();
    for (const note of notes) terminal.note(note);
    for (const line of startLines(settings, data, model.parameters, threads)) terminal.note(line);
    await record.write({ engine: { threads, binary } });
    const history = await this.#fit(model, data);
    if (this.stop.received !== undefined && history.aborted) await this.#endEarly(model);
    const test = data.test && (await model.evaluate(data.test));
    const result: TrainingResult = {
      trainLoss: history.epochs.at(-1)!.loss,
      testLoss: test?.loss ?? null,
      testAccuracy: test?.accuracy ?? null,
      epochs: history.epochs.length,
      steps: history.steps,
      seconds: history.seconds,
      samplesPerSecond: history.samplesPerSecond,
      parameters: model.parameters,
      weightsHash: await model.weightsHash(),
      model: folder.modelPath,
    };
    await record.write({ status: "finished", result });
    await folder.writeModel(await saveModel(model));
    return result;
  }

  async #fit(model: Sequential, { training }: TrainingData): Promise<History> {
    const { batchSize, epochs, steps, validationSplit } = this.settings;
    const progress = this.terminal.progress();
    let shownEpochs = epochs;
    try {
      return await model.fit(training, {
        batchSize,
        ...(steps === undefined ? { epochs } : { steps }),
        ...(validationSplit !== undefined && { validationSplit }),
        signal: this.stop.signal,
        onSlice: (view) => {
          this.steps = view.step;
          shownEpochs = view.epochs;
          progress.update(view);
        },
        onEpochEnd: async (epoch) => {
          this.#rows.push(epoch);
          await this.folder.writeHistory(this.#rows);
          progress.line(epochLine(epoch, shownEpochs));
        },
      });
    } finally {
      progress.stop();
    }
  }

  /** Keeps what a signal leaves behind, and ends the run. @throws {Stopped} */
  async #endEarly(model: Sequential): Promise<never> {
    const { record, folder, stop, steps } = this;
    const signal = stop.received!;
    await record.write({ status: "interrupted", stopped: { step: steps, why: signal } });
    if (steps === 0) throw new Stopped(signal, `stopped by ${signal} before the first step.`);
    await folder.writeModel(await saveModel(model));
    throw new Stopped(
      signal,
      `stopped by ${signal} after step ${steps}; the weights so far are in ${folder.modelPath}.`,
    );
  }

  async close(): Promise<void> {
    await this.#model?.close();
  }
}

/** @throws {ShapeError} when the layers do not fit each other, the inputs or the number of classes. */
function makeModel(settings: TrainingSettings, { training, classes }: TrainingData): Sequential {
  const inputShape = training.inputs.shape.slice(1);
  const { seed, threads, precision } = settings;
  const model = new Sequential(makeLayers(settings, inputShape, classes), {
    inputShape,
    name: networkName(settings),
    seed,
    threads,
    precision,
  });
  const [outputs = 0, ...more] = model.outputShape;
  if (more.length > 0 || outputs < classes) {
    throw new ShapeError(
      "output-shape",
      `${training.name}: has ${classes} classes, but the network's output has shape [batch, ${model.outputShape.join(", ")}]; end it with a Dense layer of ${classes} units.`,
    );
  }
  return model.compile({
    optimizer: makeOptimizer(settings),
    loss: softmaxCrossEntropy(),
    metrics: ["accuracy"],
  });
}
