import { link, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** Where a file system has no second names for a file. */
export const NO_LINKS: ReadonlySet<string> = new Set([
  ...["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EXDEV"],
]);

/** Files that are being written, under the names that they have until they are whole; undefined before the first. */
let unfinished: Set<string> | undefined;

/** A program that ends at once, as at a second Ctrl-C, leaves no half of a file either. */
function noteUnfinished(path: string): void {
  if (unfinished === undefined) {
    const all = new Set<string>();
    process.on("exit", () => {
      // Looked up here: an import of it would load Node's streams as well, 5 ms of every start.
      const { rmSync } = process.getBuiltinModule("node:fs");
      for (const one of all) rmSync(one, { force: true });
    });
    unfinished = all;
  }
  unfinished.add(path);
}

/** The name of a file until it is whole: nobody else's, and told by `isPartOf`. */
export function partOf(path: string): string {
  const [draw] = crypto.getRandomValues(new Uint32Array(1));
  return `${path}.${draw!.toString(16).padStart(8, "0")}.part`;
}

/** Whether a name is the one that a file has until it is whole: what a killed process leaves behind. */
export function isPartOf(name: string, file: string): boolean {
  return name.startsWith(`${file}.`) && /^[0-9a-f]{8}\.part$/.test(name.slice(file.length + 1));
}

/**
 * Writes a whole file or none of it: beside it first, to the disk, then into its place. A reader sees the old bytes or the new ones,
 * whatever happens between.
 * @throws the system's error; nothing is left beside the file then.
 */
export async function writeWholeFile(path: string, content: string | Uint8Array): Promise<void> {
  const beside = partOf(path);
  noteUnfinished(beside);
  try {
    const file = await open(beside, "wx");
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await removeIfThere(beside);
    throw error;
  } finally {
    unfinished?.delete(beside);
  }
  await syncFolder(dirname(path));
}

/**
 * Gives a file another name besides, in place of whatever has it, so that it is there under both.
 * @returns false where there is no such file, or the file system has no second names
 */
export async function giveSecondName(from: string, to: string): Promise<boolean> {
  const beside = partOf(to);
  try {
    await link(from, beside);
    await rename(beside, to);
    // Where both are one file already, to rename one onto the other does nothing, and leaves it.
    await rm(beside, { force: true });
    await syncFolder(dirname(to));
    return true;
  } catch (error) {
    await removeIfThere(beside);
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || NO_LINKS.has(code)) return false;
    throw Object.assign(error as Error, { path: to });
  }
}

/** What went wrong before is the error to be told, not that this cannot be done either. */
async function removeIfThere(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => {});
}

/** Makes a rename last through a power cut; not every system lets a folder be opened, and then it need not be. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, "r");
    await folder.sync().finally(() => folder.close());
  } catch {
    // The file itself is safe; only the moment of its appearance is the system's.
  }
}
