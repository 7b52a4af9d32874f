/**
 * What a model knows about the data that it was trained on, as plain JSON: enough to use it on the next row or picture that a person has.
 * It is found on the training data alone, travels in the model's file, and is obeyed wherever inputs are read or answers formed.
 */
export interface DataSchema {
  readonly task: Task;
  readonly input: InputSchema;
}

/** What the outputs mean. */
export type Task = ClassificationTask | RegressionTask | MultilabelTask | NextTask;

/** One class of several; their names are the model's `classNames`. */
export interface ClassificationTask {
  readonly kind: "classification";
  /** What is told: a column's name. Absent where data has no word for it, as a folder of pictures. */
  readonly target?: string;
}

/** Numbers, one an output. */
export interface RegressionTask {
  readonly kind: "regression";
  readonly targets: readonly NumberTarget[];
}

/** Yes or no to each of several labels, one an output: a sample may have any of them, or none. */
export interface MultilabelTask {
  readonly kind: "multilabel";
  /** The one column whose cells hold labels parted by `|`; absent where each label has a column of its own. */
  readonly target?: string;
  readonly labels: readonly LabelTarget[];
}

/** A label, and what its column says where it holds and where it does not. In a column that they share, its name and nothing. */
export interface LabelTarget {
  readonly name: string;
  readonly yes: string;
  readonly no: string;
}

/** What comes next, at every step: a language model's outputs are logits of the vocabulary. */
export interface NextTask {
  readonly kind: "next";
}

/** A number to be predicted, in its own unit: output · scale + shift. */
export interface NumberTarget {
  readonly name: string;
  readonly shift: number;
  readonly scale: number;
}

/** How what a person has becomes the network's inputs. */
export type InputSchema = TableInput | PixelsInput | ImageInput | TextInput | SeriesInput | RecordingInput;

/** Rows of a table; the inputs of the columns stand one after the other. */
export interface TableInput {
  readonly kind: "table";
  readonly columns: readonly TableColumn[];
  /** Columns that the network does not see. */
  readonly leftOut: readonly string[];
  /** Of these, those that name rows: predictions keep them. */
  readonly identifiers: readonly string[];
  /** Where the table had no header: its columns are called by their position from 0, and there were so many, the target's included. */
  readonly unnamed?: number;
  /** The column that said how much each row counts; it is left out of the inputs. */
  readonly weight?: string;
}

/** A table with a picture in each row: 784 columns of bytes, 28x28. */
export interface PixelsInput {
  readonly kind: "pixels";
  /** In the order of the pixels, row by row. */
  readonly columns: readonly string[];
  readonly leftOut: readonly string[];
  readonly identifiers: readonly string[];
  readonly unnamed?: number;
  /** The column that said how much each row counts; it is left out of the inputs. */
  readonly weight?: string;
}

/** Pictures from files. */
export interface ImageInput {
  readonly kind: "image";
  readonly height: number;
  readonly width: number;
  /** 1 for grey, 3 for red, green, blue. */
  readonly channels: 1 | 3;
  /** `digit`: drawings of digits, which are inverted, cut out and centred as those of MNIST; `resize`: brought to the size, and else as they are. */
  readonly fit: "digit" | "resize";
}

/** Texts as ids: characters as they are, or words in lower case. */
export interface TextInput {
  readonly kind: "text";
  readonly unit: "character" | "word";
  /** What an id stands for. Characters count from 0; words from 2, since 0 is no word and 1 one that is not among them. */
  readonly vocabulary: readonly string[];
  /** How many ids the network sees at once. */
  readonly length: number;
  /** In a table, the column that texts are in. */
  readonly column?: string;
  /** And those that name rows: predictions keep them. */
  readonly identifiers?: readonly string[];
}

/**
 * What was measured over time, a row a moment: the values up to a row, the origin, say what a target is later. An origin's inputs are, for each
 * column, its values at the moments before the origin, as differences from the one at the origin, oldest last; then that one; then where in the
 * year, the week or the day the moment lies that is predicted. The target is predicted as a difference from its value at the origin.
 */
