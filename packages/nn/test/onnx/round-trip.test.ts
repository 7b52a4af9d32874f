import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ShapeError } from "../../src/errors.js";
import { sizeOf } from "../../src/graph/shape.js";
import type { Tensor } from "../../src/graph/tensor.js";
import { givenValues } from "../../src/initializers/given.js";
import { decodeModel } from "../../src/io/onnx/codec.js";
import { tensorData } from "../../src/io/onnx/tensor-data.js";
import { BatchNorm } from "../../src/layers/batch-norm.js";
import { Conv1d } from "../../src/layers/conv1d.js";
import { Dense } from "../../src/layers/dense.js";
import { Embedding } from "../../src/layers/embedding.js";
import { GRU } from "../../src/layers/gru.js";
import type { Layer } from "../../src/layers/layer.js";
import { LSTM } from "../../src/layers/lstm.js";
import { layerFromConfig } from "../../src/layers/registry.js";
import { ReversibleEmbedding } from "../../src/layers/reversible-embedding.js";
import { Input, type SymbolicTensor } from "../../src/layers/symbolic.js";
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

/** Numbers of a variable that no other place has. */
const numbersOf = ({ shape }: Variable, first: number) =>
  wave(sizeOf(shape), first).map((x) => Math.fround(Math.abs(x) + 0.1));

function fileOf(network: Network) {
  const weights = new Map(network.variables.map((variable, i) => [variable.name, numbersOf(variable, i)]));
  const bytes = asFile(network, weights);
  const { graph } = decodeModel(bytes);
  const kinds = (graph!.node ?? []).map(({ opType }) => opType!);
  return { bytes, weights, kinds, initializers: graph!.initializer ?? [] };
}

const sequence = (...layers: Layer[]) => {
  const x = new Input({ shape: [5, 3] });
  return model({ inputs: x, outputs: layers.reduce((y, layer) => layer.apply(y), x as SymbolicTensor) })
    .network;
};

it("weights in a file are the same bits by their names, those of a recurrence in ONNX's order of gates", () => {
  const network = sequence(
    new Conv1d({ filters: 4, kernelSize: 3 }),
    new BatchNorm(),
    new LSTM({ units: 2, bidirectional: true, returnSequences: true }),
    new GRU({ units: 3 }),
    new Dense({ units: 2 }),
  );
  const { weights, kinds, initializers } = fileOf(network);
  expect(kinds).toEqual(expect.arrayContaining(["LSTM", "GRU"]));
  expect(kinds).not.toContain("Scan");
  const inFile = new Map(initializers.map((one) => [one.name!, tensorData(one)]));
  for (const [name, values] of weights) {
    if (/^(lstm|gru)/.test(name)) continue;
    expect([name, [...inFile.get(name)!.values]]).toEqual([name, [...values]]);
  }
  const sorted = (values: Iterable<number>) => [...values].toSorted((a, b) => a - b);
  const all = (...names: string[]) => sorted(names.flatMap((name) => [...weights.get(name)!]));
  // input, output, forget, cell: of x's first feature and the first unit, the forward direction's first.
  const kernel = weights.get("lstm1/kernel")!;
  const { shape, values } = inFile.get("lstm1/kernel")!;
  expect(shape).toEqual([2, 8, 4]);
  expect([0, 2, 4, 6].map((row) => values[row * 4])).toEqual([0, 6, 2, 4].map((column) => kernel[column]));
  expect(sorted(values)).toEqual(all("lstm1/kernel", "lstm1/backwardKernel"));
  // What is added to a forget gate is beside the layer's own bias.
  expect(sorted(inFile.get("lstm1/bias")!.values)).toEqual(
    sorted([...all("lstm1/bias", "lstm1/backwardBias"), ...Array(12).fill(0), ...Array(4).fill(1)]),
  );
  expect(sorted(inFile.get("gru1/bias")!.values)).toEqual(all("gru1/bias", "gru1/recurrentBias"));
});

class OwnLstm extends LSTM<number, true, true> {}
class OwnGru extends GRU {}

it("a recurrence of one's own is a loop, and computes the same", () => {
  const network = sequence(
    new OwnLstm({ units: 2, bidirectional: true, returnSequences: true }),
    new OwnGru({ units: 3 }),
  );
  const { bytes, weights, kinds } = fileOf(network);
  expect(kinds).toContain("Scan");
  expect(kinds).not.toContain("LSTM");
  const want = outputOf(network, 2, wave, ({ name }) => weights.get(name)!);
  const got = outputOf(readBack(bytes), 2, wave, ({ initializer }) =>
    Float64Array.from(givenValues(initializer)!),
  );
  got.values.forEach((value, i) => {
    expect(value).toBeCloseTo(want.values[i]!, 6);
  });
});
