import { createEngine } from "@loam/kernels-as";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import * as exported from "../../src/index.js";
import {
  type BuildContext,
  type Dataset,
  Layer,
  type Loss,
  ops,
  type Parameter,
  Sequential,
  SGD,
  type Shape,
  type Tensor,
  zeros,
} from "../../src/index.js";
import type { LayerValues, Passes } from "../support/layer-values.js";
import { EPSILON, expectNear, largest, Sums } from "../support/sums.js";
import { layerValues } from "./layer-values.js";

/** Models a layer; who is in the middle of work waits for fewer. */
const RUNS = process.env.CI ? 25 : 10;

// Every layer's values and gradients, as a user sees them: what `predict` answers, and what one step of gradient descent at a learning rate
// of 1 takes off the weights, on the loss L = Σ dy·y. The gradient of a layer's input is that of a weight: the samples are weights themselves,
// which the inputs, rows of the identity, choose.

const engine = await createEngine({ threads: 1 });
afterAll(() => engine.close());

/** y = the samples, held as weights [batch, size], that the rows of x [n, batch] choose: [n, …sample]. */
class Chosen extends Layer {
  readonly type = "Chosen";
  #samples: Parameter | undefined;

  constructor(
    readonly batch: number,
    readonly sample: Shape,
  ) {
    super({ name: "chosen" });
  }

  override config(): Record<string, unknown> {
    return { batch: this.batch, sample: this.sample };
  }

  override outputShape(): Shape {
    return this.sample;
  }

  override build(_: Shape, context: BuildContext): void {
    this.#samples = context.parameter("samples", [this.batch, count(this.sample)], zeros());
  }

