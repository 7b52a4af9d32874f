import { describe, expect, it } from "vitest";
import { refusal } from "../../test/contracts/refusal.js";
import type { Shape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { Dense } from "../layers/dense.js";
import { Layer } from "../layers/layer.js";
import { ReLU } from "../layers/relu.js";
import { input } from "../ops/leaves.js";
import { reshape } from "../ops/reshape.js";
import { chainOf } from "./sequential.js";

describe("a network", () => {
  it("refuses one layer object twice, with parameters or without, and leaves it unnamed", () => {
    const relu = new ReLU();
    const dense = new Dense({ units: 3, name: "hidden" });
    expect([
      refusal(() => chainOf([dense, relu, new Dense({ units: 3 }), relu], [3])),
      refusal(() => chainOf([dense, relu, dense], [3])),
    ]).toMatchInlineSnapshot(`
      [
        "ConfigError built-twice: ReLU: expected a layer that no model has, got one that is in use already; make a new layer.",
        "ConfigError built-twice: Dense "hidden": expected a layer that no model has, got one that is in use already; make a new layer.",
      ]
    `);
    expect(relu.name).toBe("");
  });

  it("takes two objects of one class", () => {
    const { layers } = chainOf([new ReLU(), new ReLU()], [3]);
    expect(layers.map(({ name }) => name)).toEqual(["relu1", "relu2"]);
  });

  describe("refuses an output of another shape than the layer's outputShape", () => {
    class Folded extends Layer {
      readonly type = "Folded";
      constructor(
        readonly promised: Shape,
        readonly made: Shape,
      ) {
        super();
      }
      override config(): Record<string, unknown> {
        return {};
      }
      override outputShape(): Shape {
        return this.promised;
      }
      call(x: Tensor): Tensor {
        return reshape(x, this.made);
      }
    }
    const forward = (promised: Shape, made: Shape) =>
      chainOf([new ReLU(), new Folded(promised, made)], [6]).forward([input("x", [2, 6])], true);

    it("in a sample or in the batch", () => {
      expect([
        refusal(() => forward([6], [2, 3, 2])),
        refusal(() => forward([3], [4, 3])),
      ]).toMatchInlineSnapshot(`
        [
          "ShapeError output-shape: Folded "folded1": expected output of shape [2, 6], got [2, 3, 2]; make outputShape and call agree.",
          "ShapeError output-shape: Folded "folded1": expected output of shape [2, 3], got [4, 3]; make outputShape and call agree.",
        ]
      `);
      expect(forward([3, 2], [2, 3, 2]).layers.map(({ shape }) => shape)).toEqual([
        [2, 6],
        [2, 3, 2],
      ]);
    });
  });
});
