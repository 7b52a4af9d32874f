import { randomInt } from "node:crypto";
import type { Config } from "./config.js";
import type { DataSource } from "./data-source.js";
import { UsageError } from "./failure.js";
import { flagOf } from "./flags.js";
import { isLanguageModel, isTextModel, type ModelName } from "./names.js";

/** A configuration in which nothing is left open that does not depend on the data. */
export type Settings = Config & Required<Pick<Config, "data" | "seed" | "threads" | "precision">>;

/** Half a Mersenne: ten digits at most, easy to copy by hand, plenty for telling runs apart. */
const DRAWN_SEEDS = 2 ** 31;

export function drawSeed(): number {
  return randomInt(DRAWN_SEEDS);
}

/** What a `--data` turned out to be, as far as settings depend on it. */
export type DataKind = DataSource["kind"];

/** How people's own data is trained on: until it gets no better on what was held out. */
const OWN = { validationSplit: 0.15, epochs: 200, patience: 20 } as const;

/** How a language model is trained: the end of its text held out, and the best weights on it kept. */
const LANGUAGE = { validationSplit: 0.1, steps: 2000, patience: 20 } as const;

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
  text: "char-gpt",
  texts: "text",
  recordings: "recordings",
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
  if (kind === "text") {
    merged.validationSplit ??= LANGUAGE.validationSplit;
    merged.patience ??= LANGUAGE.patience;
    if (merged.epochs === undefined) merged.steps ??= LANGUAGE.steps;
  }
  const isOwn =
    kind === "pictures" ||
    kind === "texts" ||
    kind === "recordings" ||
    (isTable && merged.tableReader === "schema");
  if (merged.steps === undefined) merged.epochs ??= isOwn ? OWN.epochs : 1;
  if (isOwn) {
    merged.validationSplit ??= OWN.validationSplit;
    merged.patience ??= OWN.patience;
  }
  requireFolds(merged);
  if (flags.model !== undefined) delete merged.layers;
  if (merged.from !== undefined) requireOnlyFrom(merged);
  else if (flags.model === undefined && merged.layers === undefined) {
    const own =
      merged.recording !== undefined ? "recordings" : merged.horizon === undefined ? "table" : "series";
    merged.model ??= isOwn && kind === "table" ? own : MODELS[kind];
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
  const isRecordings = kind === "recordings" || (kind === "table" && merged.recording !== undefined);
  if (merged.recording !== undefined && kind !== "table")
    throw new UsageError("--recording names a column of a table; this data is none.");
  if (merged.recording !== undefined && merged.horizon !== undefined)
    throw new UsageError("--recording tells recordings apart, and --horizon forecasts; give one of the two.");
  for (const name of ["horizon", "window", "time", "testSplit"] as const) {
    if (merged[name] === undefined || (name === "window" && isRecordings)) continue;
    if (kind !== "table" || !isOwn)
      throw new UsageError(`${flagOf(name)} is for tables whose rows were measured one after the other.`);
    if (merged.horizon === undefined && merged.from === undefined)
      throw new UsageError(`${flagOf(name)} is for series; say how far ahead to forecast, with --horizon.`);
  }
  if (merged.testSplit !== undefined && merged.folds !== undefined)
    throw new UsageError("--folds tests on several parts of the series in turn; leave out --test-split.");
  if (merged.testSplit !== undefined && merged.testData !== undefined)
    throw new UsageError(
      "--test-split takes the test from the data, and --test-data names another; give one.",
    );
  for (const name of ["size", "channels", "memory"] as const) {
    if (merged[name] === undefined || kind === "pictures") continue;
    const why =
      name === "memory" ? "other data is read as its kind needs" : "other data has a size of its own";
    throw new UsageError(`${flagOf(name)} is for folders of pictures; ${why}.`);
  }
  for (const name of ["target", "drop", "types", "scaling"] as const) {
    const hasColumns = isTable || kind === "texts" || kind === "recordings";
    if (merged[name] !== undefined && !hasColumns)
      throw new UsageError(`${flagOf(name)} is for the columns of a table; this data has none.`);
  }
  if (merged.task !== undefined && !isTable && merged.textColumn === undefined)
    throw new UsageError("--task says what a table's target is; this data has classes of its own.");
  if (merged.context !== undefined && kind !== "text")
    throw new UsageError("--context is for language models, such as --model char-gpt on a text.");
  requireTextModel(merged.model, kind);
  if (merged.folds !== undefined && kind === "text")
    throw new UsageError("--folds is for texts of classes; the end of one text is held out as it is.");
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
    seed: merged.seed ?? drawSeed(),
    threads: merged.threads ?? "auto",
    precision: merged.precision ?? "standard",
  };
}

