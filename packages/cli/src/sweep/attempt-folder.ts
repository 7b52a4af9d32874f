import { cp, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeFileWhole } from "../write-file.js";

/** What a run folder holds that another machine needs to go on with it, or to tell of it. */
export const RUN_FILES = ["run.json", "history.csv", "checkpoint.safetensors", "model.safetensors"] as const;

/** The folder of an attempt at a trial: each has one of its own, so that a worker that was taken for dead, and is not, writes over nobody's files. */
export function attemptFolder(trial: string, attempt: number): string {
  return join(trial, `attempt-${attempt}`);
}

/** Makes an attempt's folder with what the last one before it came to, if any lies there. Its files are whole, whatever became of it. */
export async function takeOver(trial: string, attempt: number): Promise<string> {
  const folder = attemptFolder(trial, attempt);
  await mkdir(trial, { recursive: true });
  const [last] = (await attemptsOf(trial)).filter((one) => one < attempt);
  if (last === undefined) return folder;
  const beside = `${folder}.part`;
  await rm(beside, { recursive: true, force: true });
  await mkdir(beside);
  // The record goes first: what is newer than it is a checkpoint of the same run.
  for (const name of RUN_FILES) {
    await cp(join(attemptFolder(trial, last), name), join(beside, name)).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    });
  }
  await rename(beside, folder);
  return folder;
}

/** Takes away what attempts before this one left. */
export async function dropEarlier(trial: string, attempt: number): Promise<void> {
  for (const one of await attemptsOf(trial))
    if (one < attempt) await rm(attemptFolder(trial, one), { recursive: true, force: true });
}

/** The attempts that lie there, the last first. */
async function attemptsOf(trial: string): Promise<number[]> {
  const names = await readdir(trial).catch(() => [] as string[]);
  return names
    .flatMap((name) => /^attempt-(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => b - a);
}

/** The files of a run, by their names. */
export async function readRunFiles(folder: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  for (const name of RUN_FILES) {
    const bytes = await readFile(join(folder, name)).catch(() => undefined);
    if (bytes) found.set(name, bytes);
  }
  return found;
}

export async function writeRunFiles(folder: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  if (files.size === 0) return;
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of files) await writeFileWhole(join(folder, name), bytes);
}
