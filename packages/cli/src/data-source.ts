import { open, readdir, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, extname, join, resolve } from "node:path";
import { constants, gunzipSync } from "node:zlib";
import { isGzip } from "@loam/nn";
import { cifarKind } from "@loam/nn/data/images";
import { hasLabelAndPixels, parseTable, type Table } from "@loam/nn/data/table";
import { CommandError } from "./failure.js";
import { didYouMean } from "./names.js";
import { naming } from "./naming.js";
import { readStdin } from "./stdin.js";

/** What `--data` and `--test-data` may name. */
export type DataSource =
  | { readonly kind: "digits" }
  | { readonly kind: "mnist"; readonly directory: string }
  | { readonly kind: "folder" | "cifar" | "npz"; readonly path: string }
  | PicturesSource
  | TextSource
  | TextsSource
  | RecordingsSource
  | TableSource;

/** A folder with one folder of pictures a class. */
export interface PicturesSource {
  readonly kind: "pictures";
  readonly path: string;
}

/** One text, for a language model. */
export interface TextSource {
  readonly kind: "text";
  readonly path: string;
  readonly bytes?: Uint8Array;
}

/** A folder with one folder of texts a class, or a table in which a column holds them. */
export interface TextsSource {
  readonly kind: "texts";
  readonly path: string;
  readonly table?: TableSource;
}

/** A folder with one folder of tables a class, each table a recording. */
export interface RecordingsSource {
  readonly kind: "recordings";
  readonly path: string;
}

/** A table; `pixels` where each row has as many columns as a picture of 28x28 and its label. */
export interface TableSource {
  readonly kind: "table" | "pixels";
  readonly path: string;
  /** What stdin said, since it says it once. */
  readonly bytes?: Uint8Array;
  /** Its first rows, by which it was looked at; absent where they cannot be read. */
  readonly first?: Table;
}

export interface SourceOptions {
  /** Where `mnist` lies or is to be kept. */
  readonly dataDir?: string | undefined;
  /** What relative paths are meant from; by default where the command runs. */
  readonly directory?: string;
  /** Whether a file is one text, whatever it is called: for a language model. */
  readonly asText?: boolean;
}

/** Files that are read as tables, with `.gz` behind as well. */
const TABLES: ReadonlySet<string> = new Set([".csv", ".tsv", ".tab", ".txt", ".jsonl", ".ndjson", ".json"]);

/** Files that are texts. */
const TEXTS: ReadonlySet<string> = new Set([".txt", ".md", ".text"]);

export function isTextName(path: string): boolean {
  return TEXTS.has(extname(path).toLowerCase());
}

export function isTableName(path: string): boolean {
  return path === "-" || TABLES.has(extname(path.replace(/\.gz$/i, "")).toLowerCase());
}

/** As many bytes as the first rows of the widest table take. */
const GLANCE = 2 ** 20;

/**
 * Finds out what a `--data` means, before anything is read: `digits`, `mnist`, a folder of pictures, of IDX files or of CIFAR's, a .npz, or a table,
 * of which the first rows are looked at; `-` is a table from stdin, which is read here.
 * @throws {CommandError} when there is no such file or folder, or a file that is no table.
 */
export async function findDataSource(
  name: string,
  { dataDir, directory = process.cwd(), asText = false }: SourceOptions = {},
): Promise<DataSource> {
  // A path is shown as it was written, as long as it means the same.
  const from = (path: string) => (directory === process.cwd() ? path : resolve(directory, path));
  if (name === "digits") return { kind: "digits" };
  if (name === "mnist") {
    const root = dataDir === undefined ? process.env.LOAM_DATA : from(dataDir);
    return { kind: "mnist", directory: await mnistFolder(root) };
  }
  if (name === "-") {
    const bytes = await readStdin();
    if (asText) return { kind: "text", path: "stdin", bytes };
    return { ...lookAt(bytes, "stdin"), path: "stdin", bytes };
  }
  requireNoAddress(name);
  const path = from(name);
  const kind = await kindOf(path);
  if (kind === "file" && asText) return { kind: "text", path };
  if (kind === "folder") return { kind: await kindOfFolder(path), path };
  if (kind === "file" && extname(path).toLowerCase() === ".npz") return { kind: "npz", path };
  if (kind === "file" && isTableName(path)) return { ...lookAt(await firstBytes(path), path), path };
  if (kind === "file") {
    throw new CommandError(
      `${path}: expected a table (.csv), a .npz, or a folder of pictures or IDX files; name the folder that the file lies in.`,
    );
  }
  if (await isIdxSet(path)) return { kind: "folder", path };
  throw new CommandError(
    `${path}: there is no such file or folder; expected digits, mnist, a folder of pictures or of IDX files, or a .csv file${didYouMean(name, ["digits", "mnist"])}.`,
  );
}

