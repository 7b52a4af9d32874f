import { join, resolve } from "node:path";
import { type Leaderboard, type SweepEngine, sweep, type Trial, type TrialOutcome } from "@loam/nn/sweep";
import type { Config } from "../config.js";
import { Stopped } from "../failure.js";
import { quoted } from "../report/repeat-command.js";
import { StopRequest } from "../stop-request.js";
import type { Terminal } from "../terminal.js";
import { BoardView } from "./board-view.js";
import { METRICS, type MetricName } from "./metric.js";
import type { PreparedSweep } from "./prepare.js";
import type { TrialNews, TrialOrder, TrialReport } from "./run-trial.js";
import type { Shard, SweepFolder } from "./sweep-folder.js";

/** What trains an order: processes of this machine, or other machines. */
export interface TrialRunner {
  /** How many orders it is given at a time. */
  readonly slots: number;
  /** Undefined when the signal came. `onNews` hears how far it is, of who can tell. */
  run(
    order: TrialOrder,
    trial: Trial<Config>,
    signal: AbortSignal,
    onNews: (news: TrialNews) => void,
  ): Promise<TrialReport | undefined>;
  close(): Promise<void>;
}

export interface SweepRun {
  readonly board: Leaderboard<Config>;
  /** Seconds that the trainings of this session took, each by itself. */
  readonly trained: number;
}

/** Of another shard: it has no value here, and is no failure. */
const ELSEWHERE = "belongs to another shard";

/**
 * Carries a sweep out, or goes on with it: a trial whose outcome lies in the folder is not run again.
 * @throws {Stopped} when a signal came; the folder keeps how far it got.
 */
export async function runSweep(
  folder: SweepFolder,
  prepared: PreparedSweep,
  runner: TrialRunner,
  { terminal, resumeWith }: { readonly terminal: Terminal; readonly resumeWith: string },
): Promise<SweepRun> {
  const { plan, metric } = prepared;
  const { shard, isAsync } = folder.record;
  const stop = new StopRequest();
  const { configurations, budgets } = plan;
  const { seeds, folds = 1 } = prepared.config;
  const view = new BoardView(terminal, {
    ...{ metric, rungs: budgets.length },
    asked: isAsync ? 0 : configurations.length * seeds.length * folds,
  });
  let trained = 0;
  let asked = 0;
  const engine: SweepEngine<Config> = {
    slots: runner.slots,
    async run(trial, signal) {
      const place = asked++;
      if (shard && !isOf(shard, place)) return { value: null, error: ELSEWHERE };
      const known = await folder.readReport(trial.id, trial.rung);
      const onNews = (news: TrialNews) => view.underWay(trial.id, news);
      const report = known ?? (await runner.run(orderOf(folder, prepared, trial), trial, signal, onNews));
      if (report === undefined) return { value: null };
      if (known === undefined) {
        await folder.writeReport(trial.id, trial.rung, report);
        if ("seconds" in report) trained += report.seconds;
      }
      return outcomeOf(report, metric);
    },
  };
  try {
    const { leaderboard, aborted } = await searched(prepared, engine, {
      isAsync,
      signal: stop.signal,
      onTrial: ({ trial, outcome, ...news }) => {
        if (outcome.error === ELSEWHERE) return;
        view.update({ id: trial.id, rung: trial.rung, error: outcome.error, ...news });
      },
    });
    view.stop();
    if (aborted) {
      await folder.note("interrupted");
      throw new Stopped(stop.received!, `stopped by ${stop.received}; ${resumeWith} goes on from there.`);
    }
    const board = leaderboard.filter(({ trials }) =>
      trials.some(({ outcome }) => outcome.error !== ELSEWHERE),
    );
    return { board, trained };
  } finally {
    view.stop();
    stop.ignore();
    await runner.close();
  }
}

/** The leaderboard of outcomes that are known; what is missing is asked for with `read`, which may throw. */
export async function boardOf(
  prepared: Pick<PreparedSweep, "config" | "metric">,
  read: (trial: Trial<Config>) => Promise<TrialReport | undefined>,
): Promise<Leaderboard<Config>> {
  const engine: SweepEngine<Config> = {
    slots: 1,
    async run(trial) {
      const report = await read(trial);
      return report ? outcomeOf(report, prepared.metric) : { value: null, error: "is missing" };
    },
  };
  const { leaderboard } = await searched(prepared, engine, { isAsync: false });
  return leaderboard;
}

