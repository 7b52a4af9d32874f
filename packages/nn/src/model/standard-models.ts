import { ConfigError, requireIn, requireOneOf, requirePositiveInteger } from "../errors.js";
import type { Shape } from "../graph/shape.js";
import { heUniform } from "../initializers/he.js";
import { BatchNorm } from "../layers/batch-norm.js";
import { Conv2d } from "../layers/conv2d.js";
import { Dense } from "../layers/dense.js";
import { Dropout } from "../layers/dropout.js";
import { ELU } from "../layers/elu.js";
import { Flatten } from "../layers/flatten.js";
import { GlobalAvgPool2d } from "../layers/global-avg-pool2d.js";
import type { Layer } from "../layers/layer.js";
import { MaxPool2d } from "../layers/max-pool2d.js";
import { Permute } from "../layers/permute.js";
import { ReLU } from "../layers/relu.js";
import { Reshape } from "../layers/reshape.js";
import { Sigmoid } from "../layers/sigmoid.js";
import type { PaddingOption, PairOption } from "../layers/window.js";
import { Adam } from "../optimizers/adam.js";
import { AdamW } from "../optimizers/adam-w.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import { SGD } from "../optimizers/sgd.js";
import { l2 } from "../regularizers/l2.js";
import type { Regularizer } from "../regularizers/regularizer.js";
import { cosineDecay } from "../schedules/cosine-decay.js";

/**
 * The networks that the examples, the command line and the benchmarks mean by name. All end in logits, for `softmaxCrossEntropy`.
 *
 * | name          | layers                                                                                                       | training                     |
 * | ------------- | ------------------------------------------------------------------------------------------------------------ | ---------------------------- |
 * | `softmax`     | dense 10                                                                                                     | SGD 0.1, batch 128           |
 * | `mlp-sigmoid` | dense 32, sigmoid, dense 10                                                                                  | SGD 0.1, batch 128           |
 * | `mlp`         | 3 × (dense 100, ReLU, dropout 0.2), dense 10                                                                 | Adam 1e-3, batch 128         |
 * | `table`       | 2 × (dense 64, ELU), dense 10                                                                                | AdamW 2e-3, batch 32         |
 * | `series`      | 2 × (dense 64, ReLU), dense 10                                                                               | AdamW 1e-3, batch 64         |
 * | `recordings`  | 2 × (conv 32, 64 of 5 steps, BatchNorm, ReLU, maxpool 2), global average, dropout 0.2, dense 10              | Adam 1e-3, batch 32          |
 * | `cnn`         | conv 32 3x3, ReLU, dropout 0.2, dense 10                                                                     | Adam 1e-3, batch 32          |
 * | `lenet`       | conv 32 3x3 pad 1, ReLU, maxpool 2, conv 64 3x3 pad 1, ReLU, maxpool 2, dense 128, ReLU, dense 10            | Adam 1e-3, cosine, batch 64  |
 * | `pictures`    | 1 to 4 × (conv 32, 64, 128, 128 3x3 pad 1, BatchNorm, ReLU, maxpool 2), global average, dropout 0.2, dense 10    | Adam 1e-3, batch 32          |
 *
 * A Flatten stands before the first dense layer where its input is no vector. What a ReLU or an ELU follows begins with `heUniform`, everything else
 * with `glorotUniform`.
 *
 * `lenet`'s learning rate falls to 0 by `cosineDecay` over the `steps` that it is told. It was designed with a constant 1e-3, whose last steps are
 * still so large that chance decides how well it ends: after two epochs on MNIST, validation accuracies of 98.4 to 98.7 %, with the decay 98.9 to
 * 99.0 %. The others are as they were designed.
 */
