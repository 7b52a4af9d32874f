import { type Shape, sizeOf } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { matmul } from "../ops/matmul.js";
import { reshape } from "../ops/reshape.js";
import type { BuildContext } from "./context.js";
import { Embedding } from "./embedding.js";

/**
 * An `Embedding` that goes both ways, so that a language model's last product has the table of its first layer (Press & Wolf, 2017,
 * arXiv:1608.05859). Applied first, to ids, it is an embedding; applied again, to vectors, it is y = x·Eᵀ, a score for each id.
 *
 * ```ts
 * const table = new ReversibleEmbedding({ inputDim: 65, outputDim: 128 });
 * const h = body(table.apply(ids)); // ids [batch, steps] → [batch, steps, 128]
 * const logits = table.apply(h); //    [batch, steps, 128] → [batch, steps, 65]
 * ```
 *
 * What has one axis more than the ids, of outputDim numbers, is taken for vectors.
 * @throws {ConfigError} as `Embedding` does. @throws {ShapeError} `embedding-input` for anything else than ids or such vectors when it is applied again.
 */
export class ReversibleEmbedding extends Embedding {
  override readonly type: string = "ReversibleEmbedding";
  /** How many axes a sample of ids has; known from the first call on. */
  #rank: number | undefined;

  override outputShape(inputShape: Shape): Shape {
    if (!this.#isReverse(inputShape)) return super.outputShape(inputShape);
    return [...inputShape.slice(0, -1), this.inputDim];
  }

  override build(inputShape: Shape, context: BuildContext): void {
    this.#rank = inputShape.length;
    super.build(inputShape, context);
  }

  override call(x: Tensor): Tensor {
    if (!this.#isReverse(x.shape.slice(1))) return super.call(x);
    const lead = x.shape.slice(0, -1);
    const rows = reshape(x, [sizeOf(lead), this.outputDim]);
    return reshape(matmul(rows, this.table, { transposeB: true }), [...lead, this.inputDim]);
  }

  #isReverse(sample: Shape): boolean {
    const rank = this.#rank ?? sample.length;
    if (sample.length === rank) return false;
    if (sample.length === rank + 1 && sample.at(-1) === this.outputDim) return true;
    throw this.shapeError(
      "embedding-input",
      ["...", this.outputDim],
      sample,
      `apply it to ids of ${rank} ax${rank === 1 ? "is" : "es"}, as at first, or to the vectors that came of such`,
    );
  }
}
