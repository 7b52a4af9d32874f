import { mkdir, readdir, readFile, rm, rmdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { giveSecondName, isPartOf } from "@loam/nn/platform/internal";
import { CommandError, UsageError } from "./failure.js";
import { naming } from "./naming.js";
import { LOCK_FILE, RunLock } from "./run-lock.js";
import { writeFileWhole } from "./write-file.js";

const RUN_FILE = "run.json";
const HISTORY_FILE = "history.csv";
const CHECKPOINT_FILE = "checkpoint.safetensors";
const PREVIOUS_FILE = "checkpoint-previous.safetensors";
const BEST_FILE = "checkpoint-best.safetensors";
const MODEL_FILE = "model.safetensors";
const FILES = [RUN_FILE, HISTORY_FILE, CHECKPOINT_FILE, PREVIOUS_FILE, BEST_FILE, MODEL_FILE];

/** One line of `history.csv`. */
export interface HistoryRow {
  readonly epoch: number;
  readonly steps: number;
  readonly loss: number;
  readonly accuracy?: number;
  readonly validationLoss?: number;
  readonly validationAccuracy?: number;
  readonly learningRate: number;
  readonly seconds: number;
}

/**
 * The folder of one training run: `run.json` from before the first data is read, `history.csv` from the first finished epoch,
 * `checkpoint.safetensors` from the first checkpoint on, with the one before it and the best of all beside it until the run is whole, `model.safetensors`
 * last: a run that is whole, or was stopped, has a model. Whoever has this object has the folder's lock, until `release`.
 */
export class RunFolder {
  readonly checkpointPath: string;
  readonly previousPath: string;
  readonly bestPath: string;
  readonly modelPath: string;
  /** What these were written as last. */
  #best: Uint8Array | undefined;
  #newest: Uint8Array | undefined;
  /** Whether the newest checkpoint was found damaged, and so is not to take the place of the one before. */
  #isNewestDamaged = false;
  readonly #made: readonly string[];
  readonly #lock: RunLock;

  private constructor(
    readonly path: string,
    made: readonly string[],
    lock: RunLock,
  ) {
    this.checkpointPath = join(path, CHECKPOINT_FILE);
    this.previousPath = join(path, PREVIOUS_FILE);
    this.bestPath = join(path, BEST_FILE);
    this.modelPath = join(path, MODEL_FILE);
    this.#made = made;
    this.#lock = lock;
  }

  /**
   * Makes the folder, or takes one that is there, provided that it holds no run.
   * @throws {UsageError} when it holds a run, or is a file, or another process is about to use it.
   */
  static async create(path: string): Promise<RunFolder> {
    await RunFolder.check(path);
    const made = await makeFolders(path);
    const folder = await RunFolder.#locked(path, made);
    try {
      await RunFolder.check(path); // again, as somebody else may have had the lock until now
    } catch (error) {
      folder.release();
      throw error;
    }
    return folder;
  }

  /** Looks whether `create` would refuse, and changes nothing. @throws {UsageError} */
  static async check(path: string): Promise<void> {
    const held = await heldFiles(path);
    const run = FILES.find((name) => held.includes(name));
    if (run !== undefined) {
      throw new UsageError(
        `${path}: this folder already holds a run (${run}); name another with --out, or remove it first.`,
      );
    }
  }

  /** The folder of a run that is to go on. @throws {CommandError} when it holds no run. @throws {UsageError} when the run goes on already. */
  static async open(path: string): Promise<RunFolder> {
    if ((await heldFiles(path)).includes(RUN_FILE)) return new RunFolder(path, [], await RunLock.take(path));
    throw new CommandError(`${path}: holds no run to go on with (${RUN_FILE}); name the folder of a run.`);
  }

  /** Makes `runs/2026-11-23T22-52-02-cnn`, or the same with -2, -3 … when another run took that name. */
  static async createDefault(model: string, now: Date): Promise<RunFolder> {
    const time = now.toISOString().slice(0, 19).replaceAll(":", "-");
    for (let count = 1; ; count++) {
      const path = join("runs", `${time}-${model}${count === 1 ? "" : `-${count}`}`);
      const made = await makeFolders("runs");
      try {
        await mkdir(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "EEXIST") continue;
        await removeEmpty(made);
        throw error;
      }
      return RunFolder.#locked(path, [path, ...made]);
    }
  }

  /** Takes the lock of a folder; what was made for it goes again when that fails. */
  static async #locked(path: string, made: readonly string[]): Promise<RunFolder> {
    try {
      return new RunFolder(path, made, await RunLock.take(path));
    } catch (error) {
      await removeEmpty(made);
      throw error;
    }
  }

  async readRun(): Promise<string> {
    const path = join(this.path, RUN_FILE);
    return naming(path, readFile(path, "utf8"));
  }

  /** The last checkpoint's bytes; undefined when the run came to none. */
  async readCheckpoint(): Promise<Uint8Array | undefined> {
    const held = await heldFiles(this.path);
    if (!held.includes(CHECKPOINT_FILE)) return undefined;
    return naming(this.checkpointPath, readFile(this.checkpointPath));
  }

  async hasModel(): Promise<boolean> {
    return (await heldFiles(this.path)).includes(MODEL_FILE);
  }

  writeRun(record: unknown): Promise<void> {
    return writeFileWhole(join(this.path, RUN_FILE), `${JSON.stringify(record, undefined, 2)}\n`);
  }

  writeHistory(rows: readonly HistoryRow[]): Promise<void> {
    return writeFileWhole(join(this.path, HISTORY_FILE), historyCsv(rows));
  }

  /** The bytes of the checkpoint before the last; undefined where there is none. Asking for it says that the last is damaged. */
  async readPrevious(): Promise<Uint8Array | undefined> {
    this.#isNewestDamaged = true;
    if (!(await heldFiles(this.path)).includes(PREVIOUS_FILE)) return undefined;
    return naming(this.previousPath, readFile(this.previousPath));
  }

  /** Writes the best checkpoint so far: the newest that there is, or the one that will be it. */
  async writeBest(bytes: Uint8Array): Promise<void> {
    const isThere = bytes === this.#newest && (await giveSecondName(this.checkpointPath, this.bestPath));
    if (!isThere) await writeFileWhole(this.bestPath, bytes);
    this.#best = bytes;
  }

  /** Writes the newest checkpoint; the one that was it is kept as the one before. */
  async writeCheckpoint(bytes: Uint8Array): Promise<void> {
    if (!this.#isNewestDamaged) await giveSecondName(this.checkpointPath, this.previousPath);
    // What was just written as the best is on the disk already.
    const isThere = bytes === this.#best && (await giveSecondName(this.bestPath, this.checkpointPath));
    if (!isThere) await writeFileWhole(this.checkpointPath, bytes);
    this.#newest = bytes;
    this.#isNewestDamaged = false;
  }

  /** Takes the newest checkpoint for the best where there is none: a run that ended while it got better has left none. */
  async keepBest(): Promise<void> {
    if ((await heldFiles(this.path)).includes(BEST_FILE)) return;
    await giveSecondName(this.#isNewestDamaged ? this.previousPath : this.checkpointPath, this.bestPath);
  }

  /** Whether there is a best checkpoint that is none of these. */
  async hasBetterThan(...others: readonly string[]): Promise<boolean> {
    const [best, ...rest] = await Promise.all(
      [this.bestPath, ...others].map((path) => stat(path, { bigint: true }).catch(() => undefined)),
    );
    return best !== undefined && rest.every((other) => other?.ino !== best.ino);
  }

  /**
   * Takes away what a whole run has no use for: the checkpoint before its last, what a kill left half-written, and the best one where that is one of the
   * two, or where the model has its weights anyway.
   */
  async removeLeftovers(modelIsBest: boolean): Promise<void> {
    const keepsBest = !modelIsBest && (await this.hasBetterThan(this.checkpointPath, this.previousPath));
    await this.#remove(
      (name) => name === PREVIOUS_FILE || (name === BEST_FILE && !keepsBest) || isPart(name),
    );
  }

  writeModel(bytes: Uint8Array): Promise<void> {
    return writeFileWhole(this.modelPath, bytes);
  }

  /** Takes away what a run that goes on leaves behind it: the model of where it was stopped, and what a kill left half-written. */
  async removeStale(): Promise<void> {
    await this.#remove((name) => name === MODEL_FILE || isPart(name));
  }

  async #remove(isOne: (name: string) => boolean): Promise<void> {
    for (const name of (await heldFiles(this.path)).filter(isOne))
      await rm(join(this.path, name), { force: true });
  }

  /** Leaves no trace of a run that never began: its files, and the folders that were made for it and are empty again. */
  async discard(): Promise<void> {
    for (const name of FILES) await rm(join(this.path, name), { force: true });
    this.release();
    await removeEmpty(this.#made);
  }

  /** Gives the folder to whoever wants it next. */
  release(): void {
    this.#lock.release();
  }
}

/** Header and rows; what an epoch has no value for stays empty. */
export function historyCsv(rows: readonly HistoryRow[]): string {
  const columns = [
    "epoch",
    "steps",
    "loss",
    "accuracy",
    "validationLoss",
    "validationAccuracy",
    "learningRate",
    "seconds",
  ] as const;
  const lines = rows.map((row) => columns.map((column) => row[column] ?? "").join(","));
  return `${[columns.join(","), ...lines].join("\n")}\n`;
}

/** Whether a file is one of a run's that was never whole. */
function isPart(name: string): boolean {
  return [...FILES, LOCK_FILE].some((file) => isPartOf(name, file));
}

/** What lies in a folder; nothing where there is none. @throws {UsageError} for a file. */
export async function heldFiles(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return [];
    if (code === "ENOTDIR") throw new UsageError(`${path}: this is not a folder; name another with --out.`);
    throw error;
  }
}

/** Takes folders away again, the deepest first, as far as nobody else has put something in. */
async function removeEmpty(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    try {
      await rmdir(folder);
    } catch {
      return;
    }
  }
}

/**
 * Makes a folder and those above it that are missing; the ones made, deepest first. Step by step, since Node's own recursion never ends
 * below /proc.
 */
async function makeFolders(path: string): Promise<string[]> {
  const folder = resolve(path);
  try {
    await mkdir(folder);
    return [folder];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && (await stat(folder)).isDirectory()) return [];
    if (code !== "ENOENT" || dirname(folder) === folder) throw error;
  }
  const above = await makeFolders(dirname(folder));
  await mkdir(folder);
  return [folder, ...above];
}
