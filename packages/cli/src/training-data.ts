import type { PictureVariation } from "@loam/nn/data/images";
import type { DataSource } from "./data-source.js";
import type { SeriesSettings } from "./load-series.js";
import type { Divided, TableSettings } from "./load-table.js";
import type { Samples } from "./samples.js";
import type { Settings } from "./settings.js";

export interface LoadOptions extends TableSettings, SeriesSettings, Pick<Settings, "recording"> {
  /** The most training samples; test sets are always whole. */
  readonly limit?: number;
  /** How many distorted copies of every training picture to add. */
  readonly augment?: number | PictureVariation[];
  readonly size?: [number, number];
  readonly channels?: "grey" | "rgb";
  /** Decides which samples a `limit` takes, the distortions, and what is held out. */
  readonly seed: number;
  /** Whether tables are read by the names of their columns, or as the lessons' are: a label and numbers. */
  readonly tableReader?: "schema" | "lessons";
  /** How many classes there are, where the data does not say. */
  readonly classes?: number;
  /** MB of decoded pictures that may lie in memory. */
  readonly memory?: number;
  /** Hears of each picture of a folder that was looked at. */
  readonly onPicture?: (done: number, total: number) => void;
  /** Whether a test set is needed beside what is trained on, where it is apart from that; default true. */
  readonly isTested?: boolean;
  /** In place of the test set that belongs to the data. */
  readonly testSource?: DataSource;
  /** How many characters a language model sees at once. */
  readonly context?: number;
}

export interface TrainingData {
  readonly training: Samples;
  /** The share that is yet to be set aside for validation. */
  readonly validationSplit?: number;
  /** What is watched after each epoch, where it is set aside already: rows of a table, before their means are taken. */
  readonly validation?: Samples;
  /** The same data with other samples held out, for the other networks of a committee. */
  readonly others?: readonly Divided[];
  readonly test?: Samples;
  /** How many outputs the network needs: the classes, or the numbers to be predicted. */
  readonly outputs: number;
  /** What was understood of the data, in lines. */
  readonly lines: readonly string[];
}
