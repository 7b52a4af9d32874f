import type { SearchPlan } from "@loam/nn/sweep";
import type { Config } from "../config.js";
import { exitCodeOf, sentenceOf } from "../exit.js";
import { UsageError } from "../failure.js";
import { loadDataFor } from "../from-model.js";
import { loadTrainingData } from "../load-data.js";
import { withTrainingDefaults } from "../network.js";
import { openModel } from "../open-model.js";
import { resolveSettings } from "../settings.js";
import { findSources } from "../training-run.js";
import { settingsLine } from "./board-text.js";
import type { MetricName } from "./metric.js";
import { planOf, type SweepConfig } from "./sweep-config.js";

/** A sweep of which all is known that can be before its first trial. */
export interface PreparedSweep {
  readonly config: SweepConfig;
  readonly plan: SearchPlan<Config>;
  /** What every trial is trained with, beside its own settings and seed. */
  readonly common: Config;
  readonly metric: MetricName;
  /** What was understood of the data, in lines. */
  readonly lines: readonly string[];
}

/** How much is held out where the settings do not say, as of people's own data. */
const HELD_OUT = 0.15;

/**
 * Looks at every configuration, and at the data with the first: what is wrong with any of them is said before the first trial, and not by each of a thousand.
 * `load` reads data for the trials as well, and so all of it, as they will.
 * @throws {UsageError} naming the configuration that cannot be; {CommandError} or {LoamError} for the data.
 */
export async function prepareSweep(
  config: SweepConfig,
  file: string,
  load?: typeof loadTrainingData,
): Promise<PreparedSweep> {
  const plan = planOf(config, file);
  const lines: string[] = [];
  let common: Config = { ...config.settings, threads: config.settings.threads ?? 1 };
  const first = { ...common, ...plan.configurations[0] };
  if (first.data === "-")
    throw new UsageError(
      `${file}: data "-" is stdin, which says it once, and every trial reads its data; give a file.`,
    );
  const sources = await findSources({ data: "digits", ...first });
  lines.push(...sources.notes);
  const { source, textColumn } = sources;
  if (textColumn !== undefined && common.from === undefined) common = { ...common, textColumn };
  const isTable = source.kind === "table" || source.kind === "pixels";
  // A committee is as many trainings as it has networks: what is searched is one.
  if (isTable && common.tableReader !== "lessons" && !("members" in config.space))
    common = { members: 1, ...common };
  const resolve = (own: Config) =>
    withTrainingDefaults(resolveSettings({ ...common, ...own, seed: config.seeds[0]! }, {}, source.kind));
  if (resolve(plan.configurations[0]!).validationSplit === undefined && config.folds === undefined) {
    common = { ...common, validationSplit: HELD_OUT };
    lines.push(
      `noticed   ${100 * HELD_OUT} % of the training data is held out to choose by; settings.validationSplit says how much`,
    );
  }
  for (const [i, own] of plan.configurations.entries()) {
    try {
      const settings = resolve(own);
      if (plan.search === "halving" && (settings.members ?? 1) > 1)
        throw new UsageError("a committee has no budget that could be raised; leave out --members.");
    } catch (error) {
      if (exitCodeOf(error) !== 2) throw error;
      throw new UsageError(`${file}: configuration ${i + 1} (${settingsLine(own)}): ${sentenceOf(error)}`);
    }
  }
  const { kind, understood } = await lookAtData(
    resolve(plan.configurations[0]!),
    sources,
    config.folds,
    load,
  );
  lines.push(...understood);
  const metric = config.metric ?? (kind === "classes" ? "accuracy" : kind === "numbers" ? "rmse" : "loss");
  return { config, plan, common, metric, lines };
}

/** Of digits, which are drawn, so many are looked at in place of up to so many: what they are is known, and that they go into memory. */
const SOME_DIGITS = { seen: 1000, of: 20_000 } as const;

/** Reads the data as the first trial will. */
async function lookAtData(
  settings: ReturnType<typeof withTrainingDefaults>,
  { source, testSource }: Awaited<ReturnType<typeof findSources>>,
  folds: number | undefined,
  load: typeof loadTrainingData | undefined,
): Promise<{ readonly kind: "classes" | "numbers" | "other"; readonly understood: readonly string[] }> {
  const { limit = SOME_DIGITS.of } = settings;
  const loading = {
    ...settings,
    ...(source.kind === "digits" &&
      !load && { limit: limit <= SOME_DIGITS.of ? Math.min(limit, SOME_DIGITS.seen) : limit }),
    ...(testSource && { testSource }),
    ...(folds !== undefined && { fold: 1 }),
    // A trial reads no test set but as a fold; one that was named is looked at here.
    isTested: folds !== undefined || testSource !== undefined,
  };
  const base = settings.from === undefined ? undefined : await openModel(settings.from, { threads: 1 });
  try {
    const { training, lines, outputs } = await (base
      ? loadDataFor(base, source, loading)
      : (load ?? loadTrainingData)(source, loading));
    const task = training.schema?.task;
    if (task?.kind === "regression")
      return { kind: task.targets.length === 1 ? "numbers" : "other", understood: lines };
    const isClasses = task === undefined ? outputs > 1 : task.kind === "classification";
    return { kind: isClasses ? "classes" : "other", understood: lines };
  } finally {
    await base?.close();
  }
}
