import { type PictureVariation, pictureVariations } from "@loam/nn/data/images";
import { COLUMN_TYPES, type ColumnType } from "@loam/nn/data/table";
import { z } from "zod";
import { didYouMean, MODEL_NAMES, OPTIMIZER_NAMES, PRECISIONS, SCHEDULE_NAMES } from "./names.js";

/**
 * One schema per setting of `loam train`, used for the flag and for the configuration file alike, so that both refuse the same values
 * in the same words. A message goes on from the setting's name: `--epochs` + ` must be an integer of at least 1, got 0`.
 */

type Issue = { readonly input?: unknown };

/** A refused value as the sentence shows it: strings quoted, long things cut. */
export function showInput(value: unknown): string {
  if (typeof value === "number") return String(value);
  try {
    return clipped(JSON.stringify(value) ?? String(value));
  } catch (error) {
    // JSON that is nested deeper than the stack can be read, and not written.
    if (error instanceof RangeError) return Array.isArray(value) ? "[[...]]" : "{...}";
    throw error;
  }
}

/** The beginning of a text that may be of any length. */
export function clipped(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function number(interval: string, isInside: (value: number) => boolean) {
  const error = ({ input }: Issue) => `must be a number in ${interval}, got ${showInput(input)}`;
  return z.number({ error }).refine(isInside, { error });
}

/** A setting that is a whole number from `least` to `most`. */
export function integer(least: number, most = Number.MAX_SAFE_INTEGER) {
  const error = ({ input }: Issue) => {
    const isTooLarge = typeof input === "number" && input > Number.MAX_SAFE_INTEGER;
    const range =
      most === Number.MAX_SAFE_INTEGER && !isTooLarge ? `of at least ${least}` : `from ${least} to ${most}`;
    return `must be an integer ${range}, got ${showInput(input)}`;
  };
  return z.number({ error }).refine((v) => Number.isSafeInteger(v) && v >= least && v <= most, { error });
}

function choice<const T extends readonly [string, ...string[]]>(names: T) {
  const guess = (input: unknown) => (typeof input === "string" ? didYouMean(input, names) : "");
  return z.enum(names, {
    error: ({ input }) => `must be one of ${names.join(", ")}, got ${showInput(input)}${guess(input)}`,
  });
}

const text = z
  .string({ error: ({ input }) => `must be a string, got ${showInput(input)}` })
  .min(1, { error: "must not be empty" });

/** One text or several. */
function list(what: string) {
  const error = ({ input }: Issue) => `must be ${what}, got ${showInput(input)}`;
  return z.union(
    [
      z
        .string()
        .min(1)
        .transform((one) => [one]),
      z.array(z.string().min(1)).min(1),
    ],
    { error },
  );
}

/** The library's, and text, which is another way to say `textColumn`. */
const TYPES = [...COLUMN_TYPES, "text"] as unknown as [ColumnType, ...ColumnType[]];
const columnType = z.enum(TYPES, {
  error: ({ input }) => `must be one of ${TYPES.join(", ")}, got ${showInput(input)}`,
});

const variation = z.enum(pictureVariations as unknown as [PictureVariation, ...PictureVariation[]]);
const augmentError = ({ input }: Issue) =>
  `must be how many distorted copies of drawn digits to add, from 1 to 100, or how to vary pictures (${pictureVariations.join(", ")}), got ${showInput(input)}`;

/** Arrays and objects have no text that could be meant, and some that JSON can say have none at all. */
const isScalar = (input: unknown) => typeof input === "string" || typeof input === "number";

/** Height and width of pictures: `64`, `"64x48"` or `[64, 48]`. */
const SIDES = /^([1-9]\d{0,3})(?:x([1-9]\d{0,3}))?$/;
const size = z.preprocess(
  (input) => {
    const [, height, width = height] = (isScalar(input) && SIDES.exec(String(input))) || [];
    return height === undefined ? input : [Number(height), Number(width)];
  },
  z.tuple([integer(1, 9999), integer(1, 9999)], {
    error: ({ input }) => `must be a side, or height x width such as 64x48, got ${showInput(input)}`,
  }),
);

/** A length of time, or a number of rows. */
function span(examples: string) {
  const error = ({ input }: Issue) =>
    `must be a length such as ${examples}, or a number of rows, got ${showInput(input)}`;
  const isLength = (value: unknown) =>
    typeof value === "number"
      ? Number.isSafeInteger(value) && value > 0
      : /^\d+(\.\d+)?(min|h|d|w)$/.test(String(value)) && Number.parseFloat(String(value)) > 0;
  return z.union([z.number(), z.string()], { error }).refine(isLength, { error });
}

const layer = z.looseObject(
  { type: text },
  {
    error: ({ input }) =>
      `must be an object such as { "type": "Dense", "units": 10 }, got ${showInput(input)}`,
  },
);

export const fields = {
  data: text,
  dataDir: text,
  testData: text,
  target: list("a column's name, or several"),
  labelColumn: z.union([text, integer(0)], {
    error: ({ input }) => `must be a column's name or its position from 0, got ${showInput(input)}`,
  }),
  drop: list("names of columns"),
  types: z.record(z.string(), columnType, {
    error: ({ input }) => `must say what columns are, such as zip=word,year=number, got ${showInput(input)}`,
  }),
  time: text,
  recording: text,
  textColumn: text,
  horizon: span("30d, 12h, 2w or 15min of time"),
  window: span("400d, 12h, 2w or 15min of time"),
  testSplit: number("(0, 1)", (v) => v > 0 && v < 1),
  task: choice(["classification", "regression", "multilabel"]),
  weight: text,
  classWeight: z.union([z.literal("balanced"), z.record(z.string(), z.number().min(0))], {
    error: ({ input }) =>
      `must be balanced, or weights of at least 0 such as yes=5,no=1, got ${showInput(input)}`,
  }),
  tableReader: choice(["schema", "lessons"]),
  scaling: choice(["auto", "standard", "maximum", "quantile", "pieces"]),
  classes: integer(2, 2 ** 24),
  limit: integer(1),
  size,
  channels: choice(["grey", "rgb"]),
  memory: integer(0, 2 ** 20),
  context: integer(1, 65536),
  augment: z.union([z.int().min(1).max(100), z.array(variation).min(1)], { error: augmentError }),
  folds: integer(2, 100),
  fold: integer(1, 100),
  from: text,
  validationSplit: number("(0, 1)", (v) => v > 0 && v < 1),
  model: choice(MODEL_NAMES),
  layers: z
    .array(layer, { error: ({ input }) => `must be a list of layers, got ${showInput(input)}` })
    .min(1, { error: "must name at least one layer" }),
  optimizer: choice(OPTIMIZER_NAMES),
  learningRate: number("(0, ∞)", (v) => v > 0 && v < Number.POSITIVE_INFINITY),
  schedule: choice(SCHEDULE_NAMES),
  warmup: integer(0),
  epochs: integer(1),
  steps: integer(1),
  batchSize: integer(1),
  accumulate: integer(1, 65536),
  ema: number("(0, 1)", (v) => v > 0 && v < 1),
  patience: integer(0),
  onNan: choice(["stop", "skip", "rollback"]),
  members: integer(1, 100),
  earlyStopping: integer(0),
  dropout: number("[0, 1)", (v) => v >= 0 && v < 1),
  l2: number("[0, ∞)", (v) => v >= 0 && v < Number.POSITIVE_INFINITY),
  seed: integer(0),
  checkpointEvery: integer(1),
  threads: z.union([z.literal("auto"), integer(1, 64)], {
    error: ({ input }) => `must be auto or an integer from 1 to 64, got ${showInput(input)}`,
  }),
  precision: choice(PRECISIONS),
  out: text,
};

export type FieldName = keyof typeof fields;
