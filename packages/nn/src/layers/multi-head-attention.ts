import { ownerLabel, ShapeError } from "../errors.js";
import { formatShape, type Shape, sizeOf } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { glorotUniform } from "../initializers/glorot.js";
import type { Initializer } from "../initializers/initializer.js";
import { zeros } from "../initializers/zeros.js";
import { addBias } from "../ops/add-bias.js";
import { dropout } from "../ops/dropout.js";
import { matmul } from "../ops/matmul.js";
import { reshape } from "../ops/reshape.js";
import { scale } from "../ops/scale.js";
import { softmaxOfRows } from "../ops/softmax.js";
import { transpose } from "../ops/transpose.js";
import { hideLater, hideMasked } from "./attention-masks.js";
import type { BuildContext, CallContext } from "./context.js";
import { Layer, type LayerOptions } from "./layer.js";
import { boolean, inInterval, initializer, optional, positiveInteger } from "./option-rules.js";
import type { Variable } from "./variable.js";

export interface MultiHeadAttentionOptions extends LayerOptions {
  /** How many times attention is paid side by side, each with weights of its own. */
  readonly numHeads: number;
  /** How many numbers a query and a key have in each head. */
  readonly keyDim: number;
  /** How many a value has in each head; default keyDim. */
  readonly valueDim?: number;
  /** How many features come out; default those of the queries. */
  readonly outputDim?: number;
  /** The share of attention weights that are dropped in training, in [0, 1); default 0. */
  readonly dropout?: number;
  /** Whether a step sees none that come after it; default false. Keras' `use_causal_mask`. */
  readonly causal?: boolean;
  /** Whether the last input says which keys there are; default false. */
  readonly masked?: boolean;
  /** Default true. */
  readonly useBias?: boolean;
  /** Default `glorotUniform()`. */
  readonly kernelInitializer?: Initializer;
  /** Default `zeros()`. */
  readonly biasInitializer?: Initializer;
  /** Of the last product; default the kernelInitializer. */
  readonly outputInitializer?: Initializer;
}

/** A product, and its bias if it has one. */
interface Projection {
  readonly kernel: Variable;
  readonly bias: Variable | undefined;
}

/**
 * Attention: each step of the queries takes a mean of the values, weighted by how its query meets their keys. Vaswani et al., 2017,
 * arXiv:1706.03762. For each head, with Q = q·Wq + bq, K = k·Wk + bk, V = v·Wv + bv:
 *
 *   A = softmax(Q·Kᵀ/√keyDim) by row, y = (A·V of all heads, side by side)·Wo + bo
 *
 * Applied to x [batch, steps, features] it is self-attention; to `[query, value]`, or to `[query, value, key]` as in Keras, cross-attention:
 * query [batch, steps, …], value and key [batch, otherSteps, …] → y [batch, steps, outputDim]. With `masked` the last of the list is a mask
 * [batch, otherSteps], as `PaddingMask` makes it: keys where it is 0 get no weight. A step that may see none takes the mean of all.
 *
 * Wq `queryKernel` [features, numHeads·keyDim], `keyKernel` the like, `valueKernel` [features, numHeads·valueDim], `outputKernel`
 * [numHeads·valueDim, outputDim], head by head; and the biases `queryBias` and so on.
 * @throws {ConfigError} for an option out of its range. @throws {ShapeError} `attention-input`.
 */
export class MultiHeadAttention extends Layer {
  readonly type = "MultiHeadAttention";
  override readonly takesSeveral = true;
  declare readonly numHeads: number;
  declare readonly keyDim: number;
  declare readonly valueDim: number | undefined;
  declare readonly outputDim: number | undefined;
  declare readonly dropout: number;
  declare readonly causal: boolean;
  declare readonly masked: boolean;
  declare readonly useBias: boolean;
  declare readonly kernelInitializer: Initializer;
  declare readonly biasInitializer: Initializer;
  declare readonly outputInitializer: Initializer | undefined;
  #query!: Projection;
  #key!: Projection;
  #value!: Projection;
  #output!: Projection;

  constructor(options: MultiHeadAttentionOptions) {
    super(options);
    this.take<MultiHeadAttentionOptions, MultiHeadAttention>(options, {
      numHeads: positiveInteger(),
      keyDim: positiveInteger(),
      valueDim: optional(positiveInteger()),
      outputDim: optional(positiveInteger()),
      dropout: inInterval("[0, 1)", 0),
      causal: boolean(false),
      masked: boolean(false),
      useBias: boolean(true),
      kernelInitializer: initializer(glorotUniform),
      biasInitializer: initializer(zeros),
      outputInitializer: optional(initializer(glorotUniform)),
    });
  }

