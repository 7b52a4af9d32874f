// What someone writes who has the package and nothing else: every import is of "@loam/nn".
import {
  type BuildContext,
  type CallContext,
  constant,
  elementwise,
  Layer,
  type LayerOptions,
  type Loss,
  type Metric,
  ops,
  optionRules,
  randomUniform,
  type Shape,
  type Tensor,
  type Variable,
  zeros,
} from "@loam/nn";

const mish = elementwise("mish", ["x"], ({ x }) => x.mul(x.max(0).add(x.abs().neg().exp().log1p()).tanh()));

/** y = x·tanh(softplus x) (Misra, 2019). */
export class Mish extends Layer {
  readonly type = "Mish";
  call(x: Tensor): Tensor {
    return mish(x);
  }
}

/** y = (x − mean)/√(variance + 1e-5)·γ + β along the last axis (Ba et al., 2016). */
export class LayerNorm extends Layer {
  readonly type = "LayerNorm";
  #gamma!: Variable;
  #beta!: Variable;
  override build(shape: Shape, context: BuildContext): void {
    this.#gamma = context.parameter("gamma", [shape.at(-1)!], constant(1));
    this.#beta = context.parameter("beta", [shape.at(-1)!], zeros());
  }
  call(x: Tensor): Tensor {
    const along = { axes: [-1], keepDims: true };
    const centred = ops.sub(x, ops.mean(x, along));
    const scale = ops.rsqrt(ops.addScalar(ops.mean(ops.square(centred), along), 1e-5));
    return ops.add(ops.mul(ops.mul(centred, scale), this.#gamma.tensor), this.#beta.tensor);
  }
}

/** Normalises by the batch's statistics while training, and by running ones, which move a tenth a step, otherwise (Ioffe & Szegedy, 2015). */
export class RunningNorm extends Layer {
  readonly type = "RunningNorm";
  #mean!: Variable;
  #variance!: Variable;
  override build(shape: Shape, context: BuildContext): void {
    this.#mean = context.state("mean", shape, zeros());
    this.#variance = context.state("variance", shape, constant(1));
  }
  call(x: Tensor, { training, assign }: CallContext): Tensor {
    if (!training) return this.#normal(x, this.#mean.tensor, this.#variance.tensor);
    const mean = ops.mean(x, { axes: [0] });
    const variance = ops.mean(ops.square(ops.sub(x, mean)), { axes: [0] });
    const moved = (from: Variable, to: Tensor) => ops.add(ops.scale(from.tensor, 0.9), ops.scale(to, 0.1));
    assign(this.#mean, moved(this.#mean, mean));
    assign(this.#variance, moved(this.#variance, variance));
    return this.#normal(x, mean, variance);
  }
  #normal(x: Tensor, mean: Tensor, variance: Tensor): Tensor {
    return ops.mul(ops.sub(x, mean), ops.rsqrt(ops.addScalar(variance, 1e-3)));
  }
}

interface ElmanOptions extends LayerOptions {
  readonly units: number;
}

const small = randomUniform({ low: -0.5, high: 0.5 });

/** The last state of hₜ = tanh(xₜ·W + hₜ₋₁·U), x [batch, times, inputs] → [batch, units] (Elman, 1990). */
export class Elman extends Layer {
  readonly type = "Elman";
  readonly units!: number;
  #w!: Variable;
  #u!: Variable;
  constructor(options: ElmanOptions) {
    super(options);
    this.take<ElmanOptions, Elman>(options, { units: optionRules.positiveInteger() });
  }
  override build([, inputs]: Shape, context: BuildContext): void {
    this.#w = context.parameter("kernel", [inputs!, this.units], small);
    this.#u = context.parameter("recurrent", [this.units, this.units], small);
  }
  call(x: Tensor): Tensor {
    const [w, u] = [this.#w.tensor, this.#u.tensor];
    const step = ([h]: readonly [Tensor], [now]: readonly Tensor[]) => {
      const next = ops.tanh(ops.add(ops.matmul(now!, w), ops.matmul(h, u)));
      return { carry: [next] as const };
    };
    const init = [ops.fill([x.shape[0]!, this.units], 0)] as const;
    return ops.scan(step, { init, inputs: [x], axis: 1 }).carry[0];
  }
}

interface EmbeddingOptions extends LayerOptions {
  readonly words: number;
  readonly units: number;
}

/** The table's row of each word's number: [batch, …] → [batch, …, units]. */
export class Embedding extends Layer {
  readonly type = "Embedding";
  readonly words!: number;
  readonly units!: number;
  #table!: Variable;
  constructor(options: EmbeddingOptions) {
    super(options);
    const { positiveInteger } = optionRules;
    this.take<EmbeddingOptions, Embedding>(options, { words: positiveInteger(), units: positiveInteger() });
  }
  override build(_: Shape, context: BuildContext): void {
    this.#table = context.parameter("table", [this.words, this.units], randomUniform({ low: -1, high: 1 }));
  }
  call(x: Tensor): Tensor {
    return ops.gather(this.#table.tensor, ops.cast(x, "u32"));
  }
}

/** Mean of ½d² where |d| ≤ 1, |d| − ½ beyond (Huber, 1964). */
export const huber: Loss = {
  name: "huber",
  target: "dense",
  call: (prediction, target) => ops.mean(huberOf(ops.sub(prediction, target))),
};
const huberOf = elementwise("huber", ["d"], ({ d }) =>
  d.abs().le(1).where(d.square().mul(0.5), d.abs().sub(0.5)),
);

/** The share of samples whose class, an index or a row of 0 and 1, is among the three greatest outputs. */
export const topThree: Metric = {
  name: "topThree",
  variables: { hits: { shape: [] } },
  update: (prediction, target) => {
    const rows = target.type === "u32" ? ops.oneHot(target, prediction.shape.at(-1)!) : target;
    const own = ops.sum(ops.mul(prediction, rows), { axes: [-1], keepDims: true });
    const above = ops.sum(ops.greater(prediction, own), { axes: [-1] });
    return { hits: ops.sum(ops.less(above, ops.fill([], 3))) };
  },
  result: ({ hits }, samples) => hits![0]! / samples,
};
