import { join } from "node:path";
import type { Leaderboard, Trial } from "@loam/nn/sweep";
import type { Config } from "../config.js";
import { CommandError, UsageError } from "../failure.js";
import { heldFiles } from "../run-folder.js";
import { type PreparedSweep, prepareSweep } from "./prepare.js";
import { boardOf } from "./run-sweep.js";
import type { TrialReport } from "./run-trial.js";
import { readReport, type Shard, SweepFolder, type SweepRecord } from "./sweep-folder.js";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * `2/8`; `auto/8` for the task of a Slurm array or of an indexed Kubernetes job, which say its number in SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX; `auto` where
 * Slurm says how many there are as well.
 * @throws {UsageError}
 */
export function readShard(text: string, environment: Environment = process.env): Shard {
  const [, given, of] = /^([1-9]\d{0,4}|auto)(?:\/([1-9]\d{0,4}))?$/.exec(text) ?? [];
  if (given === undefined || (given !== "auto" && of === undefined))
    throw new UsageError(
      `--shard must be one of several such as 2/8, or auto/8, got ${JSON.stringify(text)}.`,
    );
  const { SLURM_ARRAY_TASK_COUNT: slurmCount } = environment;
  const count = Number(of ?? slurmCount ?? Number.NaN);
  const index = given === "auto" ? indexOf(environment) : Number(given);
  if (!Number.isSafeInteger(count) || count < 1)
    throw new UsageError(
      "--shard auto: SLURM_ARRAY_TASK_COUNT does not say how many shards there are; give auto/8.",
    );
  if (!(index >= 1 && index <= count))
    throw new UsageError(`--shard: there is no shard ${index} of ${count}; they are counted from 1.`);
  return { index, count };
}

/** The number of this task, from 1. @throws {UsageError} where neither of the two says it. */
function indexOf({
  SLURM_ARRAY_TASK_ID: slurm,
  SLURM_ARRAY_TASK_MIN: least = "0",
  JOB_COMPLETION_INDEX: kubernetes,
}: Environment): number {
  const number = (text: string) => (/^\d+$/.test(text) ? Number(text) : Number.NaN);
  const index = slurm !== undefined ? number(slurm) - number(least) : number(kubernetes ?? "");
  if (Number.isNaN(index)) {
    throw new UsageError(
      "--shard auto: neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX says which shard this is; give its number, such as 2/8.",
    );
  }
  return index + 1;
}

/** The folder of a shard, inside the sweep's. */
export function shardFolder(path: string, { index, count }: Shard): string {
  return join(path, `shard-${index}-of-${count}`);
}

/** @throws {UsageError} for halving, whose rungs compare what lies in other shards. */
export function requireShardable({ plan }: PreparedSweep): void {
  if (plan.search === "halving") {
    throw new UsageError(
      "--shard deals trials out beforehand, and halving decides by how all others went; take grid or random, or --redis.",
    );
  }
}

/** What the shards of a sweep came to together. */
export interface Collected {
  readonly prepared: PreparedSweep;
  readonly record: SweepRecord;
  readonly board: Leaderboard<Config>;
  /** Where a trial's run folder is. */
  readonly trialFolder: (id: string) => string;
}

/**
 * Puts the shards of a folder together, however often each of them ran.
 * @throws {CommandError} naming what is missing, or shards of another sweep.
 */
export async function collectShards(path: string): Promise<Collected> {
  const names = (await heldFiles(path)).filter((name) => /^shard-\d+-of-\d+$/.test(name));
  if (names.length === 0)
    throw new CommandError(
      `${path}: holds no shard; name the folder that loam sweep --shard was given with --out.`,
    );
  const shards = await Promise.all(
    names.map(async (name) => ({ path: join(path, name), ...(await SweepFolder.read(join(path, name))) })),
  );
  const [first] = shards;
  const { text, shard: { count } = { count: 0 } } = first!.record;
  const other = shards.find(({ record }) => record.text !== text || record.shard?.count !== count);
  if (other)
    throw new CommandError(
      `${other.path}: is of another sweep than ${first!.path}, or of one that was dealt out otherwise.`,
    );
  const there = new Map(shards.map((one) => [one.record.shard!.index, one]));
  const missing = Array.from({ length: count }, (_, i) => i + 1).filter((index) => !there.has(index));
  if (missing.length > 0) {
    throw new CommandError(
      `${path}: of ${count} shards ${missing.length === 1 ? "one is" : `${missing.length} are`} missing: ${missing.slice(0, 20).join(", ")}; run loam sweep with --shard ${missing[0]}/${count}.`,
    );
  }
  const prepared = await prepareSweep(first!.config, first!.path);
  const homes = new Map<string, string>();
  const absent: { readonly id: string; readonly shard: number }[] = [];
  let place = 0;
  const board = await boardOf(
    prepared,
    async ({ id, rung }: Trial<Config>): Promise<TrialReport | undefined> => {
      const index = (place++ % count) + 1;
      const home = there.get(index)!.path;
      homes.set(id, home);
      const report = await readReport(home, id, rung);
      if (report === undefined) absent.push({ id, shard: index });
      return report;
    },
  );
  const [open] = absent;
  if (open) {
    throw new CommandError(
      `${path}: ${absent.length} of ${place} trials have not ended, such as ${open.id} of shard ${open.shard}; loam sweep with --shard ${open.shard}/${count} goes on with it.`,
    );
  }
  return {
    ...{ prepared, board },
    record: first!.record,
    trialFolder: (id) => join(homes.get(id)!, "trials", id),
  };
}
