import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { CommandError, UsageError } from "../failure.js";
import { naming } from "../naming.js";
import { jsonOf } from "../report/finished-run.js";
import { heldFiles } from "../run-folder.js";
import { RunLock } from "../run-lock.js";
import { VERSION } from "../version.js";
import { writeFileWhole } from "../write-file.js";
import { reportSchema, type TrialReport } from "./run-trial.js";
import { parseSweep, type SweepConfig } from "./sweep-config.js";

const RECORD = "sweep.json";
const OUTCOMES = "outcomes";

/** One part of a sweep that is dealt out to several machines: `index` of `count`, from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** What `sweep.json` says: all that is needed to go on. */
export interface SweepRecord {
  /** By which a queue tells it from others of its name. */
  readonly identity: string;
  readonly status: "running" | "finished" | "interrupted";
  readonly started: string;
  /** What relative paths of the settings are meant from. */
  readonly directory: string;
  /** What the file says, as JSON without blanks. */
  readonly text: string;
  readonly isAsync: boolean;
  readonly shard?: Shard | undefined;
}

const recordSchema = z.object({
  identity: z.string(),
  status: z.enum(["running", "finished", "interrupted"]),
  started: z.string(),
  directory: z.string(),
  async: z.boolean().default(false),
  shard: z.object({ index: z.int(), count: z.int() }).optional(),
  configuration: z.record(z.string(), z.unknown()),
});

/** The folder of a sweep: `sweep.json`, the trials' run folders, and a small file for each of their outcomes, written when it is known. */
export class SweepFolder {
  readonly #lock: RunLock;

  private constructor(
    readonly path: string,
    readonly config: SweepConfig,
    readonly record: SweepRecord,
    lock: RunLock,
  ) {
    this.#lock = lock;
  }

  /** @throws {UsageError} when there is a sweep in it, or another process works there. */
  static async create(
    path: string,
    config: SweepConfig,
    record: Omit<SweepRecord, "status">,
  ): Promise<SweepFolder> {
    await SweepFolder.requireNone(path);
    await naming(path, mkdir(join(path, OUTCOMES), { recursive: true }));
    const folder = new SweepFolder(path, config, { ...record, status: "running" }, await RunLock.take(path));
    try {
      await SweepFolder.requireNone(path); // again, as somebody else may have had the lock until now
      await folder.note("running");
      return folder;
    } catch (error) {
      folder.release();
      throw error;
    }
  }

  static async isThere(path: string): Promise<boolean> {
    return (await heldFiles(path)).includes(RECORD);
  }

  /** @throws {UsageError} where a folder holds a sweep. */
  static async requireNone(path: string): Promise<void> {
    if (await SweepFolder.isThere(path)) {
      throw new UsageError(
        `${path}: this folder already holds a sweep; loam sweep --resume ${path} goes on with it, or name another with --out.`,
      );
    }
  }

  /** The folder of a sweep that is to go on. @throws {CommandError} where it holds none. @throws {UsageError} while another process works there. */
  static async open(path: string): Promise<SweepFolder> {
    const { config, record } = await SweepFolder.read(path);
    const folder = new SweepFolder(path, config, record, await RunLock.take(path));
    await naming(path, mkdir(join(path, OUTCOMES), { recursive: true }));
    return folder;
  }

  /** What a folder's sweep was asked to do. @throws {CommandError} where it holds none, or a damaged one. */
  static async read(path: string): Promise<{ readonly config: SweepConfig; readonly record: SweepRecord }> {
    if (!(await SweepFolder.isThere(path)))
      throw new CommandError(`${path}: holds no sweep (${RECORD}); name the folder of one.`);
    const file = join(path, RECORD);
    const parsed = recordSchema.safeParse(jsonOf(await naming(file, readFile(file, "utf8"))));
    if (!parsed.success) throw new CommandError(`${file}: is damaged, or not of a sweep of Loam.`);
    const { configuration, async: isAsync, ...rest } = parsed.data;
    const text = JSON.stringify(configuration);
    return { config: parseSweep(text, file), record: { ...rest, isAsync, text } };
  }

  /** Writes `sweep.json` anew. */
  async note(status: SweepRecord["status"], more: object = {}): Promise<void> {
    const { identity, started, directory, text, isAsync, shard } = this.record;
    await this.#write(RECORD, {
      ...{ status, identity, started, directory },
      ...(isAsync && { async: true }),
      ...(shard && { shard }),
      configuration: JSON.parse(text),
      versions: { loam: VERSION, node: process.versions.node },
      ...more,
    });
  }

  trialFolder(id: string): string {
    return join(this.path, "trials", id);
  }

  /** How a trial went on a rung; undefined while that is not known. */
  readReport(id: string, rung: number): Promise<TrialReport | undefined> {
    return readReport(this.path, id, rung);
  }

  writeReport(id: string, rung: number, report: TrialReport): Promise<void> {
    return this.#write(join(OUTCOMES, reportName(id, rung)), report);
  }

  writeText(name: string, text: string): Promise<void> {
    return writeFileWhole(join(this.path, name), text);
  }

  #write(name: string, value: object): Promise<void> {
    return this.writeText(name, `${JSON.stringify(value, undefined, 2)}\n`);
  }

  /** Gives the folder to whoever wants it next. */
  release(): void {
    this.#lock.release();
  }
}

/** How a trial went on a rung, as a sweep's folder says; undefined while it does not. @throws {CommandError} for a damaged file. */
export async function readReport(path: string, id: string, rung: number): Promise<TrialReport | undefined> {
  const file = join(path, OUTCOMES, reportName(id, rung));
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const parsed = reportSchema.safeParse(jsonOf(text));
  if (!parsed.success)
    throw new CommandError(`${file}: is damaged; remove it, and the trial is looked at again.`);
  return parsed.data;
}

function reportName(id: string, rung: number): string {
  return `${id}-r${rung}.json`;
}