  override build(_: Shape, { inputShapes, parameter }: BuildContext): void {
    const { query, key, value } = this.#parts(inputShapes);
    const { numHeads, keyDim, valueDim = keyDim, outputDim = query.at(-1)! } = this;
    const projection = (
      name: string,
      [rows, columns]: readonly [number, number],
      start = this.kernelInitializer,
    ): Projection => ({
      kernel: parameter(`${name}Kernel`, [rows, columns], start),
      bias: this.useBias ? parameter(`${name}Bias`, [columns], this.biasInitializer) : undefined,
    });
    this.#query = projection("query", [query.at(-1)!, numHeads * keyDim]);
    this.#key = projection("key", [key.at(-1)!, numHeads * keyDim]);
    this.#value = projection("value", [value.at(-1)!, numHeads * valueDim]);
    this.#output = projection("output", [numHeads * valueDim, outputDim], this.outputInitializer);
  }

  override call(_: Tensor, context: CallContext): Tensor {
    this.#parts(context.inputs.map(({ shape }) => shape.slice(1)));
    const given = context.inputs;
    const mask = this.masked ? given.at(-1) : undefined;
    const [query, value = query!, key = value] = mask ? given.slice(0, -1) : given;
    const [batch, steps] = query!.shape as [number, number];
    const q = this.#heads(query!, this.#query);
    const k = this.#heads(key, this.#key);
    const v = this.#heads(value, this.#value);
    let scores = scale(matmul(q, k, { transposeB: true }), 1 / Math.sqrt(this.keyDim));
    if (this.causal) scores = hideLater(scores);
    if (mask) scores = hideMasked(scores, mask);
    let weights = softmaxOfRows(scores);
    if (context.training && this.dropout > 0)
      weights = dropout(weights, { rate: this.dropout, stream: context.stream() });
    const seen = transpose(matmul(weights, v), [0, 2, 1, 3]);
    const rows = reshape(seen, [batch * steps, sizeOf(seen.shape.slice(2))]);
    const y = project(rows, this.#output);
    return reshape(y, [batch, steps, y.shape[1]!]);
  }

  /** x·W + b, head by head: [batch, steps, features] → [batch, heads, steps, numbers]. */
  #heads(x: Tensor, projection: Projection): Tensor {
    const [batch, steps, features] = x.shape as [number, number, number];
    const y = project(reshape(x, [batch * steps, features]), projection);
    const apart = reshape(y, [batch, steps, this.numHeads, y.shape[1]! / this.numHeads]);
    return transpose(apart, [0, 2, 1, 3]);
  }

  /** The shapes of one sample by what they are for. @throws {ShapeError} `attention-input` */
  #parts(shapes: readonly Shape[]): { query: Shape; value: Shape; key: Shape } {
    const mask = this.masked ? shapes.at(-1) : undefined;
    const given = mask ? shapes.slice(0, -1) : shapes;
    const [query = [], value = query, key = value] = given;
    const built: readonly (readonly [Shape, Projection | undefined])[] = [
      [query, this.#query],
      [value, this.#value],
      [key, this.#key],
    ];
    const fits =
      given.length >= 1 &&
      given.length <= 3 &&
      built.every(
        ([shape, made]) => shape.length === 2 && (made?.kernel.shape[0] ?? shape[1]) === shape[1],
      ) &&
      value[0] === key[0] &&
      (!mask || (mask.length === 1 && mask[0] === key[0]));
    if (fits) return { query, value, key };
    const got = shapes.map((shape) => formatShape(["batch", ...shape])).join(" and ");
    throw new ShapeError(
      "attention-input",
      `${ownerLabel(this)}: expected [batch, steps, features], or a list of query, value and key, the latter two of as many steps${this.masked ? ", and a mask [batch, steps] of the keys" : ""}, got ${got}; see MultiHeadAttention.`,
      this.name ? { layer: this.name } : {},
    );
  }
}

function project(rows: Tensor, { kernel, bias }: Projection): Tensor {
  const y = matmul(rows, kernel.tensor);
  return bias ? addBias(y, bias.tensor) : y;
}