/** @throws {CommandError} for an address: what a model is made of is to lie here, and be the same tomorrow. */
export function requireNoAddress(name: string): void {
  if (!/^[a-z][a-z\d+.-]+:\/\//i.test(name)) return;
  throw new CommandError(
    `${name}: nothing is fetched from an address; download it, and name the file, or pipe it: curl … | loam … -`,
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

/** What a folder holds: files of CIFAR's, IDX files by their names, or else folders, which are classes of pictures or, by the first of them, of texts or of recordings. */
async function kindOfFolder(path: string): Promise<"folder" | "cifar" | "pictures" | "texts" | "recordings"> {
  const entries = await naming(path, readdir(path, { withFileTypes: true }));
  const names = entries.map(({ name }) => name);
  if (cifarKind(names)) return "cifar";
  if (names.some((name) => /-(images|labels)[-.]idx\d-ubyte(\.gz)?$/.test(name))) return "folder";
  const inside = await Promise.all(
    entries.map(async (entry) => {
      if (entry.name.startsWith(".")) return false;
      // A class may be a link to a folder elsewhere.
      return (
        entry.isDirectory() || (entry.isSymbolicLink() && (await kindOf(join(path, entry.name))) === "folder")
      );
    }),
  );
  if (!inside.some(Boolean)) return "folder";
  const first = entries
    .filter((_, i) => inside[i])
    .map(({ name }) => name)
    .sort()[0]!;
  const files = await naming(path, readdir(join(path, first), { recursive: true }));
  const all = files.filter((file) => extname(file) !== "").length;
  const isMost = (some: readonly string[]) => some.length > 0 && 2 * some.length >= all;
  if (isMost(files.filter(isTextName))) return "texts";
  return isMost(files.filter(isTableName)) ? "recordings" : "pictures";
}

/** Whether a path names a set of IDX files by what their names begin with: `emnist/emnist-letters`. */
async function isIdxSet(path: string): Promise<boolean> {
  const names = await readdir(dirname(path)).catch(() => []);
  return names.some((name) => name.startsWith(`${basename(path)}-train-images`));
}

async function kindOf(path: string): Promise<"file" | "folder" | undefined> {
  try {
    return (await stat(path)).isDirectory() ? "folder" : "file";
  } catch {
    return undefined;
  }
}

async function firstBytes(path: string): Promise<Uint8Array> {
  const file = await naming(path, open(path));
  try {
    const { buffer, bytesRead } = await naming(path, file.read(Buffer.alloc(GLANCE), 0, GLANCE, 0));
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Whether a table's rows are as wide as a picture with its label. What is wrong in a table shows itself when it is read. */
function lookAt(bytes: Uint8Array, name: string): Pick<TableSource, "kind" | "first"> {
  try {
    const start = isGzip(bytes)
      ? gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 64 * GLANCE })
      : bytes;
    const text = new TextDecoder().decode(start.subarray(0, GLANCE));
    const end = text.lastIndexOf("\n");
    const first = parseTable(end > 0 && start.length >= GLANCE ? text.slice(0, end) : text, { name });
    const { columns } = first;
    const bytesOnly = columns.filter(({ cells }) => cells.every((cell) => /^\d{1,3}$/.test(cell)));
    const arePixels = hasLabelAndPixels(first) && bytesOnly.length >= columns.length - 1;
    return arePixels ? { kind: "pixels" } : { kind: "table", first };
  } catch {
    return { kind: "table" };
  }
}
