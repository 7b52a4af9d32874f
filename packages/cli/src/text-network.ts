import type { Model } from "@loam/nn";
import { UsageError } from "./failure.js";
import type { TextModelName } from "./names.js";
import type { Settings } from "./settings.js";

/** How the networks for text are trained unless told otherwise. */
export const TEXT_TRAINING = {
  "char-gpt": { optimizer: "adamw", learningRate: 1e-3, schedule: "warmup-cosine", batchSize: 12 },
  "char-lstm": { optimizer: "adamw", learningRate: 2e-3, schedule: "warmup-cosine", batchSize: 12 },
  text: { optimizer: "adam", learningRate: 2e-3, schedule: "constant", batchSize: 32 },
} as const;

export interface TextSizes {
  /** How many ids there are. */
  readonly vocabulary: number;
  /** How many of them a sample has. */
  readonly length: number;
  readonly classes: number;
}

/** A network for text by its name. @throws {UsageError} for settings that it has no use for. */
export async function makeTextModel(
  name: TextModelName,
  {
    seed,
    threads,
    precision,
    dropout,
    l2,
  }: Pick<Settings, "seed" | "threads" | "precision" | "dropout" | "l2">,
  { vocabulary, length, classes }: TextSizes,
): Promise<Model> {
  if (l2 !== undefined)
    throw new UsageError("--l2 is not for networks for text; adamw has a decay of its own.");
  // Those who train on other data are spared this part.
  const { charGpt, charLstm, textClassifier } = await import("@loam/nn/models/text");
  const common = { name, seed, threads, precision, ...(dropout !== undefined && { dropout }) };
  if (name === "text") return textClassifier({ ...common, vocabulary, length, classes });
  const make = name === "char-gpt" ? charGpt : charLstm;
  return make({ ...common, vocabulary, context: length });
}
