import { ConfigError, requireIn, requirePositiveInteger } from "../errors.js";
import { randomNormal } from "../initializers/random-normal.js";
import { Add } from "../layers/add.js";
import { Concatenate } from "../layers/concatenate.js";
import { Dense } from "../layers/dense.js";
import { Dropout } from "../layers/dropout.js";
import { Embedding } from "../layers/embedding.js";
import { GlobalAvgPool1d } from "../layers/global-avg-pool1d.js";
import { GlobalMaxPool1d } from "../layers/global-max-pool1d.js";
import type { Layer } from "../layers/layer.js";
import { LayerNorm } from "../layers/layer-norm.js";
import { LSTM } from "../layers/lstm.js";
import { MultiHeadAttention } from "../layers/multi-head-attention.js";
import { PaddingMask } from "../layers/padding-mask.js";
import { PositionEmbedding } from "../layers/position-embedding.js";
import { ReversibleEmbedding } from "../layers/reversible-embedding.js";
import { Input, type SymbolicTensor } from "../layers/symbolic.js";
import { requireModelOptions } from "./checks.js";
import { model } from "./functional.js";
import type { Model } from "./model.js";
import type { ModelOptions } from "./options.js";

export interface CharGptOptions extends ModelOptions {
  /** How many characters there are. */
  readonly vocabulary: number;
  /** How many of them are seen at once; default 64. */
  readonly context?: number;
  /** How many blocks of attention and a small network; default 4. */
  readonly layers?: number;
  /** How many heads attention has in each, which divide the width; default 4. */
  readonly heads?: number;
  /** How many numbers stand for a character; default 128. */
  readonly width?: number;
  /** In [0, 1); default 0. */
  readonly dropout?: number;
}

/**
 * A small GPT over characters: ids [batch, context] → logits of the next character at every step [batch, context, vocabulary]. Radford et al., 2019, in
 * the proportions of nanoGPT: LayerNorm before attention and before the network of 4·width GELUs, residuals around both, the last product tied to the
 * first table, no biases in products. Weights begin normal with 0.02, what ends a residual with 0.02/√(2·layers).
 *
 * Of 65 characters and with the defaults it has 805,248 parameters. It is for `softmaxCrossEntropy` on `textDataset` of a text, and writes by `generate`.
 * @throws {ConfigError} for an option that is unknown or out of its range; `heads-do-not-divide`.
 */
export function charGpt(options: CharGptOptions): Model {
  const own = ["vocabulary", "context", "layers", "heads", "width", "dropout"] as const;
  requireModelOptions("charGpt", options, own);
  const { vocabulary, context = 64, layers = 4, heads = 4, width = 128, dropout = 0, ...rest } = options;
  for (const [name, value] of Object.entries({ vocabulary, context, layers, heads, width }))
    requirePositiveInteger("charGpt", name, value);
  requireIn("charGpt", "dropout", dropout, "[0, 1)");
  if (width % heads !== 0)
    throw new ConfigError(
      "heads-do-not-divide",
      `charGpt: heads must divide width, got ${heads} and ${width}.`,
    );
  const start = randomNormal({ standardDeviation: 0.02 });
  const ending = randomNormal({ standardDeviation: 0.02 / Math.sqrt(2 * layers) });
  const ids = new Input({ shape: [context] });
  const table = new ReversibleEmbedding({
    inputDim: vocabulary,
    outputDim: width,
    embeddingsInitializer: start,
  });
  const dropped = (x: SymbolicTensor) => (dropout > 0 ? new Dropout({ rate: dropout }).apply(x) : x);
  const around = (x: SymbolicTensor, ...inner: Layer[]) =>
    new Add().apply([x, dropped(inner.reduce((y, layer) => layer.apply(y), x))]);
  const places = new PositionEmbedding({ sequenceLength: context, embeddingsInitializer: start });
  let x = dropped(places.apply(table.apply(ids)));
  for (let layer = 0; layer < layers; layer++) {
    const attention = new MultiHeadAttention({
      ...{ numHeads: heads, keyDim: width / heads, causal: true, useBias: false, dropout },
      ...{ kernelInitializer: start, outputInitializer: ending },
    });
    x = around(x, new LayerNorm(), attention);
    x = around(
      x,
      new LayerNorm(),
      new Dense({ units: 4 * width, useBias: false, kernelInitializer: start, activation: "gelu" }),
      new Dense({ units: width, useBias: false, kernelInitializer: ending }),
    );
  }
  return model({ name: "char-gpt", ...rest, inputs: ids, outputs: table.apply(new LayerNorm().apply(x)) });
}

