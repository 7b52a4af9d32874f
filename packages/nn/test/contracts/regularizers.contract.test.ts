import { describe, expect, it } from "vitest";
import { gradients } from "../../src/autodiff/gradients.js";
import { Conv2d, Dense } from "../../src/layers/index.js";
import { parameterTensor } from "../../src/ops/leaves.js";
import { evaluateReference } from "../../src/reference/index.js";
import * as exported from "../../src/regularizers/index.js";
import { l1, l1l2, l2, type Regularizer } from "../../src/regularizers/index.js";
import { penalty } from "../../src/regularizers/regularizer.js";

const w = [0.5, -2, 0, 3];

/** Value and gradient for w = (0.5, −2, 0, 3): Σ|w| = 5.5, Σw² = 13.25; the slope of |w| at 0 is taken as 0. */
const cases: Readonly<
  Record<string, readonly { regularizer: Regularizer; value: number; gradient: number[] }[]>
> = {
  l1: [{ regularizer: l1(0.5), value: 2.75, gradient: [0.5, -0.5, 0, 0.5] }],
  l2: [{ regularizer: l2(0.25), value: 3.3125, gradient: [0.25, -1, 0, 1.5] }],
  l1l2: [
    { regularizer: l1l2({ l1: 0.5, l2: 0.25 }), value: 6.0625, gradient: [0.75, -1.5, 0, 2] },
    { regularizer: l1l2({ l1: 0, l2: 0.25 }), value: 3.3125, gradient: [0.25, -1, 0, 1.5] },
  ],
};

it("has every exported regularizer on its list", () => {
  expect(Object.keys(cases).sort()).toEqual(Object.keys(exported).sort());
});

describe.each(Object.entries(cases))("%s", (kind, examples) => {
  it.each(examples)("adds %j", ({ regularizer, value, gradient }) => {
    expect(regularizer.kind).toBe(kind);
    const tensor = parameterTensor("w", [2, 2]);
    const added = penalty(regularizer, tensor)!;
    const [dw] = gradients(added, [tensor]);
    const [got, slope] = evaluateReference([added, dw!], new Map([[tensor, Float64Array.from(w)]]));
    expect([...got!]).toEqual([value]);
    expect([...slope!]).toEqual(gradient);
  });
});

it("touches the kernel and not the bias", () => {
  for (const layer of [
    new Dense({ units: 2, kernelRegularizer: l2(1) }),
    new Conv2d({ filters: 2, kernelSize: 1, kernelRegularizer: l2(1) }),
  ]) {
    layer.makeVariables(layer.type === "Dense" ? [2] : [2, 1, 1]);
    const [kernel, bias] = layer.variables.map(({ tensor }) => tensor);
    const [dw, db] = gradients(layer.regularization()!, [kernel!, bias!]);
    expect(dw!.shape).toEqual(kernel!.shape);
    expect(db).toBeUndefined();
  }
});

it("adds nothing at all with a strength of 0", () => {
  expect(penalty(l2(0), parameterTensor("w", [3]))).toBeUndefined();
});
