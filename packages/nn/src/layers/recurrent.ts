import type { Shape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { glorotUniform } from "../initializers/glorot.js";
import type { Initializer } from "../initializers/initializer.js";
import { orthogonal } from "../initializers/orthogonal.js";
import { zeros } from "../initializers/zeros.js";
import { addBias } from "../ops/add-bias.js";
import { fill } from "../ops/fill.js";
import { matmul } from "../ops/matmul.js";
import { concat } from "../ops/parts.js";
import { reshape } from "../ops/reshape.js";
import { scan } from "../ops/scan.js";
import { unstack } from "../ops/stack.js";
import { transpose } from "../ops/transpose.js";
import type { BuildContext } from "./context.js";
import { Layer, type LayerOptions } from "./layer.js";
import { boolean, initializer, positiveInteger } from "./option-rules.js";
import type { Variable } from "./variable.js";

export interface RecurrentOptions<
  Units extends number = number,
  All extends boolean = boolean,
  Both extends boolean = boolean,
> extends LayerOptions {
  /** How many numbers are carried from step to step, and given out. */
  readonly units: Units;
  /** Whether every step's output is given, and not the last one's alone; default false. */
  readonly returnSequences?: All;
  /** Whether another one with weights of its own goes from the last step to the first, and its outputs come behind; default false. */
  readonly bidirectional?: Both;
  /** Default true. */
  readonly useBias?: boolean;
  /** Default `glorotUniform()`. */
  readonly kernelInitializer?: Initializer;
  /** Default `orthogonal()`. */
  readonly recurrentInitializer?: Initializer;
  /** Default `zeros()`. */
  readonly biasInitializer?: Initializer;
}

export const recurrentRules = {
  units: positiveInteger(),
  returnSequences: boolean(false),
  bidirectional: boolean(false),
  useBias: boolean(true),
  kernelInitializer: initializer(glorotUniform),
  recurrentInitializer: initializer(orthogonal),
  biasInitializer: initializer(zeros),
};

/** The variables of one direction. */
interface Weights {
  readonly kernel: Variable;
  readonly recurrentKernel: Variable;
  readonly bias: Variable | undefined;
  readonly recurrentBias: Variable | undefined;
}

/**
 * What recurrent layers have in common: x [batch, steps, features] → the last step's output [batch, units], or with `returnSequences` all of them
 * [batch, steps, units]; `bidirectional` makes 2·units of it. The products of the inputs are made for all steps at once.
 *
 * For each direction kernel [features, gates·units], recurrentKernel [units, gates·units] and bias [gates·units]; those of the one that goes
 * backwards are called `backwardKernel` and so on.
 */
export abstract class Recurrent extends Layer {
  declare readonly units: number;
  declare readonly returnSequences: boolean;
  declare readonly bidirectional: boolean;
  declare readonly useBias: boolean;
  declare readonly kernelInitializer: Initializer;
  declare readonly recurrentInitializer: Initializer;
  declare readonly biasInitializer: Initializer;
  #directions: readonly Weights[] = [];

  /** How many vectors of `units` numbers a step works out from x and h. */
  protected abstract readonly gates: number;
  /** How many such vectors are carried from step to step, all 0 at first; the first of them is h, the output. */
  protected readonly carried: number = 1;
  /** Whether h·U has a bias of its own, `recurrentBias`. */
  protected readonly hasRecurrentBias: boolean = false;

  /** One step: what is carried on, from x·W + b and h·U (+ c), gate by gate, and what was carried. */
  protected abstract step(
    x: readonly Tensor[],
    h: readonly Tensor[],
    carry: readonly Tensor[],
  ): readonly Tensor[];

  override outputShape(inputShape: Shape): Shape {
    const features = this.#directions[0]?.kernel.shape[0];
    if (inputShape.length !== 2 || (features !== undefined && features !== inputShape[1])) {
      throw this.shapeError(
        "recurrent-input",
        ["steps", features ?? "features"],
        inputShape,
        inputShape.length === 2
          ? "its parameters were made for the former"
          : "give it one row of features a step; Reshape may part a vector",
      );
    }
    const outputs = this.units * (this.bidirectional ? 2 : 1);
    return this.returnSequences ? [inputShape[0]!, outputs] : [outputs];
  }

  override build([, features]: Shape, context: BuildContext): void {
    const width = this.gates * this.units;
    const bias = (name: string) => context.parameter(name, [width], this.biasInitializer);
    const direction = (named: (name: string) => string): Weights => ({
      kernel: context.parameter(named("kernel"), [features!, width], this.kernelInitializer),
      recurrentKernel: context.parameter(
        named("recurrentKernel"),
        [this.units, width],
        this.recurrentInitializer,
      ),
      bias: this.useBias ? bias(named("bias")) : undefined,
      recurrentBias: this.useBias && this.hasRecurrentBias ? bias(named("recurrentBias")) : undefined,
    });
    const backward = (name: string) => `backward${name[0]!.toUpperCase()}${name.slice(1)}`;
    this.#directions = [direction((name) => name), ...(this.bidirectional ? [direction(backward)] : [])];
  }

  override call(x: Tensor): Tensor {
    // By time, so that a step's rows lie side by side.
    const byTime = transpose(x, [1, 0, 2]);
    const outputs = this.#directions.map((weights, i) => this.#run(byTime, weights, i === 1));
    const joined = concat(outputs, -1);
    return this.returnSequences ? transpose(joined, [1, 0, 2]) : joined;
  }

  #run(x: Tensor, { kernel, recurrentKernel, bias, recurrentBias }: Weights, reverse: boolean): Tensor {
    const [steps, batch, features] = x.shape as [number, number, number];
    const product = matmul(reshape(x, [steps * batch, features]), kernel.tensor);
    const biased = bias ? addBias(product, bias.tensor) : product;
    const projected = reshape(biased, [steps, batch, this.gates * this.units]);
    const init = Array.from({ length: this.carried }, () => fill([batch, this.units], 0));
    // A product and a bias for each gate: what a step makes of them lies in one piece.
    const weights = this.#gatesOf(recurrentKernel.tensor);
    const biases = recurrentBias && this.#gatesOf(recurrentBias.tensor);
    const { carry, outputs } = scan(
      (before: readonly Tensor[], now) => {
        const h = weights.map((weight, i) => {
          const gate = matmul(before[0]!, weight);
          return biases ? addBias(gate, biases[i]!) : gate;
        });
        const after = this.step(now, h, before);
        return { carry: after, outputs: [after[0]!] };
      },
      { init, inputs: this.#gatesOf(projected), reverse },
    );
    return this.returnSequences ? outputs[0]! : carry[0]!;
  }

  /** The vectors that lie side by side in [..., gates·units]. */
  #gatesOf(all: Tensor): readonly Tensor[] {
    if (this.gates === 1) return [all];
    const parted = reshape(all, [...all.shape.slice(0, -1), this.gates, this.units]);
    return unstack(parted, -2);
  }
}
