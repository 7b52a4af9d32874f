import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ShapeError } from "../../src/errors.js";
import { type Shape, sizeOf } from "../../src/graph/shape.js";
import type { Tensor } from "../../src/graph/tensor.js";
import * as exported from "../../src/layers/index.js";
import {
  type CallContext,
  Input,
  Layer,
  layerClasses,
  layerFromConfig,
  type Variable,
} from "../../src/layers/index.js";
import { input } from "../../src/ops/leaves.js";
import { evaluateReference } from "../../src/reference/index.js";
import { type LayerCase, layerCases } from "./members.js";
import { refusal } from "./refusal.js";

const inference: CallContext = { training: false, inputs: [], stream: () => 0, assign: () => {} };

/** The inferred shape of a layer, which then has its variables, or undefined where it says that its input does not fit. */
function inferred(layer: Layer, { inputShape, inputShapes = [inputShape] }: LayerCase): Shape | undefined {
  try {
    return layer.apply(inputShapes.map((shape) => new Input({ shape }))).shape;
  } catch (error) {
    if (error instanceof ShapeError) return undefined;
    throw error;
  }
}

/** Numbers that are neither alike nor regular, in (−1, 1). */
function someValues(length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => ((i * 7919) % 101) / 51 - 0.99);
}

it("has every exported layer on its list, and in the registry", () => {
  const classes = Object.values(exported).filter(
    (value) => typeof value === "function" && value.prototype instanceof Layer,
  );
  const names = classes.map((value) => (value as { name: string }).name).sort();
  expect(Object.keys(layerCases).sort()).toEqual(names);
  expect(Object.keys(layerClasses).sort()).toEqual(names);
});

describe.each(Object.entries(layerCases))("%s", (type, cases) => {
  it("says its type", () => {
    fc.assert(
      fc.property(cases, ({ layer }) => {
        expect(layer.type).toBe(type);
        expect(layer.constructor).toBe(layerClasses[type]);
      }),
    );
  });

  it("comes back from its configuration as JSON", () => {
    fc.assert(
      fc.property(cases, (one) => {
        const { layer } = one;
        const config = JSON.parse(JSON.stringify(layer.config()));
        const again = layerFromConfig(type, config);
        expect(again.name).toBe(layer.name);
        expect(again.config()).toEqual(layer.config());
        const shape = inferred(layer, one);
        expect(inferred(again, one)).toEqual(shape);
        if (shape) expect(again.variables.map(without)).toEqual(layer.variables.map(without));
      }),
    );
  });

  it("has the inferred shape when it runs, training or not", () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 3 }), (one, batch) => {
        const { layer, inputShape, inputShapes = [inputShape] } = one;
        const shape = inferred(layer, one);
        fc.pre(shape !== undefined);
        const inputs = inputShapes.map((sample) => input("x", [batch, ...sample]));
        const y = layer.call(inputs[0]!, { ...inference, inputs });
        expect(y.shape).toEqual([batch, ...shape!]);
        const training = { ...inference, inputs, training: true, stream: () => 3 };
        expect(layer.call(inputs[0]!, training).shape).toEqual(y.shape);
        const leaves = new Map(
          [...inputs, ...layer.variables.map(({ tensor }) => tensor)].map((leaf) => [
            leaf,
            someValues(sizeOf(leaf.shape)),
          ]),
        );
        // A state may be a variance.
        for (const { role, tensor } of layer.variables)
          if (role === "state") leaves.set(tensor, leaves.get(tensor)!.map(Math.abs));
        const [values] = evaluateReference([y], leaves);
        expect(values!.length).toBe(sizeOf(y.shape));
        expect(values!.every(Number.isFinite)).toBe(true);
      }),
    );
  });

  it("infers alike before and after it is built", () => {
    fc.assert(
      fc.property(cases, (one) => {
        const shape = inferred(one.layer, one);
        fc.pre(shape !== undefined);
        expect(inferred(one.layer, one)).toEqual(shape);
      }),
    );
  });

  it("names its variables apart, gives them sizes and has a scalar penalty, if any", () => {
    fc.assert(
      fc.property(cases, (one) => {
        const { layer } = one;
        fc.pre(inferred(layer, one) !== undefined);
        const parameters = layer.variables;
        expect(new Set(parameters.map(({ name }) => name)).size).toBe(parameters.length);
        for (const { shape } of parameters)
          expect(shape.every((n) => Number.isInteger(n) && n > 0)).toBe(true);
        const penalty: Tensor | undefined = layer.regularization?.();
        if (penalty) expect(penalty.shape).toEqual([]);
      }),
    );
  });

  it("refuses an option that it does not have", () => {
    fc.assert(
      fc.property(cases, ({ layer }) => {
        const config = { ...layer.config(), unit: 3 };
        expect(refusal(() => layerFromConfig(type, config))).toMatch(
          /^ConfigError unknown-option: .*expected options among .*name, got "unit"\.$/,
        );
      }),
    );
  });

  it("refuses options that are no object", () => {
    for (const config of [null, 3, "relu", [1]]) {
      expect(refusal(() => layerFromConfig(type, config as never))).toMatch(
        /^ConfigError options-not-an-object: /,
      );
    }
  });

  it("knows what it is called, also in messages", () => {
    fc.assert(
      fc.property(cases, ({ layer }) => {
        const named = layerFromConfig(type, {
          ...layer.config(),
          name: "conv/kernel" === layer.name ? "a" : "mine",
        });
        expect(named.name).toBe("mine");
        expect(refusal(() => layerFromConfig(type, { ...layer.config(), name: "a/b" }))).toBe(
          'ConfigError name-not-usable: Layer: name must be a string without "/", which parts it from the parameter\'s, got "a/b".',
        );
      }),
    );
  });
});

function without({ name, shape, initializer, role, trainable }: Variable): Omit<Variable, "tensor"> {
  return { name, shape, initializer, role, trainable };
}
