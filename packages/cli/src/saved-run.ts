import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { FormatError } from "@loam/nn";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "@loam/nn/checkpoint";
import { z } from "zod";
import { type Config, parseConfig } from "./config.js";
import { CommandError, UsageError } from "./failure.js";
import { flagOf } from "./flags.js";
import { asksForMore, LENGTHS, lengthened } from "./longer-run.js";
import type { Search } from "./model-search.js";
import { withTrainingDefaults } from "./network.js";
import { withoutPause } from "./pause.js";
import { RunFolder } from "./run-folder.js";
import { configurationHash, type RunProgress } from "./run-record.js";
import { type Settings, storedSettings } from "./settings.js";

/** What a run folder says of a run that ended early, or is to be longer than it was. */
export interface SavedRun {
  readonly folder: RunFolder;
  readonly settings: Settings;
  readonly started: string;
  /** What relative paths of the settings are meant from. */
  readonly directory: string;
  readonly resumed: NonNullable<RunProgress["resumed"]>;
  /** How its network was chosen. */
  readonly search: Search | undefined;
  /** Undefined when the run came to no checkpoint: it begins at its first step then. */
  readonly checkpoint: Checkpoint | undefined;
  /** The checkpoint's file. */
  readonly checkpointPath: string;
  /** What is to be said of it. */
  readonly note?: string;
  /** The checkpoint's file, or its bytes where something of it was changed. */
  readonly from: string | Uint8Array;
}

const runSchema = z.object({
  status: z.enum(["running", "finished", "interrupted", "failed"]),
  started: z.string(),
  directory: z.string().default(""),
  seed: z.unknown(),
  configuration: z.record(z.string(), z.unknown()),
  configurationHash: z.string().optional(), // not in the files of earlier versions
  search: z.custom<Search>().optional(),
  resumed: z.array(z.object({ time: z.string(), step: z.int() })).default([]),
});

/** Flags that change no bit of the result, and so may be given to a run that goes on. */
const FREE: ReadonlySet<string> = new Set(["threads", "dataDir", "checkpointEvery"]);

/**
 * Reads a run folder for `--resume`. Flags may say only what does not change the result. `again` takes a finished run too, which is at its end.
 * @throws {UsageError} for other flags, and for a run that is finished. @throws {CommandError} or {FormatError} when the folder holds no
 * run, or its files are damaged.
 */
export async function readSavedRun(path: string, flags: Config, again = false): Promise<SavedRun> {
  const fixed = Object.keys(flags).filter((name) => !FREE.has(name) && !LENGTHS.has(name));
  if (fixed.length > 0) {
    throw new UsageError(
      `--resume takes the settings of the run that goes on; leave out ${fixed.map(flagOf).join(", ")}.`,
    );
  }
  const folder = await RunFolder.open(path);
  try {
    return await readFolder(folder, path, flags, again);
  } catch (error) {
    folder.release();
    throw error;
  }
}

async function readFolder(folder: RunFolder, path: string, flags: Config, again: boolean): Promise<SavedRun> {
  const run = parseRun(await folder.readRun(), path);
  const { status, started, directory, configuration, resumed, search } = run;
  const isLonger = asksForMore(flags);
  if (status === "finished" && !isLonger && !again && (await folder.hasModel())) {
    await folder.removeLeftovers((configuration.patience ?? configuration.earlyStopping) !== undefined); // of one that was killed at its last call
    throw new UsageError(
      `${path}: this run is finished; its model is ${folder.modelPath}, and --epochs with a larger number goes on with it.`,
    );
  }
  // The checkpoint compares what it knows of; how many epochs there are to be, for one, it does not.
  if (![configurationHash(run.seed, configuration), undefined].includes(run.configurationHash)) {
    throw new UsageError(
      `${path}: the configuration in its run.json was changed, and no longer has the hash beside it; undo that, or train anew with --config.`,
    );
  }
  // Every run.json says its schedule and how tables are read, but those of versions that knew one alone.
  const known = { schedule: "constant", tableReader: "lessons", ...configuration };
  const config = parseConfig(JSON.stringify(known), `${path}: run.json`);
  const { checkpoint, path: checkpointPath, note } = await lastWhole(folder);
  // A flag's path is meant from here, those of the run from where it began.
  const own = flags.dataDir === undefined ? flags : { ...flags, dataDir: resolve(flags.dataDir) };
  const settings = storedSettings(config, own);
  const going = isLonger
    ? lengthened(path, withTrainingDefaults(settings), checkpoint)
    : checkpoint && withoutPause(checkpoint);
  return {
    folder,
    settings,
    started,
    // When all of it was moved, it may still be resumed from where the run lies as it lay.
    directory: (await isFolder(directory)) ? directory : process.cwd(),
    resumed,
    search,
    checkpoint: going,
    checkpointPath,
    from: going === checkpoint ? checkpointPath : encodeCheckpoint(going!),
    ...(note !== undefined && { note }),
  };
}

/** The newest checkpoint or, where that is damaged, the one before it. @throws {FormatError} when neither is whole */
async function lastWhole(
  folder: RunFolder,
): Promise<{ checkpoint: Checkpoint | undefined; path: string; note?: string }> {
  const bytes = await folder.readCheckpoint();
  const path = folder.checkpointPath;
  if (bytes === undefined) return { checkpoint: undefined, path };
  try {
    return { checkpoint: decodeCheckpoint(bytes, path), path };
  } catch (error) {
    const before = error instanceof FormatError ? await folder.readPrevious() : undefined;
    if (before === undefined) throw error;
    const { message } = error as FormatError;
    return {
      checkpoint: decodeCheckpoint(before, folder.previousPath),
      path: folder.previousPath,
      note: `${message} The run goes on from the one before it, ${folder.previousPath}.`,
    };
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function parseRun(text: string, path: string): z.output<typeof runSchema> {
  try {
    return runSchema.parse(JSON.parse(text));
  } catch {
    throw new CommandError(
      `${path}: its run.json is damaged; train anew, or use checkpoint.safetensors as a model.`,
    );
  }
}
