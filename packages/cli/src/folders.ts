import { readdir } from "node:fs/promises";
import { naming } from "./naming.js";

/** The names of the folders in a folder, sorted; hidden ones are none. */
export async function foldersIn(path: string): Promise<string[]> {
  const entries = await naming(path, readdir(path, { withFileTypes: true }));
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .sort();
}
