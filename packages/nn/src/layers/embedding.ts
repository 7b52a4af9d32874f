import type { Shape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import type { Initializer } from "../initializers/initializer.js";
import { randomUniform } from "../initializers/random-uniform.js";
import { cast } from "../ops/cast.js";
import { gather } from "../ops/gather.js";
import type { BuildContext } from "./context.js";
import { Layer, type LayerOptions } from "./layer.js";
import { initializer, positiveInteger } from "./option-rules.js";
import type { Variable } from "./variable.js";

export interface EmbeddingOptions<Numbers extends number = number> extends LayerOptions {
  /** How many ids there are: they count from 0 up to it. */
  readonly inputDim: number;
  /** How many numbers stand for an id. */
  readonly outputDim: Numbers;
  /** Default `randomUniform()`, between −0.05 and 0.05 as in Keras. */
  readonly embeddingsInitializer?: Initializer;
}

/**
 * A row of a table for each id: y[…, :] = E[x[…], :], with E [inputDim, outputDim], called `embeddings`.
 *
 * x [batch, …] whole numbers in [0, inputDim) → y [batch, …, outputDim]. Ids are numbers as all inputs are, bytes or float32, exact below 2²⁴; a
 * fraction is cut off. An id that the table does not have gives NaN, which training stops at, naming the layer. The gradient adds up what goes to
 * one row in the order of the ids. Keras' `mask_zero` is a value here: see `PaddingMask`.
 * @throws {ConfigError} `input-dim-not-positive`, `output-dim-not-positive`, `initializer-unknown`.
 */
export class Embedding<Numbers extends number = number> extends Layer {
  readonly type: string = "Embedding";
  declare readonly inputDim: number;
  declare readonly outputDim: number;
  declare readonly embeddingsInitializer: Initializer;
  #table: Variable | undefined;

  constructor(options: EmbeddingOptions<Numbers>) {
    super(options);
    this.take<EmbeddingOptions, Embedding>(options, {
      inputDim: positiveInteger(),
      outputDim: positiveInteger(),
      embeddingsInitializer: initializer(randomUniform),
    });
  }

  /** E, once the layer is built. */
  protected get table(): Tensor {
    return this.#table!.tensor;
  }

  override outputShape(inputShape: Shape): Shape {
    return [...inputShape, this.outputDim];
  }

  override build(_: Shape, context: BuildContext): void {
    const shape = [this.inputDim, this.outputDim];
    this.#table = context.parameter("embeddings", shape, this.embeddingsInitializer);
  }

  override call(x: Tensor): Tensor {
    return gather(this.table, cast(x, "u32"));
  }
}
