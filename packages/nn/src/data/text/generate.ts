import { exp } from "@loam/kernels-as";
import {
  ConfigError,
  NumericError,
  requireIn,
  requireNonNegativeInteger,
  requirePositiveInteger,
} from "../../errors.js";
import { requireOptions } from "../../options.js";
import type { DataSchema } from "../../schema/data-schema.js";
import { CounterStream } from "../counter-stream.js";
import { encodeCharacters } from "./characters.js";
import { textInput } from "./text-dataset.js";

/** What `generate` needs of a model: one that was trained on `textDataset` of a text. */
export interface WritesText {
  readonly schema: DataSchema | undefined;
  readonly inputShape: readonly number[];
  /** As `Model.predict`. */
  predict(inputs: {
    readonly data: Float32Array;
    readonly shape: readonly number[];
  }): Promise<{ readonly data: Float32Array }>;
}

export interface GenerateOptions {
  /** How many characters to write; default 500. */
  readonly length?: number;
  /** What logits are divided by, in [0, ∞); default 1, as they were learnt. Lower is more certain; 0 always takes the most probable. */
  readonly temperature?: number;
  /** Takes one of the k most probable; of all unless given. */
  readonly topK?: number;
  /** Decides every draw; default 0. */
  readonly seed?: number;
  /** Hears of each character as it comes. */
  readonly onText?: (piece: string) => void;
}

/**
 * Goes on with a text, character by character: each is drawn by the probabilities that a language model gives for what comes after all before it,
 * as far as its context reaches. The same model, prompt, options and seed give the same text, in Node and in browsers, on any number of threads.
 *
 * The prompt is not repeated in what is returned; characters that the model does not know are left out of it, and an empty prompt is a line's end.
 * @throws {ConfigError} `not-for-text`, `length-negative`, `temperature-out-of-range`, `top-k-not-positive`, `seed-negative`. @throws {NumericError}
 * `not-finite` where the model's outputs are NaN.
 */
export async function generate(
  model: WritesText,
  prompt: string,
  options: GenerateOptions = {},
): Promise<string> {
  requireOptions("generate", options, ["length", "temperature", "topK", "seed", "onText"]);
  const { length = 500, temperature = 1, topK, seed = 0, onText } = options;
  requireNonNegativeInteger("generate", "length", length);
  requireIn("generate", "temperature", temperature, "[0, Infinity)");
  if (topK !== undefined) requirePositiveInteger("generate", "topK", topK);
  requireNonNegativeInteger("generate", "seed", seed);
  const { vocabulary } = textInput(model.schema, "character");
  if (model.schema?.task.kind !== "next")
    throw new ConfigError("not-for-text", "generate: expected a language model, got one that tells classes.");
  const [context] = model.inputShape as [number];
  const random = new CounterStream(seed, "write");
  let known = [...encodeCharacters(prompt, vocabulary).ids];
  if (known.length === 0) known = [Math.max(0, vocabulary.indexOf("\n"))];
  let written = "";
  for (let i = 0; i < length; i++) {
    known = known.slice(-context);
    // What stands behind the last character is not seen by it.
    const ids = new Float32Array(context);
    ids.set(known);
    const { data } = await model.predict({ data: ids, shape: [1, context] });
    const at = (known.length - 1) * vocabulary.length;
    random.seek(i);
    const id = drawn(data.subarray(at, at + vocabulary.length), {
      temperature,
      topK,
      share: random.between(0, 1),
    });
    known.push(id);
    written += vocabulary[id]!;
    onText?.(vocabulary[id]!);
  }
  return written;
}

interface Draw {
  readonly temperature: number;
  readonly topK: number | undefined;
  /** In [0, 1): where in the sum of the probabilities the draw falls. */
  readonly share: number;
}

/** The place that a draw falls on, by softmax of the logits divided by the temperature, the likeliest first. */
function drawn(logits: Float32Array, { temperature, topK, share }: Draw): number {
  if (!logits.every(Number.isFinite))
    throw new NumericError(
      "not-finite",
      "generate: the model's outputs are not finite; look at its weights.",
    );
  const order = Array.from(logits, (_, id) => id).sort((a, b) => logits[b]! - logits[a]! || a - b);
  if (temperature === 0) return order[0]!;
  const kept = order.slice(0, topK);
  const most = logits[order[0]!]!;
  const powers = kept.map((id) => exp((logits[id]! - most) / temperature));
  let left = share * powers.reduce((a, b) => a + b, 0);
  for (const [i, id] of kept.entries()) {
    left -= powers[i]!;
    if (left < 0) return id;
  }
  return order[0]!;
}
