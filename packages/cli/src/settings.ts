import { randomInt } from "node:crypto";
import type { Config } from "./config.js";
import type { DataSource } from "./data-source.js";
import { UsageError } from "./failure.js";
import { flagOf } from "./flags.js";
import type { ModelName } from "./names.js";

/** A configuration in which nothing is left open that does not depend on the data. */
export type Settings = Config & Required<Pick<Config, "data" | "seed" | "threads" | "precision">>;

/** Half a Mersenne: ten digits at most, easy to copy by hand, plenty for telling runs apart. */
const DRAWN_SEEDS = 2 ** 31;

/** What a `--data` turned out to be, as far as settings depend on it. */
export type DataKind = DataSource["kind"];

/** How people's own data is trained on: until it gets no better on what was held out. */
const OWN = { validationSplit: 0.15, epochs: 200, patience: 20 } as const;

/** The networks that data of a kind is trained on; tables that are read as the lessons' are get that of digits. */
const MODELS: Readonly<Record<DataKind, ModelName>> = {
  digits: "cnn",
  mnist: "cnn",
  folder: "cnn",
  table: "cnn",
  pixels: "lenet",
  pictures: "pictures",
  cifar: "pictures",
  npz: "mlp",
};

/**
 * Puts flags over the file's settings over the defaults, and draws a seed where none was given. `--model` takes the place of a file's
 * layers. What the defaults are depends on the kind of data.
 * @throws {UsageError} for settings that contradict each other.
 */
export function resolveSettings(flags: Config, file: Config = {}, kind: DataKind = "digits"): Settings {
  const merged: Config = { ...withoutOldNames(file), ...withoutOldNames(flags) };
  for (const source of [flags, file]) {
    if (source.steps !== undefined && source.epochs !== undefined) {
      throw new UsageError("--steps is in place of --epochs; give one of the two.");
    }
  }
  if (flags.epochs !== undefined) delete merged.steps;
  if (flags.steps !== undefined) delete merged.epochs;
  const isTable = kind === "table" || kind === "pixels";
  if (isTable) merged.tableReader ??= "schema";
  const isOwn = kind === "pictures" || (isTable && merged.tableReader === "schema");
  if (merged.steps === undefined) merged.epochs ??= isOwn ? OWN.epochs : 1;
  if (isOwn) {
    merged.validationSplit ??= OWN.validationSplit;
    merged.patience ??= OWN.patience;
  }
  if (flags.model !== undefined) delete merged.layers;
  else if (merged.layers === undefined) {
    merged.model ??= isOwn && kind === "table" ? "table" : MODELS[kind];
  }
  if (merged.layers !== undefined) {
    for (const name of ["dropout", "l2"] as const) {
      if (merged[name] !== undefined) {
        throw new UsageError(
          `${flagOf(name)} is for the networks of --model; say it in the configuration's own layers instead.`,
        );
      }
    }
  }
  for (const name of ["size", "channels"] as const) {
    if (merged[name] !== undefined && kind !== "pictures")
      throw new UsageError(`${flagOf(name)} is for folders of pictures; other data has a size of its own.`);
  }
  if (merged.schedule === "plateau" && (merged.warmup ?? 0) > 0)
    throw new UsageError("--warmup and --schedule plateau do not go together; leave one of the two out.");
  if (merged.weight !== undefined && !(isTable && merged.tableReader === "schema"))
    throw new UsageError("--weight is for tables that are read by the names of their columns.");
  if (merged.augment !== undefined && merged.validationSplit !== undefined && !isOwn) {
    throw new UsageError(
      "--augment and --validation-split do not go together: copies of one picture would lie on both sides; use --test-data.",
    );
  }
  return {
    ...merged,
    data: merged.data ?? "digits",
    seed: merged.seed ?? randomInt(DRAWN_SEEDS),
    threads: merged.threads ?? "auto",
    precision: merged.precision ?? "standard",
  };
}

/** `labelColumn` was the name of `target`, and `earlyStopping` that of `patience`. */
function withoutOldNames({ labelColumn, earlyStopping, ...config }: Config): Config {
  return {
    ...(labelColumn !== undefined && { target: [String(labelColumn)] }),
    ...(earlyStopping !== undefined && { patience: earlyStopping }),
    ...config,
  };
}

/** The network's name in messages and folder names. */
export function networkName(settings: Settings): string {
  return settings.model ?? "custom";
}