/**
 * The settings of a run as its folder keeps them, with flags over them: nothing in them is open any more, and they are not checked against a kind of
 * data again, which was done when the run began.
 */
export function storedSettings(stored: Config, flags: Config = {}): Settings {
  if (flags.steps !== undefined && flags.epochs !== undefined)
    throw new UsageError("--steps is in place of --epochs; give one of the two.");
  const merged: Config = { ...withoutOldNames(stored), ...withoutOldNames(flags) };
  if (flags.epochs !== undefined) delete merged.steps;
  if (flags.steps !== undefined) delete merged.epochs;
  if (merged.steps === undefined) merged.epochs ??= 1;
  if (merged.layers === undefined && merged.from === undefined) merged.model ??= "cnn";
  return {
    ...merged,
    data: merged.data ?? "digits",
    seed: merged.seed ?? drawSeed(),
    threads: merged.threads ?? "auto",
    precision: merged.precision ?? "standard",
  };
}

/** @throws {UsageError} for a network for text on other data, or another one on text. */
function requireTextModel(model: ModelName | undefined, kind: DataKind): void {
  const wanted = kind === "text" ? "language" : kind === "texts" ? "text" : undefined;
  if (model === undefined) return;
  if (isLanguageModel(model) && wanted !== "language")
    throw new UsageError(
      `--model ${model} learns to write from one text; give it a file, such as --data book.txt.`,
    );
  if (model === "text" && wanted !== "text")
    throw new UsageError(
      "--model text tells texts apart; give a folder with one folder of .txt files a class.",
    );
  if (wanted !== undefined && !isTextModel(model))
    throw new UsageError(`--model ${model} is not for text; take ${MODELS[kind]}, or layers of your own.`);
}

/**
 * `labelColumn` was the name of `target`, and `earlyStopping` that of `patience`; a column whose type is text is the one of `textColumn`.
 * @throws {UsageError} for several columns of text.
 */
export function withoutOldNames({ labelColumn, earlyStopping, types = {}, ...config }: Config): Config {
  const isText = ([, type]: readonly [string, string]) => type === "text";
  const [text, ...more] = Object.entries(types).filter(isText);
  const others = Object.entries(types).filter((one) => !isText(one));
  if (more.length > 0) throw new UsageError("--types: one column may be text, by which rows are told apart.");
  return {
    ...(text && { textColumn: text[0] }),
    ...(others.length > 0 && { types: Object.fromEntries(others) }),
    ...(labelColumn !== undefined && { target: [String(labelColumn)] }),
    ...(earlyStopping !== undefined && { patience: earlyStopping }),
    ...config,
  };
}

/** What another network brings with it, and so cannot be said: itself, and how it reads its data. */
const BROUGHT = [
  "model",
  "layers",
  "dropout",
  "l2",
  "size",
  "channels",
  "scaling",
  "types",
  "drop",
  "weight",
  "horizon",
  "window",
  "time",
  "recording",
  "textColumn",
  "context",
] as const;

/** @throws {UsageError} */
function requireOnlyFrom(merged: Config): void {
  const surplus = BROUGHT.filter((name) => merged[name] !== undefined);
  if (surplus.length > 0) {
    throw new UsageError(
      `--from brings a network that reads its data as it did before; leave out ${surplus.map(flagOf).join(", ")}.`,
    );
  }
  if (merged.tableReader === "lessons")
    throw new UsageError(
      "--from reads tables by the names of their columns; leave out --table-reader lessons.",
    );
  if ((merged.members ?? 1) > 1)
    throw new UsageError(
      "--from and --members do not go together: the others would begin without its weights.",
    );
  merged.members = 1;
}

/** @throws {UsageError} */
function requireFolds({ folds, fold, testData }: Config): void {
  if (folds === undefined) {
    if (fold !== undefined) throw new UsageError("--fold says which of --folds is the test; give both.");
    return;
  }
  if (fold !== undefined && fold > folds)
    throw new UsageError(`--fold must be at most the ${folds} of --folds, got ${fold}.`);
  if (testData !== undefined)
    throw new UsageError("--folds tests on each part of the data in turn; leave out --test-data.");
}

/** The network's name in messages and folder names. */
export function networkName(settings: Settings): string {
  return settings.model ?? (settings.from === undefined ? "custom" : "finetuned");
}
