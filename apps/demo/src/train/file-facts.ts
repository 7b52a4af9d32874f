import type { Dataset } from "@loam/nn";
import type { ColumnFinding } from "@loam/nn/data/table";
import type { Explained } from "../text/library-errors.js";

/** The share that is held out where the visitor gives no test set. */
export const HELD_OUT = 0.1;
/** Fewer samples leave nothing to hold out. */
export const LEAST_SAMPLES = 10;

/** What the page asks of the worker: to read files, to predict other columns of a table, or to part what was read by a seed. */
export type FilesOrder =
  | { readonly open: readonly FileOfFolder[]; readonly targets: readonly string[] }
  | { readonly targets: readonly string[] }
  | { readonly divide: number; readonly targets: readonly string[] };

/** A file, and where it lies: below the folder that was chosen, if one was. */
export interface FileOfFolder {
  readonly file: File;
  readonly path: string;
}

export type FilesAnswer = FilesFacts | Divided | { readonly error: Explained };

/** One class of several, one number or several, or yes or no to each of several labels. */
export type TaskOfNetwork = "classes" | "numbers" | "labels";

/** What the files turned out to be. */
export interface FilesFacts {
  readonly name: string;
  /** IDX files, which the command takes as a folder; a table; one too large for that, read as the lessons' are; pictures in a folder a class; and
   * recordings, tables in a folder a class. */
  readonly kind: "idx" | "table" | "lessons" | "pictures" | "recordings";
  readonly task: TaskOfNetwork;
  readonly samples: number;
  /** The shape of one sample. */
  readonly inputShape: readonly number[];
  /** Whether inputs are bytes, as those of pictures are. */
  readonly bytes: boolean;
  /** How many outputs a network needs. */
  readonly outputs: number;
  /** How many samples are held out, or the test has, where a file for it was given. */
  readonly held: number;
  /** The file for the test, if one was given. */
  readonly testName?: string;
  readonly table?: TableFacts;
  /** Files that were passed over, with the reason of the first. */
  readonly skipped?: { readonly count: number; readonly first: string };
}

/** What is told of a table's columns. */
export interface TableFacts {
  /** The column that is predicted, or several. */
  readonly targets: readonly string[];
  /** All columns, in their order. */
  readonly columns: readonly string[];
  /** What the others are taken for. */
  readonly inputs: readonly ColumnFact[];
  /** Rows of the table, their cells by column: some of those that have an answer. */
  readonly rows: readonly Readonly<Record<string, string>>[];
}

export interface ColumnFact {
  readonly name: string;
  readonly kind: ColumnFinding["kind"];
  /** Rows with nothing in the cell. */
  readonly empty: number;
}

/** What is trained on, what stops the training, and what the network is examined on. */
export interface Divided {
  readonly training: Dataset;
  readonly validation: Dataset;
  readonly test: Dataset;
}