export const standardModelNames = [
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
/** A name that `standardModel` knows. */
export type StandardModelName = (typeof standardModelNames)[number];

export interface StandardModelOptions {
  /** The shape of one sample: [1, 28, 28] for MNIST; `cnn`, `lenet` and `pictures` need an image. */
  readonly inputShape: Shape;
  /** How many outputs the last layer has. */
  readonly classes: number;
  /** In place of the network's own rate, in [0, 1); 0 leaves the dropout layers out. Only for networks that have some. */
  readonly dropout?: number;
  /** λ of `l2` on every kernel; default none. */
  readonly l2?: number;
  /** How many steps it will be trained, for a learning rate that falls over them, as `lenet`'s does; without it the rate stays. */
  readonly steps?: number;
}

/** A network of that name, and what it is usually trained with. */
export interface StandardModel {
  readonly layers: readonly Layer[];
  readonly optimizer: Optimizer;
  readonly batchSize: number;
}

const DROPOUT = 0.2;
/** Filters of the stages of `pictures`, and the shortest side that pictures must have for each; a stage halves the sides. */
const STAGES = [
  { filters: 32, side: 1 },
  { filters: 64, side: 8 },
  { filters: 128, side: 16 },
  { filters: 128, side: 64 },
] as const;

/**
 * A standard network's layers, new ones every time, and how it is trained.
 * @throws {ConfigError} `model-unknown`, `no-dropout`, or for a number out of its range.
 */
export function standardModel(name: StandardModelName, options: StandardModelOptions): StandardModel {
  requireOneOf("standardModel", "model", name, standardModelNames);
  requirePositiveInteger("standardModel", "classes", options.classes);
  const { steps } = options;
  if (steps !== undefined) requirePositiveInteger("standardModel", "steps", steps);
  const parts = makeParts(name, options);
  switch (name) {
    case "softmax":
      return { layers: parts.classifier(options.inputShape), optimizer: sgd(), batchSize: 128 };
    case "mlp-sigmoid":
      return {
        layers: [...parts.flat(options.inputShape), parts.dense(32), new Sigmoid(), ...parts.classifier()],
        optimizer: sgd(),
        batchSize: 128,
      };
    case "mlp": {
      const hidden = () => [parts.denseBeforeRelu(100), new ReLU(), ...parts.dropout()];
      return {
        layers: [
          ...parts.flat(options.inputShape),
          ...hidden(),
          ...hidden(),
          ...hidden(),
          ...parts.classifier(),
        ],
        optimizer: adam(),
        batchSize: 128,
      };
    }
    case "table": {
      const hidden = () => [parts.denseBeforeRelu(64), new ELU(), ...parts.dropout()];
      return {
        layers: [...parts.flat(options.inputShape), ...hidden(), ...hidden(), ...parts.classifier()],
        optimizer: new AdamW({ learningRate: 0.002 }),
        batchSize: 32,
      };
    }
    case "series": {
      const hidden = () => [parts.denseBeforeRelu(64), new ReLU(), ...parts.dropout()];
      return {
        layers: [...parts.flat(options.inputShape), ...hidden(), ...hidden(), ...parts.classifier()],
        optimizer: new AdamW({ learningRate: 0.001 }),
        batchSize: 64,
      };
    }
    case "recordings": {
      const [steps = 1, columns = 1] = options.inputShape;
      // A convolution over steps is one over a picture of one row, in which each column is a channel.
      const stage = (filters: number, halved: boolean) => [
        parts.convBeforeRelu(filters, [0, 0, 2, 2], [1, 5]),
        new BatchNorm(),
        new ReLU(),
        ...(halved ? [new MaxPool2d({ kernelSize: [1, 2] })] : []),
      ];
      return {
        layers: [
          new Permute({ dims: [2, 1] }),
          new Reshape({ targetShape: [columns, 1, steps] }),
          ...stage(32, steps >= 8),
          ...stage(64, steps >= 16),
          new GlobalAvgPool2d(),
          ...parts.dropout(),
          ...parts.classifier(),
        ],
        optimizer: adam(),
        batchSize: 32,
      };
    }
    case "cnn":
      return {
        layers: [
          parts.convBeforeRelu(32, 0),
          new ReLU(),
          ...parts.dropout(),
          new Flatten(),
          ...parts.classifier(),
        ],
        optimizer: adam(),
        batchSize: 32,
      };
    case "lenet": {
      const stage = (filters: number) => [
        parts.convBeforeRelu(filters, 1),
        new ReLU(),
        new MaxPool2d({ kernelSize: 2 }),
      ];
      return {
        layers: [
          ...stage(32),
          ...stage(64),
          new Flatten(),
          parts.denseBeforeRelu(128),
          new ReLU(),
          ...parts.classifier(),
        ],
        optimizer: adam(steps),
        batchSize: 64,
      };
    }
    case "pictures": {
      const [, height = 0, width = 0] = options.inputShape;
      const shortest = Math.min(height, width);
      return {
        layers: [
          ...STAGES.filter(({ side }) => shortest >= side).flatMap(({ filters }) => [
            parts.convBeforeRelu(filters, 1),
            new BatchNorm(),
            new ReLU(),
            // A side of one pixel has nothing to halve.
            ...(shortest > 1 ? [new MaxPool2d({ kernelSize: 2 })] : []),
          ]),
          new GlobalAvgPool2d(),
          ...parts.dropout(),
          ...parts.classifier(),
        ],
        optimizer: adam(),
        batchSize: 32,
      };
    }
  }
}

const sgd = () => new SGD({ learningRate: 0.1 });

/** At a learning rate that falls to 0 over so many steps, or stays. */
function adam(steps?: number): Adam {
  const learningRate = 0.001;
  return new Adam({
    learningRate: steps === undefined ? learningRate : cosineDecay({ learningRate, steps }),
  });
}

/** The layers that the networks are put together from, with the options that go through all of them. */
function makeParts(name: StandardModelName, { classes, dropout, l2: lambda = 0 }: StandardModelOptions) {
  const rate = dropout ?? (name === "table" || name === "series" ? 0 : DROPOUT);
  requireIn("standardModel", "dropout", rate, "[0, 1)");
  if (
    dropout !== undefined &&
    dropout > 0 &&
    !["mlp", "table", "series", "recordings", "cnn", "pictures"].includes(name)
  ) {
    throw new ConfigError(
      "no-dropout",
      `standardModel: "${name}" has no dropout layer to take a rate of ${dropout}; "mlp", "table", "series", "recordings", "cnn" and "pictures" have.`,
    );
  }
  const penalty = l2(lambda);
  const regularized: { kernelRegularizer?: Regularizer } = lambda > 0 ? { kernelRegularizer: penalty } : {};
  const dense = (units: number) => new Dense({ units, ...regularized });
  const flat = (inputShape: Shape) => (inputShape.length === 1 ? [] : [new Flatten()]);
  return {
    dense,
    flat,
    denseBeforeRelu: (units: number) => new Dense({ units, kernelInitializer: heUniform(), ...regularized }),
    convBeforeRelu: (filters: number, padding: PaddingOption, kernelSize: PairOption = 3) =>
      new Conv2d({ filters, kernelSize, padding, kernelInitializer: heUniform(), ...regularized }),
    dropout: () => (rate > 0 ? [new Dropout({ rate })] : []),
    classifier: (inputShape: Shape = [1]) => [...flat(inputShape), dense(classes)],
  };
}
