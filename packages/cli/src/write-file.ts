import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { link, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { naming } from "./naming.js";

/** Where a file system has no second names for a file. */
export const NO_LINKS: ReadonlySet<string> = new Set([
  ...["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EXDEV"],
]);

/** Files that are being written, under the names that they have until they are whole. */
const unfinished = new Set<string>();

// A second Ctrl-C ends the process at once: not even then is half a file left.
process.on("exit", () => {
  for (const path of unfinished) rmSync(path, { force: true });
});

/**
 * Writes a whole file or none of it: beside it first, to the disk, then into its place. A reader sees the old bytes or the new ones,
 * whatever happens between.
 */
export function writeFileWhole(path: string, content: string | Uint8Array): Promise<void> {
  return naming(path, write(path, content));
}

async function write(path: string, content: string | Uint8Array): Promise<void> {
  const beside = `${path}.${randomBytes(4).toString("hex")}.part`;
  unfinished.add(beside);
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
    await rm(beside, { force: true });
    throw error;
  } finally {
    unfinished.delete(beside);
  }
  await syncFolder(dirname(path));
}

/**
 * Gives a file another name besides, in place of whatever has it, so that it is there under both.
 * @returns false where there is no such file, or the file system has no second names
 */
export async function giveSecondName(from: string, to: string): Promise<boolean> {
  const beside = `${to}.${randomBytes(4).toString("hex")}.part`;
  try {
    await link(from, beside);
    await rename(beside, to);
    // Where both are one file already, to rename one onto the other does nothing, and leaves it.
    await rm(beside, { force: true });
    await syncFolder(dirname(to));
    return true;
  } catch (error) {
    await rm(beside, { force: true });
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || NO_LINKS.has(code)) return false;
    throw Object.assign(error as Error, { path: to });
  }
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

/** Whether a name is the one that a file has while `writeFileWhole` writes it: what a killed process leaves behind. */
export function isPartOf(name: string, file: string): boolean {
  return name.startsWith(`${file}.`) && /^[0-9a-f]{8}\.part$/.test(name.slice(file.length + 1));
}
