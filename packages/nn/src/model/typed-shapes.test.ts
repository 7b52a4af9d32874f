import { describe, expect, expectTypeOf, it } from "vitest";
import type { Shape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import {
  BatchNorm,
  Conv1d,
  Conv2d,
  Dense,
  Dropout,
  Embedding,
  Flatten,
  GlobalAvgPool1d,
  GlobalAvgPool2d,
  GRU,
  LSTM,
  MaxPool2d,
  ReLU,
  Reshape,
} from "../layers/index.js";
import { Layer } from "../layers/layer.js";
import { Sequential } from "./sequential.js";
import type { Fitting } from "./typed-shapes.js";

class Own extends Layer {
  readonly type = "Own";
  override call(x: Tensor): Tensor {
    return x;
  }
}

// What is expected of types is checked by tsc; the shapes that they promise, by running.
describe("the type of a Sequential", () => {
  it("has the sizes that are literal", () => {
    const dense = new Sequential([new Dense({ units: 16 }), new ReLU(), new Dense({ units: 3 })], {
      inputShape: [24],
    });
    expectTypeOf(dense.outputShape).toEqualTypeOf<readonly [3]>();
    expect(dense.outputShape).toEqual([3]);

    const cnn = new Sequential(
      [
        new Conv2d({ filters: 4, kernelSize: 3 }),
        new BatchNorm(),
        new MaxPool2d({ kernelSize: 2 }),
        new GlobalAvgPool2d(),
      ],
      { inputShape: [1, 8, 8], seed: 2 },
    );
    expectTypeOf(cnn.outputShape).toEqualTypeOf<readonly [4]>();
    expect(cnn.outputShape).toEqual([4]);

    const kept = new Sequential(
      [new GlobalAvgPool2d({ keepDims: true }), new Conv2d({ filters: 2, kernelSize: 1 })],
      {
        inputShape: [3, 8, 8],
      },
    );
    expectTypeOf(kept.outputShape).toEqualTypeOf<readonly [2, number, number]>();

    const pooled = new Sequential([new MaxPool2d({ kernelSize: 2 })], { inputShape: [3, 8, 8] });
    expectTypeOf(pooled.outputShape).toEqualTypeOf<readonly [3, number, number]>();
    const flat = new Sequential([new Flatten(), new Dense({ units: 5 })], { inputShape: [3, 8, 8] });
    expectTypeOf(flat.outputShape).toEqualTypeOf<readonly [5]>();

    const text = new Sequential(
      [
        new Embedding({ inputDim: 9, outputDim: 6 }),
        new LSTM({ units: 7, returnSequences: true }),
        new Dense({ units: 9 }),
      ],
      { inputShape: [5] },
    );
    expectTypeOf(text.outputShape).toEqualTypeOf<readonly [5, 9]>();
    expect(text.outputShape).toEqual([5, 9]);

    const last = new Sequential([new Conv1d({ filters: 4, kernelSize: 3 }), new GRU({ units: 2 })], {
      inputShape: [9, 3],
    });
    expectTypeOf(last.outputShape).toEqualTypeOf<readonly [2]>();
    expect(last.outputShape).toEqual([2]);
    const both = new Sequential([new LSTM({ units: 2, bidirectional: true })], { inputShape: [9, 3] });
    expectTypeOf(both.outputShape).toEqualTypeOf<readonly [number]>();
    expect(both.outputShape).toEqual([4]);
    const steps = new Sequential([new GlobalAvgPool1d()], { inputShape: [9, 3] });
    expectTypeOf(steps.outputShape).toEqualTypeOf<readonly [3]>();

    const nested = new Sequential([dense, new Dense({ units: 2 })], { inputShape: [24] });
    expectTypeOf(nested.outputShape).toEqualTypeOf<readonly [2]>();
  });

  it("is any shape where the compiler cannot know it, and then anything may follow", () => {
    const [units, sizes, layers] = [Math.ceil(2.5), [24].map((size) => size), [new Dense({ units: 3 })]];
    const unknown = new Sequential([new Dense({ units })], { inputShape: [24] });
    expectTypeOf(unknown.outputShape).toEqualTypeOf<readonly [number]>();
    const given = new Sequential([new Dense({ units: 3 })], { inputShape: sizes });
    expectTypeOf(given.outputShape).toEqualTypeOf<Shape>();
    expectTypeOf(new Sequential(layers, { inputShape: [24] }).outputShape).toEqualTypeOf<Shape>();
    const images = [
      new Reshape({ targetShape: [1, 4, 6] }),
      new Conv2d({ filters: 2, kernelSize: 3 }),
    ] as const;
    expectTypeOf(new Sequential(images, { inputShape: [24] }).outputShape).toEqualTypeOf<readonly number[]>();
    const own = new Sequential([new Own(), new Flatten(), ...[true, false].map(() => new ReLU())], {
      inputShape: [4],
    });
    expectTypeOf(own.outputShape).toEqualTypeOf<Shape>();
    const either = new Sequential([units > 2 ? new ReLU() : new Dropout({ rate: 0.5 })], { inputShape: [4] });
    expectTypeOf(either.outputShape).toEqualTypeOf<readonly [4]>();
    // A model that knows its sizes is one that does not.
    let any: Sequential = unknown;
    any = given;
    expect(any.outputShape).toEqual([3]);
    let one = new Dense({ units: 3 });
    one = new Dense({ units: 4 });
    expect(one.units).toBe(4);
  });

  it("refuses a layer that cannot follow, in words", () => {
    const conv = () =>
      // @ts-expect-error Type 'Conv2d<8>' is not assignable to type '"Conv2d takes samples of shape [channels, height, width] and cannot follow [784]"'
      new Sequential([new ReLU(), new Conv2d({ filters: 8, kernelSize: 3 })], { inputShape: [784] });
    expect(conv).toThrow("conv2d1");
    const lstm = () =>
      // @ts-expect-error one vector has no steps
      new Sequential([new LSTM({ units: 8 }), new LSTM({ units: 8 })], { inputShape: [5, 3] });
    expect(lstm).toThrow(/^LSTM/);
    const pool = () =>
      // @ts-expect-error behind Flatten there is no picture
      new Sequential([new Flatten(), new MaxPool2d({ kernelSize: 2 })], { inputShape: [1, 8, 8] });
    expect(pool).toThrow("maxPool2d1");
    expectTypeOf<Fitting<readonly [ReLU, Conv2d<8>, ReLU], readonly [784]>>().toEqualTypeOf<
      readonly [ReLU, "Conv2d takes samples of shape [channels, height, width] and cannot follow [784]", ReLU]
    >();
    expectTypeOf<Fitting<readonly [GRU<3>, LSTM<2>], readonly [5, 3]>>().toEqualTypeOf<
      readonly [GRU<3>, "LSTM takes samples of shape [steps, features] and cannot follow [3]"]
    >();
    expectTypeOf<Fitting<readonly [Flatten, Conv1d<2>], readonly [1, 8, 8]>>().toEqualTypeOf<
      readonly [Flatten, `Conv1d takes samples of shape [steps, features] and cannot follow [${number}]`]
    >();
  });
});