  override call(x: Tensor): Tensor {
    return ops.reshape(ops.matmul(x, this.#samples!.tensor), [x.shape[0]!, ...this.sample]);
  }
}

/** L = Σ dy·y, where the targets are dy. */
const linear: Loss = {
  name: "linear",
  target: "dense",
  config: () => ({}),
  call: (prediction, target) => ops.sum(ops.mul(prediction, target)),
};

function count(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

/**
 * Numbers that float32 holds. Free ones are all different, in (−spread, spread), and none is 0; coarse ones are multiples of a half, many of them
 * the same, many of them 0.
 */
function numbers(length: number, kind: "free" | "coarse", spread: number, seed: number): Float64Array {
  const order = Array.from({ length }, (_, i) => i);
  let state = (seed + 1) >>> 0;
  for (let i = length - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = (state >>> 8) % (i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  if (kind === "coarse") return Float64Array.from(order, (place) => ((place % 9) - 4) / 2);
  return Float64Array.from(order, (place) => Math.fround(spread * ((2 * place + 0.75) / length - 1)));
}

/** The rows of the identity as inputs, dy as labels. */
function problem(batch: number, output: Shape, dy: Float64Array): Dataset {
  const rows = Float32Array.from({ length: batch * batch }, (_, i) => (i % (batch + 1) === 0 ? 1 : 0));
  return {
    name: "chosen samples",
    inputs: { data: rows, shape: [batch, batch] },
    labels: { data: Float32Array.from(dy), shape: [batch, ...output] },
    scaling: { kind: "none" },
  };
}

interface Posed<Options> extends Omit<Passes<Options>, "training" | "y" | "dx" | "dw"> {
  readonly shapes: Readonly<Record<string, Shape>>;
}

function pose<Options>(
  values: LayerValues<Options>,
  { options, sample }: { readonly options: Options; readonly sample: Shape },
  { batch, kind, spread, seed }: { batch: number; kind: "free" | "coarse"; spread: number; seed: number },
): Posed<Options> {
  const output = values.outputShape?.(options, sample) ?? sample;
  const shapes = values.weightShapes?.(options, sample) ?? {};
  const weights = Object.fromEntries(
    Object.entries(shapes).map(([name, shape], i) => {
      const any = numbers(count(shape), "free", 1, seed + 3 + i);
      return [name, any.map((value) => Math.fround(values.weightStart?.(name, value) ?? value))];
    }),
  );
  const x = numbers(batch * count(sample), kind, spread, seed);
  const dy = numbers(batch * count(output), "free", 1, seed + 1);
  return { options, batch, sample, output, x, dy, weights, shapes };
}

function passesOf<Options>(
  values: LayerValues<Options>,
  posed: Posed<Options>,
  training: boolean,
): Passes<Options> {
  const { batch, sample, output, shapes } = posed;
  const passes = {
    ...posed,
    training,
    y: new Sums(batch * count(output)),
    dx: new Sums(batch * count(sample)),
    dw: Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, new Sums(count(shape))])),
  };
  values.passes(passes);
  return passes;
}

/** Sets a model's weights and gives what a step of training takes off each, with the loss before it. */
async function step(model: Sequential, start: Readonly<Record<string, Float64Array>>, data: Dataset) {
  const before = await model.getWeights();
  expect(before.map(({ name }) => name)).toEqual(Object.keys(start));
  await model.setWeights(before.map((one) => ({ ...one, data: Float32Array.from(start[one.name]!) })));
  model.compile({ optimizer: new SGD({ learningRate: 1 }), loss: linear });
  const { epochs } = await model.fit(data, { steps: 1, batchSize: data.inputs.shape[0]!, shuffle: false });
  const gradients = new Map<string, Float64Array>();
  for (const { name, data: after } of await model.getWeights())
    gradients.set(
      name,
      start[name]!.map((value, i) => value - after[i]!),
    );
  return { loss: epochs[0]!.loss, gradients };
}

/** θ − g is rounded once before it is seen. */
function rounding(start: Float64Array, gradient: Float64Array): number {
  return EPSILON * (largest(start) + largest(gradient));
}

function expectGradient(what: string, got: Float64Array, want: Sums, start: Float64Array): void {
  expectNear(what, got, want.values, want.tolerance + rounding(start, want.values));
}

/** Σ dy·y, and by how much it may be off. */
function lossOf({ y, dy }: Passes<object>): { loss: number; tolerance: number } {
  const sum = new Sums(1);
  y.values.forEach((value, i) => {
    sum.add(0, dy[i]! * value);
  });
  const inherited = y.tolerance * dy.reduce((total, value) => total + Math.abs(value), 0);
  return { loss: sum.values[0]!, tolerance: sum.tolerance + inherited };
}

const circumstances = fc.record({
  batch: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constantFrom(7, 8, 9)),
  kind: fc.constantFrom("free" as const, "free" as const, "coarse" as const),
  spread: fc.constantFrom(2, 6),
  seed: fc.nat(1e6),
});

it("has every exported layer on its list", () => {
  const names = Object.entries(exported).flatMap(([name, value]) =>
    typeof value === "function" && value.prototype instanceof Layer ? [name] : [],
  );
  // Those of several inputs are in test/model-graph.test.ts, those of ids in test/sequences.test.ts.
  const elsewhere = ["Add", "Concatenate", "Multiply", "Embedding", "ReversibleEmbedding"];
  expect([...Object.keys(layerValues), ...elsewhere].sort()).toEqual(names.sort());
});

describe.each(Object.entries(layerValues))("%s", (type, values) => {
  it("has the values and gradients of its formula", async () => {
    await fc.assert(
      fc.asyncProperty(values.cases, circumstances, async (described, around) => {
        const posed = pose(values, described, around);
        const { options, batch, sample, output, x, dy, weights } = posed;
        const layers = [new Chosen(batch, sample), values.make(options)];
        layers[1]!.name = "it";
        await using model = new Sequential(layers, { inputShape: [batch], engine, seed: around.seed });
        expect(layers[1]!.type).toBe(type);
        expect(model.outputShape).toEqual(output);

        const start = Object.fromEntries(
          Object.entries(weights).map(([name, value]) => [`it/${name}`, value]),
        );
        const data = problem(batch, output, dy);
        const { loss, gradients } = await step(model, { "chosen/samples": x, ...start }, data);
        const trained = passesOf(values, posed, true);
        const dx = gradients.get("chosen/samples")!;
        if (values.expectDrawn) {
          values.expectDrawn(options, { sample, x, dy, dx, loss, tolerance: rounding(x, dx) });
        } else {
          const want = lossOf(trained);
          expectNear("loss", [loss], [want.loss], want.tolerance);
          expectGradient("dx", dx, trained.dx, x);
          for (const [name, sums] of Object.entries(trained.dw))
            expectGradient(`d${name}`, gradients.get(`it/${name}`)!, sums, weights[name]!);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it("answers by its formula, and learns by it, where it is the first layer", async () => {
    await fc.assert(
      fc.asyncProperty(values.cases, circumstances, async (described, around) => {
        const posed = pose(values, described, around);
        const { options, batch, sample, output, x, dy, weights } = posed;
        const layer = values.make(options);
        layer.name = "it";
        await using model = new Sequential([layer], { inputShape: sample, engine, seed: around.seed });
        const inputs = { data: Float32Array.from(x), shape: [batch, ...sample] };
        const start = Object.fromEntries(
          Object.entries(weights).map(([name, value]) => [`it/${name}`, value]),
        );
        const before = await model.getWeights();
        await model.setWeights(before.map((one) => ({ ...one, data: Float32Array.from(start[one.name]!) })));
        const answered = passesOf(values, posed, false);
        const { data, shape } = await model.predict(inputs);
        expect(shape).toEqual([batch, ...output]);
        expectNear("y", data, answered.y.values, answered.y.tolerance);

        if (before.length === 0) return;
        const { gradients } = await step(model, start, { ...problem(batch, output, dy), inputs });
        for (const [name, sums] of Object.entries(passesOf(values, posed, true).dw))
          expectGradient(`d${name}`, gradients.get(`it/${name}`)!, sums, weights[name]!);
      }),
      { numRuns: RUNS },
    );
  });
});