export interface SeriesInput {
  readonly kind: "series";
  /** The column of dates; absent where the table has none. */
  readonly time?: { readonly name: string; readonly order: DateOrder };
  /** What lengths are counted in; days only with `time`. */
  readonly unit: "days" | "rows";
  /** How far two rows usually lie apart. */
  readonly interval: number;
  /** How far the values of a window lie apart: some intervals. */
  readonly step: number;
  /** How many values of a window lie before the origin. */
  readonly lags: number;
  /** How far what is predicted lies ahead. */
  readonly horizon: number;
  /** After what time things are alike again, where that was found. */
  readonly season?: number;
  readonly columns: readonly SeriesColumn[];
  readonly calendar: readonly CalendarPart[];
  /** Columns that the network does not see. */
  readonly leftOut: readonly string[];
}

/** Recordings, of which each is of one class, cut into windows [steps, columns] of numbers. */
export interface RecordingInput {
  readonly kind: "recording";
  /** How many rows a window has. */
  readonly steps: number;
  readonly columns: readonly SeriesColumn[];
  /** Where one table holds them all: the column that names the recording of a row. */
  readonly recording?: string;
  /** Columns that the network does not see. */
  readonly leftOut: readonly string[];
}

/** Numbers over time, as inputs (x − shift) / scale. */
export interface SeriesColumn {
  readonly name: string;
  readonly format: NumberFormat;
  readonly shift: number;
  readonly scale: number;
}

/** Where in the year, the week or the day a moment lies: sine and cosine of the angle. */
export type CalendarPart = "year" | "week" | "day";

/** A column that the network sees, as it was on the training rows. */
export type TableColumn = NumberColumn | BooleanColumn | WordColumn | DateColumn;

interface ColumnBase {
  readonly name: string;
  /** Whether cells were empty, so that an input of 1 says so, and 0 else. */
  readonly flag: boolean;
}

/** A number x, read as `format` says, one input or several. */
export interface NumberColumn extends ColumnBase {
  readonly kind: "number";
  readonly format: NumberFormat;
  readonly encoding: NumberEncoding;
  /** What an empty cell counts as: the median. */
  readonly empty: number;
  /** Whether words count as empty cells, since the column was said to be of numbers all the same. */
  readonly lenient?: boolean;
  /** Whether `%` stood behind every number, so that one without it may mean another. */
  readonly percent?: boolean;
}

/** How numbers are written: `1.234,5` has the decimal mark "," and groups parted by ".". */
export interface NumberFormat {
  readonly decimal: "." | ",";
  readonly group: "" | "," | "." | " " | "'";
}

export type NumberEncoding =
  /** x · scale + shift: one input. */
  | { readonly kind: "linear"; readonly shift: number; readonly scale: number }
  /** The quantile of x, between the boundaries `at`, as a number of a normal distribution: one input. */
  | { readonly kind: "quantile"; readonly at: readonly number[] }
  | PiecewiseEncoding;

/**
 * x as a whole, and an input for each piece between two boundaries that follow each other in `at`, a below b: how much of it lies below x,
 * clip((x − a) / (b − a), 0, 1). A linear function of these inputs is any function of x that is linear on each piece.
 */
export interface PiecewiseEncoding {
  readonly kind: "pieces";
  readonly whole: Exclude<NumberEncoding, PiecewiseEncoding>;
  readonly at: readonly number[];
}

/** Two words, of which `yes` is 1 and all else −1. */
export interface BooleanColumn extends ColumnBase {
  readonly kind: "boolean";
  readonly yes: string;
  readonly no: string;
}

/** One of the words: an input for each, 1 for the cell's and 0 for all others; a word that is not among them is all 0. */
export interface WordColumn extends ColumnBase {
  readonly kind: "word";
  readonly words: readonly string[];
}

/** A day, maybe with its time: the parts that vary, each scaled. */
export interface DateColumn extends ColumnBase {
  readonly kind: "date";
  readonly order: DateOrder;
  readonly parts: readonly DatePart[];
}

/** `ymd` is 2026-11-28, `dmy` 28.11.2026, `mdy` 11/28/2026. */
export type DateOrder = "ymd" | "dmy" | "mdy";

/** One of the numbers that a date becomes. */
export type DatePart =
  /** Days since 1970, in fractions: t · scale + shift. */
  { readonly kind: "time"; readonly shift: number; readonly scale: number } | { readonly kind: CalendarPart };
