/** The networks of `--model`; the library's `standardModel` knows what they are made of. */
export const LAYER_MODELS = [
  "softmax",
  "mlp-sigmoid",
  "mlp",
  "table",
  "series",
  "recordings",
  "cnn",
  "lenet",
  "pictures",
] as const;
/** Those for text, which are no chains of layers. */
export const TEXT_MODELS = ["text", "char-gpt", "char-lstm"] as const;
export type TextModelName = (typeof TEXT_MODELS)[number];
export const MODEL_NAMES = [...LAYER_MODELS, ...TEXT_MODELS] as const;
export type ModelName = (typeof MODEL_NAMES)[number];

/** Whether a name of `--model` is that of a network for text, which is no chain of layers. */
export function isTextModel(name: ModelName | undefined): name is TextModelName {
  return TEXT_MODELS.some((one) => one === name);
}

/** Whether it is a language model, for which any file is a text. */
export function isLanguageModel(name: ModelName | undefined): boolean {
  return name === "char-gpt" || name === "char-lstm";
}

/** The optimizers of `--optimizer`: `momentum` and `nesterov` are SGD with momentum 0.9. */
export const OPTIMIZER_NAMES = [
  "sgd",
  "momentum",
  "nesterov",
  "adagrad",
  "rmsprop",
  "adadelta",
  "adam",
  "adamw",
  "amsgrad",
  "nadam",
  "lion",
  "lamb",
] as const;
export type OptimizerName = (typeof OPTIMIZER_NAMES)[number];

/** What the learning rate does over a run, `--schedule`. */
export const SCHEDULE_NAMES = [
  "constant",
  "linear",
  "cosine",
  "warmup-cosine",
  "restarts",
  "one-cycle",
  "step",
  "exponential",
  "polynomial",
  "plateau",
] as const;
export type ScheduleName = (typeof SCHEDULE_NAMES)[number];

export const PRECISIONS = ["standard", "high", "fast"] as const;

/** The name among `names` that is at most two letters away, as ` (did you mean "adam"?)`; otherwise nothing. */
export function didYouMean(text: string, names: readonly string[]): string {
  let best = "";
  let least = 3;
  for (const name of names) {
    // As many letters as one is longer have to go, and a text of megabytes would take seconds.
    if (Math.abs(text.length - name.length) >= least) continue;
    const distance = editDistance(text.toLowerCase(), name.toLowerCase());
    if (distance < least && distance < name.length) {
      least = distance;
      best = name;
    }
  }
  return best === "" ? "" : ` (did you mean ${JSON.stringify(best)}?)`;
}

/** Levenshtein's distance: insertions, deletions and substitutions, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
