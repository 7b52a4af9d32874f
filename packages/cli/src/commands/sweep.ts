import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { Leaderboard, SearchPlan } from "@loam/nn/sweep";
import { type Command, Option } from "commander";
import { type Config, parseJson, readText } from "../config.js";
import { CommandError, UsageError } from "../failure.js";
import { showCount } from "../format.js";
import type { loadTrainingData } from "../load-data.js";
import { quoted } from "../report/repeat-command.js";
import { boardTable, settingsLine, showValue } from "../sweep/board-text.js";
import { METRICS } from "../sweep/metric.js";
import { type PreparedSweep, prepareSweep } from "../sweep/prepare.js";
import { readParallel } from "../sweep/read-parallel.js";
import { openQueue, type Seat } from "../sweep/redis/open-queue.js";
import {
  BOARD_FILE,
  bestCommand,
  boardRecord,
  REPORT_FILE,
  resumeCommand,
  runSweep,
  type TrialRunner,
  writeResults,
} from "../sweep/run-sweep.js";
import { collectShards, readShard, requireShardable, shardFolder } from "../sweep/shards.js";
import { SharedData } from "../sweep/shared-data.js";
import { parseSweep, planOf, type SweepConfig } from "../sweep/sweep-config.js";
import { type Shard, SweepFolder } from "../sweep/sweep-folder.js";
import { sweepPage } from "../sweep/sweep-page.js";
import { TrialPool } from "../sweep/trial-pool.js";
import type { Terminal } from "../terminal.js";
import { writeFileWhole } from "../write-file.js";

interface SweepFlags {
  readonly out?: string;
  readonly resume?: string;
  readonly parallel?: number;
  readonly async?: boolean;
  readonly shard?: Shard;
  readonly redis?: string;
  readonly runs?: string;
  readonly json?: boolean;
}

/** `loam sweep`. */
export function sweepCommand(loam: Command, terminal: Terminal): Command {
  const command = loam
    .command("sweep [config]")
    .description(
      "Search for the settings that train best: a grid, draws at random or successive halving, each trial a run of its own.",
    )
    .option("--out <folder>", "the sweep's folder (default: sweeps/<name>)")
    .option("--resume <folder>", "go on with a sweep that ended early")
    .addOption(
      new Option(
        "--parallel <n>",
        "trials at once, each in a process of its own (default: the cores by the settings' threads)",
      ).argParser(readParallel),
    )
    .option(
      "--async",
      "halving: promote what is best so far without waiting for a rung to fill; the leaderboard then depends on who ends first",
    )
    .addOption(
      new Option(
        "--shard <which>",
        "run one of several shares of the trials, such as 2/8, or auto/8 in a Slurm array or an indexed Kubernetes job; collect puts them together",
      ).argParser((text) => readShard(text)),
    )
    .option("--redis <url>", "queue the trials for loam worker on other machines, at redis:// or rediss://")
    .option(
      "--runs <folder>",
      "with --redis: a folder that all machines see, for the runs (default: workers send back what they wrote)",
    )
    .option("--json", "print the leaderboard as one JSON object")
    .action(async (file: string | undefined, flags: SweepFlags) => {
      requireTogether(flags);
      const queue = flags.redis === undefined ? undefined : await openQueue(flags.redis, flags.runs);
      const data = new SharedData();
      const pool = new TrialPool(data);
      try {
        const onBegin = (config: SweepConfig, plan: SearchPlan<Config>) => {
          if (queue) return undefined;
          pool.prepare(
            Math.min(plan.configurations.length * trialsOfEach(config), slotsOf(config.settings, flags)),
          );
          return data.load;
        };
        const { folder, prepared } = await open(file, flags, onBegin);
        try {
          const seat = await queue?.sweep(folder);
          await carryOut(folder, prepared, flags, { terminal, seat, pool }).finally(() => seat?.leave());
        } finally {
          folder.release();
        }
      } finally {
        queue?.close();
      }
    });
  command
    .command("collect <folder>")
    .description("Put the shards of a sweep together: leaderboard and report.")
    .option("--json", "print the leaderboard as one JSON object")
    .action((path: string, _: SweepFlags, { parent }: Command) =>
      collect(path, { json: parent?.opts().json === true, terminal }),
    );
  return command;
}