type Searching = Pick<Parameters<typeof sweep>[2] & object, "signal"> & {
  readonly isAsync: boolean;
  readonly onTrial?: (news: {
    readonly trial: Trial<Config>;
    readonly outcome: TrialOutcome;
    readonly ended: number;
    readonly asked: number;
    readonly leaderboard: Leaderboard<Config>;
  }) => void;
};

async function searched(
  { config, metric }: Pick<PreparedSweep, "config" | "metric">,
  engine: SweepEngine<Config>,
  { isAsync, signal, onTrial }: Searching,
) {
  const { space, search, seeds, folds } = config;
  const result = await sweep(space, engine as SweepEngine<Record<string, never>>, {
    ...search,
    mode: METRICS[metric],
    seeds,
    ...(folds !== undefined && { folds }),
    async: isAsync,
    ...(signal && { signal }),
    ...(onTrial && { onTrial: onTrial as never }),
  });
  return result as unknown as { readonly leaderboard: Leaderboard<Config>; readonly aborted: boolean };
}

/** Whether a trial is a shard's: dealt like cards, so that each gets some of everything. */
function isOf({ index, count }: Shard, place: number): boolean {
  return place % count === index - 1;
}

function orderOf(folder: SweepFolder, { common }: PreparedSweep, trial: Trial<Config>): TrialOrder {
  const { id, settings, seed, fold, budget } = trial;
  return {
    settings: { ...common, ...settings, seed, ...(fold !== undefined && { fold }) },
    folder: resolve(folder.trialFolder(id)),
    budget,
    directory: folder.record.directory,
  };
}

function outcomeOf(report: TrialReport, metric: MetricName): TrialOutcome {
  if ("error" in report) return { value: null, error: report.error };
  const { figures, isWhole, epochs, steps, parameters, weightsHash } = report;
  const value = figures[metric];
  const detail = { figures, epochs, steps, parameters, weightsHash };
  if (value !== undefined) return { value, isWhole, detail };
  const has = Object.keys(figures).join(", ") || "nothing";
  return { value: null, error: `${metric} was not measured of it, but ${has}`, detail };
}

/** What a leaderboard's file says: nothing of it depends on how long something took, or where it ran. */
export function boardRecord(board: Leaderboard<Config>): object[] {
  return board.map(({ configuration, settings, rung, budget, value, deviation, trials }, i) => ({
    ...{ rank: i + 1, configuration, settings, rung, budget, value, deviation },
    trials: trials.map(({ id, seed, fold, outcome }) => ({
      ...{ id, seed },
      ...(fold !== undefined && { fold }),
      value: outcome.value,
      ...(outcome.error !== undefined && { error: outcome.error }),
      ...(outcome.detail as object | undefined),
    })),
  }));
}

/** The command that goes on with a sweep's folder. */
export function resumeCommand(path: string): string {
  return `loam sweep --resume ${quoted(path)}`;
}

/** What trains the best configuration as a run of its own: on all data, and of a table as the committee that it usually is. */
export function bestConfig({ common }: PreparedSweep, settings: Config, seed: number): Config {
  const { members: _, threads: _one, folds: _all, ...rest } = common;
  return { ...rest, ...settings, seed };
}

export const BOARD_FILE = "leaderboard.json";
export const BEST_FILE = "best.json";
export const REPORT_FILE = "report.html";

/** The files that tell of a sweep that is done. */
export async function writeResults(
  folder: Pick<SweepFolder, "path" | "writeText">,
  prepared: PreparedSweep,
  board: Leaderboard<Config>,
  page: string,
): Promise<void> {
  const { metric, config } = prepared;
  const json = (value: object) => `${JSON.stringify(value, undefined, 2)}\n`;
  await folder.writeText(
    BOARD_FILE,
    json({ metric, mode: METRICS[metric], leaderboard: boardRecord(board) }),
  );
  const [best] = board;
  if (best && best.value !== null)
    await folder.writeText(BEST_FILE, json(bestConfig(prepared, best.settings, config.seeds[0]!)));
  await folder.writeText(REPORT_FILE, page);
}

/** Where the best configuration lies, for `loam train --config`. */
export function bestCommand(path: string): string {
  return `loam train --config ${quoted(join(path, BEST_FILE))}`;
}
