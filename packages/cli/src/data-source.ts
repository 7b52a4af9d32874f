import { stat } from "node:fs/promises";
import { homedir } from "node:os";
import { extname, join, resolve } from "node:path";
import { CommandError } from "./failure.js";
import { didYouMean } from "./names.js";

/** What `--data` and `--test-data` may name. */
export type DataSource =
  | { readonly kind: "digits" }
  | { readonly kind: "mnist"; readonly directory: string }
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "csv"; readonly path: string };

export interface SourceOptions {
  /** Where `mnist` lies or is to be kept. */
  readonly dataDir?: string | undefined;
  /** What relative paths are meant from; by default where the command runs. */
  readonly directory?: string;
}

/** Files that are read as tables. */
export const TABLES: ReadonlySet<string> = new Set([".csv", ".tsv", ".txt"]);

/**
 * Finds out what a `--data` means, before anything is read: `digits`, `mnist`, a folder of IDX files or a table.
 * @throws {CommandError} when there is no such file or folder, or a file that is no table.
 */
export async function findDataSource(
  name: string,
  { dataDir, directory = process.cwd() }: SourceOptions = {},
): Promise<DataSource> {
  // A path is shown as it was written, as long as it means the same.
  const from = (path: string) => (directory === process.cwd() ? path : resolve(directory, path));
  if (name === "digits") return { kind: "digits" };
  if (name === "mnist") {
    const root = dataDir === undefined ? process.env.LOAM_DATA : from(dataDir);
    return { kind: "mnist", directory: await mnistFolder(root) };
  }
  const path = from(name);
  const kind = await kindOf(path);
  if (kind === "folder") return { kind: "folder", path };
  if (kind === "file" && TABLES.has(extname(path).toLowerCase())) return { kind: "csv", path };
  if (kind === "file") {
    throw new CommandError(
      `${path}: expected a table (.csv) or a folder of IDX files; name the folder that the file lies in.`,
    );
  }
  throw new CommandError(
    `${path}: there is no such file or folder; expected digits, mnist, a folder of IDX files or a .csv file${didYouMean(name, ["digits", "mnist"])}.`,
  );
}

/** MNIST's four files lie in the folder itself or in `mnist` below it; without a folder, in the user's cache. @throws {CommandError} for a file. */
async function mnistFolder(root: string | undefined): Promise<string> {
  if (root === undefined || root === "") return join(homedir(), ".cache", "loam", "mnist");
  if ((await kindOf(root)) === "file") {
    throw new CommandError(
      `${root}: this is not a folder; name the one where MNIST lies or is to be kept, with --data-dir or LOAM_DATA.`,
    );
  }
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