/** @throws {UsageError} */
function requireTogether({ redis, runs, shard, parallel }: SweepFlags): void {
  if (runs !== undefined && redis === undefined)
    throw new UsageError("--runs is where the workers of --redis keep their runs; give both.");
  if (redis !== undefined && shard !== undefined)
    throw new UsageError(
      "--redis gives trials to whoever is free, and --shard deals them out beforehand; give one.",
    );
  if (redis !== undefined && parallel !== undefined)
    throw new UsageError(
      "--parallel is for trials on this machine; each loam worker of --redis has its own.",
    );
}

/** `loam sweep collect`. */
async function collect(path: string, options: TellOptions): Promise<void> {
  const { prepared, record, board, trialFolder } = await collectShards(path);
  const writeText = (name: string, text: string) => writeFileWhole(join(path, name), text);
  const folder = { path, record, trialFolder, writeText };
  await writeResults(folder, prepared, board, await sweepPage(folder, prepared, board));
  tell(path, prepared, board, options);
}

interface Opened {
  readonly folder: SweepFolder;
  readonly prepared: PreparedSweep;
}

/**
 * The sweep of a file, or of a folder that is to go on. All that can be wrong is said before there is a folder. `onBegin` hears of a new one before its data
 * is looked at, and may give what reads that.
 */
async function open(
  file: string | undefined,
  flags: SweepFlags,
  onBegin: (config: SweepConfig, plan: SearchPlan<Config>) => typeof loadTrainingData | undefined,
): Promise<Opened> {
  if (flags.resume !== undefined) {
    const surplus = file ?? (flags.out && "--out") ?? (flags.async && "--async");
    if (surplus) throw new UsageError(`--resume takes the sweep as it was begun; leave out ${surplus}.`);
    return reopen(flags.resume);
  }
  if (file === undefined)
    throw new UsageError("say what to search: loam sweep <config.json>, or go on with --resume <folder>.");
  const text = await readText(file);
  const config = parseSweep(text, file);
  // With its name, which is otherwise the file's.
  const stored = JSON.stringify({ name: config.name, ...(parseJson(text, file) as object) });
  if (flags.async && config.search.search !== "halving")
    throw new UsageError("--async is for halving; a grid and random search wait for nothing.");
  const { shard } = flags;
  const whole = flags.out ?? join("sweeps", config.name);
  const path = shard ? shardFolder(whole, shard) : whole;
  // A shard that is run again, as schedulers do, goes on.
  if (shard && (await SweepFolder.isThere(path))) return reopen(path, stored);
  await SweepFolder.requireNone(path);
  const load = onBegin(config, planOf(config, file));
  const prepared = await prepareSweep(config, file, load);
  if (shard) requireShardable(prepared);
  const folder = await SweepFolder.create(path, config, {
    identity: randomUUID(),
    started: new Date().toISOString(),
    directory: process.cwd(),
    ...{ text: stored, shard },
    isAsync: flags.async === true,
  });
  return { folder, prepared };
}

/** `text`: what the sweep's file says, where it was named again. @throws {UsageError} where that is another sweep. */
async function reopen(path: string, text?: string): Promise<Opened> {
  const folder = await SweepFolder.open(resolve(path));
  try {
    if (text !== undefined && text !== folder.record.text)
      throw new UsageError(`${path}: holds a shard of another sweep; name another folder with --out.`);
    const { directory } = folder.record;
    // Its paths are meant from there, unless all of it was moved.
    if (existsSync(directory)) process.chdir(directory);
    return { folder, prepared: await prepareSweep(folder.config, join(path, "sweep.json")) };
  } catch (error) {
    folder.release();
    throw error;
  }
}

