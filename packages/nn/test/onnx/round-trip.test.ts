import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ShapeError } from "../../src/errors.js";
import { sizeOf } from "../../src/graph/shape.js";
import type { Tensor } from "../../src/graph/tensor.js";
import { givenValues } from "../../src/initializers/given.js";
import { decodeModel } from "../../src/io/onnx/codec.js";
import { Embedding } from "../../src/layers/embedding.js";
import { layerFromConfig } from "../../src/layers/registry.js";
import { ReversibleEmbedding } from "../../src/layers/reversible-embedding.js";
import { Input } from "../../src/layers/symbolic.js";
import type { Variable } from "../../src/layers/variable.js";
import { model } from "../../src/model/functional.js";
import type { Network } from "../../src/model/network.js";
import { onnxBytes } from "../../src/model/onnx-bytes.js";
import { describeModel } from "../../src/onnx/describe-model.js";
import { OnnxGraph } from "../../src/onnx/onnx-graph.js";
import { input } from "../../src/ops/leaves.js";
import { evaluateReference } from "../../src/reference/index.js";
import { type LayerCase, layerCases } from "../contracts/members.js";

/** Numbers without a pattern, in [−1, 1). */
const wave = (count: number, first: number) =>
  Float64Array.from({ length: count }, (_, i) => Math.sin(1.7 * i + first));

/** Places of a table, for layers that take indices. */
const places = (size: number) => (count: number) => Float64Array.from({ length: count }, (_, i) => i % size);

/** What a network makes of a batch, in float64. */
function outputOf(
  network: Network,
  batch: number,
  values: (count: number, first: number) => Float64Array,
  numbersOf: (variable: Variable) => Float64Array,
): { readonly shape: readonly number[]; readonly values: Float64Array } {
  const xs = network.inputShapes.map((shape) => input("x", [batch, ...shape]));
  const [output] = network.forward(xs, false).outputs as [Tensor];
  const leaves = new Map(xs.map((x, i) => [x, values(sizeOf(x.shape), i)]));
  for (const variable of network.variables) leaves.set(variable.tensor, numbersOf(variable));
  return { shape: output.shape, values: evaluateReference([output], leaves)[0]! };
}

/** A case's layer as a network, if its input fits. */
function networkOf({ layer, inputShape, inputShapes = [inputShape] }: LayerCase): Network | undefined {
  const inputs = inputShapes.map((shape, i) => new Input({ name: `x${i}`, shape }));
  try {
    return model({ inputs, outputs: layer.apply(inputs) }).network;
  } catch (error) {
    if (error instanceof ShapeError) return undefined;
    throw error;
  }
}

function asFile(network: Network, weights: ReadonlyMap<string, Float64Array>): Uint8Array {
  const numbers = network.variables.map(({ name, tensor }) => {
    return [tensor, { name, values: Float32Array.from(weights.get(name)!) }] as const;
  });
  return onnxBytes(network, new Map(numbers));
}

function readBack(bytes: Uint8Array): Network {
  const { description, inputShapes, weights } = describeModel(decodeModel(bytes));
  const inputs = inputShapes.map((shape, i) => new Input({ name: `x${i}`, shape }));
  return model({ inputs, outputs: new OnnxGraph({ graph: description }, weights).apply(inputs) }).network;
}

describe.each(Object.entries(layerCases))("%s as ONNX and back", (type, cases) => {
  it("computes the same, and for any batch", () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 3 }), (one, batch) => {
        // A layer object belongs to one model, and a case is tried again while it is made smaller.
        const layer = layerFromConfig(type, one.layer.config());
        const network = networkOf({ ...one, layer });
        fc.pre(network !== undefined);
        const values =
          layer instanceof Embedding || layer instanceof ReversibleEmbedding ? places(layer.inputDim) : wave;
        const weights = new Map(
          network.variables.map(({ name, shape }, i) => [
            name,
            // Above 0, since some are variances.
            wave(sizeOf(shape), i).map((x) => Math.fround(Math.abs(x) + 0.1)),
          ]),
        );
        const want = outputOf(network, batch, values, ({ name }) => weights.get(name)!);
        const back = readBack(asFile(network, weights));
        const got = outputOf(back, batch, values, ({ initializer }) =>
          Float64Array.from(givenValues(initializer)!),
        );
        expect(got.shape).toEqual(want.shape);
        // Constants are float32 in a file.
        got.values.forEach((value, i) => {
          expect(Math.abs(value - want.values[i]!)).toBeLessThanOrEqual(
            1e-6 * (1 + Math.abs(want.values[i]!)),
          );
        });
      }),
      { numRuns: 6 },
    );
  });
});
