import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { NO_LINKS, partOf } from "@loam/nn/platform/internal";
import { z } from "zod";
import { UsageError } from "./failure.js";

/** In a run folder: says which process works in it. */
export const LOCK_FILE = "run.lock";

/** How long whoever has just made the file may take to fill it. */
const FILLING_MS = 200;

/** As long as the name of a host may be. */
const HOST = 255;

const holderSchema = z.object({ pid: z.int(), host: z.string().max(HOST) });

/** The lock files of this process. */
const held = new Set<string>();

// A second Ctrl-C ends the process at once: the folder is free again even then. Only a kill leaves the file behind.
process.on("exit", () => {
  for (const path of held) remove(path);
});

/**
 * Keeps two processes from training in one folder: a file that names its holder, and means nothing once that process is gone. Whether it is can
 * be told on the same machine only; of another one the file is believed.
 */
export class RunLock {
  #released = false;

  private constructor(readonly path: string) {}

  /** @throws {UsageError} when somebody else has it. */
  static async take(folder: string): Promise<RunLock> {
    const path = join(folder, LOCK_FILE);
    for (;;) {
      try {
        make(path);
        held.add(path);
        return new RunLock(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw unfilled(path, error);
      }
      if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
        throw new UsageError(`${path}: this is a folder, where the lock of a run belongs; remove it.`);
      const text = await readWhole(path);
      requireGone(folder, path, text);
      clear(path, text);
    }
  }

  /** Once is enough; more does no harm. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    held.delete(this.path);
    remove(this.path);
  }
}

/**
 * Makes a lock file that is filled from its first moment on: whoever stalls before it is filled would be taken for one that is gone.
 * @throws `EEXIST` when there is one
 */
function make(path: string): void {
  const beside = partOf(path);
  try {
    writeFileSync(beside, own(), { flag: "wx" });
    linkSync(beside, path);
  } catch (error) {
    if (!NO_LINKS.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
    writeFileSync(path, own(), { flag: "wx" });
  } finally {
    rmSync(beside, { force: true });
  }
}

/** The host's error, after what a full disk leaves of the file is taken away. */
function unfilled(path: string, error: unknown): unknown {
  const { path: named } = error as NodeJS.ErrnoException;
  if (named !== undefined) return error;
  rmSync(path, { force: true });
  return Object.assign(error as Error, { path });
}

function own(): string {
  return `${JSON.stringify({ pid: process.pid, host: hostname() })}\n`;
}

/** Takes a lock file away if it still is this process's. */
function remove(path: string): void {
  try {
    if (readFileSync(path, "utf8") === own()) rmSync(path);
  } catch {
    // it is gone already, and that is all that is wanted
  }
}

/** A lock file's text; empty when it is gone, or was never filled. */
async function readWhole(path: string): Promise<string> {
  const read = () => readFile(path, "utf8").catch(() => "");
  const text = await read();
  if (text.endsWith("\n")) return text;
  await setTimeout(FILLING_MS);
  return read();
}

/** @throws {UsageError} unless the process that a lock file names is gone. */
function requireGone(folder: string, path: string, text: string): void {
  const holder = parse(text);
  if (holder === undefined) return;
  const { pid, host } = holder;
  if (host !== hostname()) {
    throw new UsageError(
      `${folder}: process ${pid} on ${host} trains in this folder; if it no longer does, remove ${path}.`,
    );
  }
  // A container gives the same few numbers again and again: this process's own is that of a dead one, unless it has the lock itself.
  if (pid === process.pid ? held.has(path) : isAlive(pid)) {
    throw new UsageError(
      `${folder}: process ${pid} trains in this folder; wait until it is done, or stop it (if that is no loam, remove ${path}).`,
    );
  }
}

function parse(text: string): z.output<typeof holderSchema> | undefined {
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * Removes the lock file with that text, and not one that somebody has put in its place since: by a name that nobody else looks at. All at once,
 * since while the file is aside its place looks free.
 */
function clear(path: string, text: string): void {
  const aside = partOf(path);
  try {
    if (readFileSync(path, "utf8") !== text) return;
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return; // somebody else was faster
    throw error;
  }
  if (readFileSync(aside, "utf8") === text) rmSync(aside);
  else renameSync(aside, path);
}
