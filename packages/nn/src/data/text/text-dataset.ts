import { ConfigError, DataError, requirePositiveInteger, showValue } from "../../errors.js";
import { requireOptions } from "../../options.js";
import type { DataSchema, TextInput } from "../../schema/data-schema.js";
import type { Dataset } from "../dataset.js";
import { charactersOf, encodeCharacters } from "./characters.js";
import { encodeWords, FIRST_WORD, vocabularyOf, wordPlaces, wordsOf } from "./words.js";

/** A text and what it is, such as `{ text: "Win a prize", label: "spam" }`. */
export interface LabelledText {
  readonly text: string;
  readonly label: string;
}

export interface WindowOptions {
  /** How many characters the network sees at once; default 64. */
  readonly context?: number;
  /** How far one window begins behind the one before it; default the context, so that each character is in one. */
  readonly stride?: number;
  /** The vocabulary and the context of another text, such as the one that was trained on. */
  readonly like?: DataSchema;
  /** What errors and logs call it; default "text". */
  readonly name?: string;
}

export interface LabelledTextOptions {
  /** How many words of a text are seen; default as many as the longest has, at most 256. */
  readonly length?: number;
  /** How many words the vocabulary has at most: those that most texts have; default 10,000. */
  readonly words?: number;
  /** The vocabulary, the length and, with `classNames`, the classes of other texts, such as those that were trained on. */
  readonly like?: DataSchema;
  readonly classNames?: readonly string[];
  /** What errors and logs call it; default "texts". */
  readonly name?: string;
}

/** A dataset that knows its vocabulary. */
export interface TextDataset extends Dataset {
  readonly schema: DataSchema & { readonly input: TextInput };
}

/** The longest that texts are unless told otherwise. */
const MOST_WORDS = 256;

/** Ids of up to 256 things are bytes; more are numbers, exact below 2²⁴. */
const idArray = (count: number, size: number) =>
  count <= 256 ? new Uint8Array(size) : new Float32Array(size);
const labelArray = (count: number, size: number) =>
  count <= 256 ? new Uint8Array(size) : new Uint32Array(size);

/**
 * Makes a dataset of text.
 *
 * Of one text, for a language model: windows of characters [windows, context], and for each character the one that follows it, [windows, context];
 * a last part that fills no window is left out. Its vocabulary are its characters, a line's end always "\n".
 *
 * Of texts with labels, for telling classes apart: the ids of each text's first words [texts, length], 0 behind its end. See `wordsOf` for what a
 * word is; those that the vocabulary lacks are all one.
 *
 * ```ts
 * const book = textDataset(await readFile("book.txt", "utf8"), { context: 64 });
 * const mails = textDataset([{ text: "Win a prize!", label: "spam" }, { text: "See you at six", label: "ham" }]);
 * ```
 * @throws {DataError} `text-too-short`, `no-samples`, `label-unknown` for a label that is not among `classNames`. @throws {ConfigError}
 * `context-not-positive`, `stride-not-positive`, `length-not-positive`, `words-not-positive`, `not-for-text` for another kind of schema.
 */
export function textDataset(source: string, options?: WindowOptions): TextDataset;
export function textDataset(source: readonly LabelledText[], options?: LabelledTextOptions): TextDataset;
export function textDataset(
  source: string | readonly LabelledText[],
  options: WindowOptions | LabelledTextOptions = {},
): TextDataset {
  if (typeof source === "string") return windows(source, options as WindowOptions);
  return labelled(source, options as LabelledTextOptions);
}

