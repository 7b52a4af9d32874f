import { stat } from "node:fs/promises";
import { homedir } from "node:os";
import { extname, join } from "node:path";
import { CommandError } from "./failure.js";
import { didYouMean } from "./names.js";

/** What `--data` and `--test-data` may name. */
export type DataSource =
  | { readonly kind: "digits" }
  | { readonly kind: "mnist"; readonly directory: string }
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "csv"; readonly path: string };

/** Files that are read as tables. */
export const TABLES: ReadonlySet<string> = new Set([".csv", ".tsv", ".txt"]);

/**
 * Finds out what a `--data` means, before anything is read: `digits`, `mnist`, a folder of IDX files or a table.
 * @throws {CommandError} when there is no such file or folder, or a file that is no table.
 */
export async function findDataSource(name: string, dataDir?: string): Promise<DataSource> {
  if (name === "digits") return { kind: "digits" };
  if (name === "mnist")
    return { kind: "mnist", directory: await mnistFolder(dataDir ?? process.env.LOAM_DATA) };
  const kind = await kindOf(name);
  if (kind === "folder") return { kind: "folder", path: name };
  if (kind === "file" && TABLES.has(extname(name).toLowerCase())) return { kind: "csv", path: name };
  if (kind === "file") {
    throw new CommandError(
      `${name}: expected a table (.csv) or a folder of IDX files; name the folder that the file lies in.`,
    );
  }
  throw new CommandError(
    `${name}: there is no such file or folder; expected digits, mnist, a folder of IDX files or a .csv file${didYouMean(name, ["digits", "mnist"])}.`,
  );
}

/** MNIST's four files lie in the folder itself or in `mnist` below it; without a folder, in the user's cache. */
async function mnistFolder(root: string | undefined): Promise<string> {
  if (root === undefined || root === "") return join(homedir(), ".cache", "loam", "mnist");
  const below = join(root, "mnist");
  return (await kindOf(below)) === "folder" ? below : root;
}

async function kindOf(path: string): Promise<"file" | "folder" | undefined> {
  try {
    return (await stat(path)).isDirectory() ? "folder" : "file";
  } catch {
    return undefined;
  }
}