interface CarryOutMeans {
  readonly terminal: Terminal;
  readonly seat: Seat | undefined;
  readonly pool: TrialPool;
}

async function carryOut(
  folder: SweepFolder,
  prepared: PreparedSweep,
  flags: SweepFlags,
  { terminal, seat, pool }: CarryOutMeans,
): Promise<void> {
  const slots = slotsOf(prepared.common, flags);
  for (const line of prepared.lines) terminal.note(line);
  terminal.note(startLine(prepared, seat ? "on the queue's workers" : `${slots} at once`));
  await folder.note("running");
  const began = performance.now();
  const { board, trained } = await runSweep(folder, prepared, seat?.runner ?? processes(pool, slots), {
    terminal,
    resumeWith: `${resumeCommand(folder.path)}${seat ? " --redis …" : ""}`,
  });
  const took = { seconds: (performance.now() - began) / 1000, trained };
  const { shard } = folder.record;
  if (shard) {
    await folder.note("finished", took);
    const collect = `loam sweep collect ${quoted(dirname(folder.path))}`;
    terminal.result(
      `shard ${shard.index}/${shard.count} is done; when all are, ${collect} puts them together`,
    );
    return;
  }
  await writeResults(folder, prepared, board, await sweepPage(folder, prepared, board));
  await seat?.finish(JSON.stringify(boardRecord(board)));
  await folder.note("finished", took);
  tell(folder.path, prepared, board, { json: flags.json === true, terminal });
}

/** How many trials are trained at once. */
function slotsOf({ threads }: Config, { parallel }: SweepFlags): number {
  const each = typeof threads === "number" ? threads : 1;
  return parallel ?? Math.max(1, Math.floor(availableParallelism() / each));
}

/** How many trials a configuration has. */
function trialsOfEach({ seeds, folds = 1 }: SweepConfig): number {
  return seeds.length * folds;
}

function startLine({ plan, config, metric }: PreparedSweep, where: string): string {
  const each = trialsOfEach(config);
  const count = plan.configurations.length;
  const rungs =
    plan.budgets.length > 1
      ? `, ${plan.budgets.length} rungs of ${plan.budgets.map((share) => `${Number((100 * share).toPrecision(3))} %`).join(", ")}`
      : "";
  return `sweep     ${plan.search}, ${showCount(count)} configurations${each > 1 ? ` x ${each} trials` : ""}${rungs}, by ${metric}, ${where}`;
}

/** Trials in processes of this machine. */
function processes(pool: TrialPool, slots: number): TrialRunner {
  return {
    slots,
    run: (order, _trial, signal, onNews) => pool.run(order, signal, onNews),
    close: () => pool.close(),
  };
}

interface TellOptions {
  readonly json: boolean;
  readonly terminal: Terminal;
}

/** How many configurations the last table shows. */
const TOLD = 20;

/** Says what a sweep came to. @throws {CommandError} where every trial failed. */
function tell(
  path: string,
  { metric, plan }: PreparedSweep,
  board: Leaderboard<Config>,
  { json, terminal }: TellOptions,
): void {
  const [best] = board;
  if (best === undefined || best.value === null) {
    const error = best?.trials.find(({ outcome }) => outcome.error)?.outcome.error;
    throw new CommandError(`every trial failed; the first one: ${error ?? "no word of it"}`);
  }
  if (json) {
    terminal.json({ sweep: path, metric, mode: METRICS[metric], leaderboard: boardRecord(board) });
    return;
  }
  for (const line of boardTable(board, { metric, most: TOLD, rungs: plan.budgets.length }))
    terminal.result(line);
  terminal.result(`best           ${metric} ${showValue(metric, best)} with ${settingsLine(best.settings)}`);
  terminal.result(`leaderboard    ${join(path, BOARD_FILE)}`);
  terminal.result(`report         ${join(path, REPORT_FILE)}`);
  terminal.result(`to train it    ${bestCommand(path)}`);
}