function windows(text: string, options: WindowOptions): TextDataset {
  requireOptions("textDataset", options, ["context", "stride", "like", "name"]);
  const { like, name = "text" } = options;
  const known = like && textInput(like, "character");
  const { context = known?.length ?? 64 } = options;
  const { stride = context } = options;
  requirePositiveInteger("textDataset", "context", context);
  requirePositiveInteger("textDataset", "stride", stride);
  const vocabulary = known?.vocabulary ?? charactersOf(text);
  const { ids } = encodeCharacters(text, vocabulary);
  if (ids.length <= context) {
    throw new DataError(
      "text-too-short",
      `${name}: expected at least ${context + 1} characters for a window of ${context}, got ${ids.length}; give a longer text or a shorter context.`,
    );
  }
  const count = Math.floor((ids.length - 1 - context) / stride) + 1;
  const inputs = idArray(vocabulary.length, count * context);
  const labels = labelArray(vocabulary.length, count * context);
  for (let window = 0; window < count; window++) {
    const from = window * stride;
    inputs.set(ids.subarray(from, from + context), window * context);
    labels.set(ids.subarray(from + 1, from + context + 1), window * context);
  }
  return {
    name,
    inputs: { data: inputs, shape: [count, context] },
    labels: { data: labels, shape: [count, context] },
    scaling: { kind: "none" },
    schema: {
      task: { kind: "next" },
      input: { kind: "text", unit: "character", vocabulary, length: context },
    },
  };
}

function labelled(texts: readonly LabelledText[], options: LabelledTextOptions): TextDataset {
  requireOptions("textDataset", options, ["length", "words", "like", "classNames", "name"]);
  const { words: most = 10_000, like, name = "texts" } = options;
  if (!Array.isArray(texts) || texts.length === 0)
    throw new DataError(
      "no-samples",
      `${name}: expected a text or texts with labels, got ${showValue(texts)}.`,
    );
  const known = like && textInput(like, "word");
  const split = texts.map(({ text }) => wordsOf(text));
  const longest = split.reduce((longer, { length }) => Math.max(longer, length), 1);
  const { length = known?.length ?? Math.min(longest, MOST_WORDS) } = options;
  requirePositiveInteger("textDataset", "length", length);
  requirePositiveInteger("textDataset", "words", most);
  const vocabulary = known?.vocabulary ?? vocabularyOf(split, most);
  const classNames = options.classNames ?? [...new Set(texts.map(({ label }) => label))].sort();
  const classes = new Map(classNames.map((label, i) => [label, i]));
  const labels = Uint32Array.from(texts, ({ label }, i) => {
    const at = classes.get(label);
    if (at !== undefined) return at;
    throw new DataError(
      "label-unknown",
      `${name}: the label of text ${i + 1} is ${showValue(label)}, which is not among the classes that were trained on: ${classNames.join(", ")}.`,
      { row: i + 1 },
    );
  });
  const input: TextInput = { ...(known ?? { kind: "text", unit: "word", vocabulary }), length };
  return {
    name,
    inputs: idsOfWords(split, input),
    labels: { data: labels, shape: [texts.length] },
    scaling: { kind: "none" },
    classNames,
    schema: like ? { ...like, input } : { task: { kind: "classification" }, input },
  };
}

function idsOfWords(
  split: readonly (readonly string[])[],
  { vocabulary, length }: Pick<TextInput, "vocabulary" | "length">,
): Dataset["inputs"] {
  const data = idArray(vocabulary.length + FIRST_WORD, split.length * length);
  const places = wordPlaces(vocabulary);
  split.forEach((words, i) => {
    encodeWords(words, places, data.subarray(i * length, (i + 1) * length));
  });
  return { data, shape: [split.length, length] };
}

/** The inputs of texts as a model that tells their classes sees them [texts, length]. @throws {ConfigError} `not-for-text` */
export function textInputs(
  model: { readonly schema: DataSchema | undefined },
  texts: readonly string[],
): Dataset["inputs"] {
  return idsOfWords(texts.map(wordsOf), textInput(model.schema, "word"));
}

/** What a schema says of text. @throws {ConfigError} `not-for-text` */
export function textInput(schema: DataSchema | undefined, unit: TextInput["unit"]): TextInput {
  const input = schema?.input;
  if (input?.kind === "text" && input.unit === unit) return input;
  throw new ConfigError(
    "not-for-text",
    `expected a model or data of ${unit}s of text, got ${input ? `one of ${input.kind === "text" ? `${input.unit}s` : input.kind}` : "none that knows its data"}.`,
  );
}