export interface CharLstmOptions extends ModelOptions {
  /** How many characters there are. */
  readonly vocabulary: number;
  /** How many of them are seen at once; default 64. */
  readonly context?: number;
  /** How many numbers stand for a character; default 128. */
  readonly width?: number;
  /** How many numbers the LSTM carries; default 376, with which it is about as large as `charGpt`. */
  readonly units?: number;
  /** In [0, 1), before the last product; default 0. */
  readonly dropout?: number;
}

/**
 * An LSTM over characters: embedding, LSTM, and a dense layer at every step; otherwise as `charGpt`. Every window begins with nothing carried. The table
 * begins normal with 1, as PyTorch's do: with the small numbers that `Embedding` begins with otherwise, the gates hardly tell characters apart at first.
 * @throws {ConfigError} for an option that is unknown or out of its range.
 */
export function charLstm(options: CharLstmOptions): Model {
  requireModelOptions("charLstm", options, ["vocabulary", "context", "width", "units", "dropout"]);
  const { vocabulary, context = 64, width = 128, units = 376, dropout = 0, ...rest } = options;
  for (const [name, value] of Object.entries({ vocabulary, context, width, units }))
    requirePositiveInteger("charLstm", name, value);
  requireIn("charLstm", "dropout", dropout, "[0, 1)");
  const ids = new Input({ shape: [context] });
  const layers: readonly Layer[] = [
    new Embedding({
      ...{ inputDim: vocabulary, outputDim: width },
      embeddingsInitializer: randomNormal({ standardDeviation: 1 }),
    }),
    new LSTM({ units, returnSequences: true }),
    ...(dropout > 0 ? [new Dropout({ rate: dropout })] : []),
    new Dense({ units: vocabulary }),
  ];
  const outputs = layers.reduce<SymbolicTensor>((x, layer) => layer.apply(x), ids);
  return model({ name: "char-lstm", ...rest, inputs: ids, outputs });
}

export interface TextClassifierOptions extends ModelOptions {
  /** How many ids there are: the words, and two for no word and an unknown one. */
  readonly vocabulary: number;
  /** How many words of a text are seen. */
  readonly length: number;
  readonly classes: number;
  /** How many numbers stand for a word; default 64. */
  readonly width?: number;
  /** In [0, 1), of what is pooled; default 0.3. */
  readonly dropout?: number;
}

/**
 * Tells what texts are by their words: an embedding, its mean and its greatest over the words that there are, and a dense layer.
 * ids [batch, length], 0 for no word → logits [batch, classes]. It is for `softmaxCrossEntropy` on `textDataset` of texts with labels.
 * @throws {ConfigError} for an option that is unknown or out of its range.
 */
export function textClassifier(options: TextClassifierOptions): Model {
  requireModelOptions("textClassifier", options, ["vocabulary", "length", "classes", "width", "dropout"]);
  const { vocabulary, length, classes, width = 64, dropout = 0.3, ...rest } = options;
  for (const [name, value] of Object.entries({ vocabulary, length, classes, width }))
    requirePositiveInteger("textClassifier", name, value);
  requireIn("textClassifier", "dropout", dropout, "[0, 1)");
  const ids = new Input({ shape: [length] });
  const mask = new PaddingMask().apply(ids);
  const words = new Embedding({ inputDim: vocabulary, outputDim: width }).apply(ids);
  const pooled = [new GlobalAvgPool1d(), new GlobalMaxPool1d()].map((pool) => pool.apply([words, mask]));
  const both = new Concatenate().apply(pooled);
  const kept = dropout > 0 ? new Dropout({ rate: dropout }).apply(both) : both;
  return model({ name: "text", ...rest, inputs: ids, outputs: new Dense({ units: classes }).apply(kept) });
}
