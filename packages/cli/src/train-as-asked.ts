import { BUDGET, chooseModel, secondsOf } from "./auto-model.js";
import type { Config } from "./config.js";
import { crossValidate } from "./cross-validate.js";
import { UsageError } from "./failure.js";
import { loadTrainingData } from "./load-data.js";
import type { Search } from "./model-search.js";
import type { ModelName } from "./names.js";
import { RunFolder } from "./run-folder.js";
import { drawSeed } from "./settings.js";
import { StopRequest } from "./stop-request.js";
import { findSources, type Sources, type TrainOptions, train } from "./training-run.js";

/** The settings that flags give; the network may also be `auto`. */
export type AskedFlags = Omit<Config, "model"> & { readonly model?: ModelName | "auto" };

export interface AskedOptions extends TrainOptions {
  /** Seconds that `--model auto` may take to choose. */
  readonly budget?: number;
}

/** One run, or one a fold, with a network that is said or yet to be chosen. */
export async function trainAsAsked(
  { model, ...flags }: AskedFlags,
  file: Config,
  { budget, ...options }: AskedOptions,
): Promise<void> {
  if (model !== "auto" && budget !== undefined)
    throw new UsageError("--budget is how long --model auto may try networks; give both.");
  const given: Config = model === undefined || model === "auto" ? flags : { ...flags, model };
  const folds = given.folds ?? file.folds;
  const isEachFold = folds !== undefined && (given.fold ?? file.fold) === undefined;
  // A configuration that says which network was chosen is how a search is repeated without the clock.
  const isOpen = model === "auto" && file.model === undefined && file.layers === undefined;
  if (!isEachFold && !isOpen) {
    await train(given, file, options);
    return;
  }
  if (isOpen && isEachFold)
    throw new UsageError(
      "--model auto chooses by rows that --folds are yet to test; choose first, then give its network to --folds.",
    );
  if (isOpen && (given.from ?? file.from) !== undefined)
    throw new UsageError("--model auto and --from both say which network it is to be; give one of the two.");
  const sources = await findSources({ data: "digits", ...file, ...given });
  const { textColumn } = sources;
  const settled: Config = {
    ...given,
    ...(textColumn !== undefined && { textColumn }),
    seed: given.seed ?? file.seed ?? drawSeed(),
  };
  if (isEachFold) return eachFold(folds, settled, file, sources, options);
  const out = given.out ?? file.out;
  if (out !== undefined) await RunFolder.check(out);
  const search = await choose(settled, file, sources, { ...options, budget: budget ?? BUDGET });
  await train({ ...settled, ...search.chosen }, file, { ...options, sources, search });
}

async function choose(
  flags: Config,
  file: Config,
  { source, testSource: _ }: Sources,
  { terminal, budget }: Required<Pick<AskedOptions, "terminal" | "budget">>,
): Promise<Search> {
  const stop = new StopRequest();
  try {
    return await chooseModel(flags, file, {
      ...{ kind: source.kind, budget, terminal, stop },
      load: (settings) => loadTrainingData(source, settings),
    });
  } finally {
    stop.ignore();
  }
}

async function eachFold(
  folds: number,
  flags: Config,
  file: Config,
  sources: Sources,
  { terminal, json, plot }: TrainOptions,
): Promise<void> {
  const out =
    flags.out ?? file.out ?? `runs/${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}-folds`;
  await crossValidate(
    { folds, seed: flags.seed!, out },
    (fold, path) =>
      train({ ...flags, fold, out: path }, file, {
        terminal,
        json,
        sources,
        quiet: true,
        ...(plot && { plot }),
      }),
    { terminal, json },
  );
}

/** `90s`, `5m` or seconds. @throws {UsageError} */
export function readBudget(text: string): number {
  const seconds = secondsOf(text);
  if (seconds !== undefined) return seconds;
  throw new UsageError(`--budget must be a time such as 90s or 5m, got ${JSON.stringify(text)}.`);
}
