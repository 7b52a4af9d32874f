import type { Shape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import type { Initializer } from "../initializers/initializer.js";
import { randomUniform } from "../initializers/random-uniform.js";
import { add } from "../ops/add.js";
import { slice } from "../ops/parts.js";
import type { BuildContext } from "./context.js";
import type { LayerOptions } from "./layer.js";
import { initializer, positiveInteger } from "./option-rules.js";
import { OverSteps } from "./over-steps.js";
import type { Variable } from "./variable.js";

export interface PositionEmbeddingOptions extends LayerOptions {
  /** How many steps a sequence has at most. */
  readonly sequenceLength: number;
  /** Default `randomUniform()`. */
  readonly embeddingsInitializer?: Initializer;
}

/**
 * Says where in the sequence a step is, by a learnt vector for each place: y[t, :] = x[t, :] + P[t, :], with P [sequenceLength, features], called
 * `embeddings`. Attention by itself does not know the steps' order.
 *
 * x [batch, steps, features] → y of the same shape. (KerasHub's layer of this name gives P alone, which is then to be added.)
 * @throws {ConfigError} `sequence-length-not-positive`, `initializer-unknown`. @throws {ShapeError} `steps-input`, `steps-too-many`.
 */
export class PositionEmbedding extends OverSteps {
  readonly type = "PositionEmbedding";
  declare readonly sequenceLength: number;
  declare readonly embeddingsInitializer: Initializer;
  #table: Variable | undefined;

  constructor(options: PositionEmbeddingOptions) {
    super(options);
    this.take<PositionEmbeddingOptions, PositionEmbedding>(options, {
      sequenceLength: positiveInteger(),
      embeddingsInitializer: initializer(randomUniform),
    });
  }

  override outputShape(inputShape: Shape): Shape {
    const { steps, features } = this.requireSteps(inputShape);
    const own = this.#table?.shape[1];
    if (steps > this.sequenceLength) {
      const expected = [`at most ${this.sequenceLength} steps`, own ?? "features"];
      throw this.shapeError("steps-too-many", expected, inputShape, "give it a greater sequenceLength");
    }
    if (own === undefined || own === features) return inputShape;
    throw this.shapeError(
      "steps-input",
      ["steps", own],
      inputShape,
      "its parameters were made for the former",
    );
  }

  override build([, features]: Shape, context: BuildContext): void {
    const shape = [this.sequenceLength, features!];
    this.#table = context.parameter("embeddings", shape, this.embeddingsInitializer);
  }

  override call(x: Tensor): Tensor {
    const steps = x.shape[1]!;
    const { tensor } = this.#table!;
    const rows =
      steps === this.sequenceLength ? tensor : slice(tensor, { axes: [0], starts: [0], ends: [steps] });
    return add(x, rows);
  }
}
