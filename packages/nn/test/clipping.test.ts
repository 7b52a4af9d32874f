import { describe, expect, it } from "vitest";
import {
  Adam,
  AMSGrad,
  clipByGlobalNorm,
  clipByValue,
  Dense,
  Flatten,
  type GradientClipping,
  Lion,
  Nadam,
  type Optimizer,
  ops,
  ReLU,
  Sequential,
  SGD,
  softmaxCrossEntropy,
} from "../src/index.js";
import { checkpoints } from "../src/model/checkpoint.js";
import { quarters } from "./support/tiny-data.js";

const DATA = quarters(22);

/** A dense layer that no update is to touch. */
class Fixed extends Dense {
  override build(...[inputShape, context]: Parameters<Dense["build"]>): void {
    super.build(inputShape, {
      ...context,
      parameter: (...[name, shape, initializer]) =>
        context.parameter(name, shape, initializer, { trainable: false }),
    });
  }
}

function modelOf(optimizer: Optimizer, threads = 1, frozen = false): Sequential {
  const middle = new (frozen ? Fixed : Dense)({ units: 9 });
  const layers = [
    new Flatten(),
    new Dense({ units: 7 }),
    new ReLU(),
    middle,
    new ReLU(),
    new Dense({ units: 4 }),
  ];
  const model = new Sequential(layers, { inputShape: [1, 6, 6], seed: 3, threads });
  return model.compile({ optimizer, loss: softmaxCrossEntropy() });
}

/** What one step of gradient descent at a learning rate of 1 takes off each weight: the gradient, as the optimizer has it. */
async function gradient(clipping: GradientClipping | undefined, frozen = false): Promise<number[]> {
  await using model = modelOf(new SGD({ learningRate: 1, ...(clipping && { clipping }) }), 1, frozen);
  const flat = async () => (await model.getWeights()).flatMap(({ data }) => [...data]);
  const before = await flat();
  await model.fit(DATA, { steps: 1, batchSize: 22, shuffle: false });
  const after = await flat();
  return before.map((value, i) => value - after[i]!);
}

const norm = (values: readonly number[]) => Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0));

describe.each([false, true])("with a frozen layer: %s", (frozen) => {
  it("clipByGlobalNorm shortens the whole gradient to its maximum", async () => {
    const whole = await gradient(undefined, frozen);
    const length = norm(whole);
    expect(length).toBeGreaterThan(0.2);
    const clipped = await gradient(clipByGlobalNorm(0.1), frozen);
    // θ − g is rounded to 2⁻²⁵ of weights below 1.
    clipped.forEach((value, i) => {
      expect(Math.abs(value - (0.1 / length) * whole[i]!)).toBeLessThan(1e-7);
    });
    expect(norm(clipped)).toBeCloseTo(0.1, 5);
  });

  it("clipByValue keeps each number within its maximum", async () => {
    const whole = await gradient(undefined, frozen);
    const clipped = await gradient(clipByValue(0.01), frozen);
    expect(Math.max(...whole.map(Math.abs))).toBeGreaterThan(0.02);
    clipped.forEach((value, i) => {
      expect(Math.abs(value - Math.min(0.01, Math.max(-0.01, whole[i]!)))).toBeLessThan(1e-7);
    });
  });
});

it("changes no bit of a gradient that is short enough", async () => {
  expect(await gradient(clipByGlobalNorm(1e6))).toEqual(await gradient(undefined));
  expect(await gradient(clipByValue(1e6))).toEqual(await gradient(undefined));
});

describe.each([
  ["Adam", () => new Adam({ clipping: clipByGlobalNorm(0.05) })],
  ["AMSGrad", () => new AMSGrad({ clipping: clipByValue(0.01) })],
  ["Nadam", () => new Nadam({ weightDecay: 0.1 })],
  ["Lion", () => new Lion({ learningRate: 1e-3, weightDecay: 0.1, clipping: clipByGlobalNorm(0.05) })],
])("%s", (_, make) => {
  const trained = async (threads: number) => {
    await using model = modelOf(make(), threads);
    await model.fit(DATA, { epochs: 3, batchSize: 8 });
    return model.weightsHash();
  };

  it("has the same bits on 1, 2 and 4 threads", async () => {
    const one = await trained(1);
    expect(await trained(2)).toBe(one);
    expect(await trained(4)).toBe(one);
  });

  it("goes on from a checkpoint to the same bits", async () => {
    const kept: Uint8Array[] = [];
    const to = (bytes: Uint8Array) => void kept.push(bytes);
    await using first = modelOf(make());
    await first.fit(DATA, { epochs: 3, batchSize: 8, checkpoint: checkpoints({ everySteps: 4, to }) });
    await using again = modelOf(make());
    await again.fit(DATA, { epochs: 3, batchSize: 8, checkpoint: checkpoints({ from: kept[0]! }) });
    expect(await again.weightsHash()).toBe(await trained(1));
  });
});

describe("a clipping of one's own", () => {
  it("is ops over the gradients", async () => {
    const halved: GradientClipping = {
      config: () => ({ kind: "halved" }),
      clip: (gradients) => gradients.map((one) => ops.scale(one, 0.5)),
    };
    const whole = await gradient(undefined);
    (await gradient(halved)).forEach((value, i) => {
      expect(Math.abs(value - whole[i]! / 2)).toBeLessThan(1e-7);
    });
  });

  it("is refused where it gives other gradients than it got", async () => {
    const none: GradientClipping = { config: () => ({}), clip: () => [] };
    await expect(gradient(none)).rejects.toMatchObject({ code: "clipping-shape" });
  });
});
