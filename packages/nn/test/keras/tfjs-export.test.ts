import * as nn from "@loam/nn";
import { exportTfjs, importTfjs, type TfjsExport } from "@loam/nn/io/tfjs";
import { afterAll, describe, expect, it } from "vitest";
import { relu } from "../../src/ops/index.js";
import { networks, samples, tellApart } from "./networks.js";

const engine = await nn.createEngine({ threads: 1 });
afterAll(() => engine.close());

const readBack = ({ json, shards }: TfjsExport) =>
  importTfjs({ json, weights: (path) => shards.get(path)! }, { engine });

const chain = (inputShape: number[], ...layers: nn.Layer[]) =>
  new nn.Sequential(layers, { inputShape, seed: 3, engine });

describe.each(Object.entries(networks))("%s to TensorFlow.js and back", (name, make) => {
  it("are the same bits, and predict the same", async () => {
    const model = await tellApart(make(engine));
    const back = await readBack(await exportTfjs(model));
    expect(back.inputShape).toEqual(model.inputShape);
    const byName = (weights: readonly { name: string }[]) =>
      weights.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    expect(byName(await back.getWeights())).toEqual(byName(await model.getWeights()));
    const inputs = [{ data: samples(name, model.inputShape, 3), shape: [3, ...model.inputShape] }];
    const [want, got] = [await model.predictAll(inputs), await back.predictAll(inputs)];
    expect(got.map(({ shape }) => shape)).toEqual(want.map(({ shape }) => shape));
    want.forEach(({ data }, k) => {
      const most = Math.max(...data.map(Math.abs));
      data.forEach((value, i) => {
        expect(Math.abs(got[k]!.data[i]! - value)).toBeLessThan(1e-6 * most);
      });
    });
    await model.close();
    await back.close();
  });
});

it("writes a forget gate's beginning into its bias", async () => {
  const model = chain([4, 3], new nn.LSTM({ units: 2, bidirectional: true }), new nn.Dense({ units: 1 }));
  const back = await readBack(await exportTfjs(model));
  const bias = (await back.getWeights()).find(({ name }) => name === "lstm1/backwardBias")!;
  expect([...bias.data]).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
  const x = { data: samples("", [4, 3], 2), shape: [2, 4, 3] };
  const [want, got] = [await model.predict(x), await back.predict(x)];
  want.data.forEach((value, i) => {
    expect(got.data[i]).toBeCloseTo(value, 6);
  });
  await model.close();
  await back.close();
});

it("parts weights into files of 4 MiB", async () => {
  const model = chain([1025], new nn.Dense({ units: 1024, useBias: false, kernelInitializer: nn.zeros() }));
  const { json, shards } = await exportTfjs(model, { shardName: "net" });
  expect([...shards].map(([name, { length }]) => [name, length])).toEqual([
    ["net-shard1of2.bin", 4 * 2 ** 20],
    ["net-shard2of2.bin", 4096],
  ]);
  expect(JSON.parse(json)).toMatchObject({
    format: "layers-model",
    weightsManifest: [
      {
        paths: ["net-shard1of2.bin", "net-shard2of2.bin"],
        weights: [{ name: "dense1/kernel", shape: [1025, 1024], dtype: "float32" }],
      },
    ],
  });
  await model.close();
});

/** Computes something else than what it extends, under the same name. */
class Clipped extends nn.LSTM<number, true> {
  override call(x: nn.Tensor): nn.Tensor {
    return relu(super.call(x));
  }
}

it("names all that TensorFlow.js has nothing for", async () => {
  const model = chain(
    [4, 8, 8],
    new nn.Conv2d({ filters: 4, kernelSize: 3, groups: 2 }),
    new nn.GroupNorm({ groups: 2 }),
    new nn.MaxPool2d({ kernelSize: 3, padding: [1, 0] }),
    new nn.HardSwish({ name: "swish" }),
    new nn.Conv2d({ filters: 2, kernelSize: 1, activation: "hardSwish" }),
    new nn.ELU({ alpha: 2 }),
    new nn.GELU({ approximate: true }),
    new nn.Reshape({ targetShape: [2, -1] }),
    new nn.Conv1d({ filters: 2, kernelSize: 2, padding: "causal" }),
    new nn.LSTM({ units: 2, returnSequences: true, name: "theirs" }),
    new Clipped({ units: 2, returnSequences: true, name: "own" }),
    new nn.GRU({ units: 2 }),
  );
  const error = await exportTfjs(model).catch((one) => one);
  expect(error.code).toBe("tfjs-layer");
  for (const part of [
    'Conv2d "conv2d1" with groups 2',
    'GroupNorm "groupNorm1", ',
    'MaxPool2d "maxPool2d1" with padding [1,0]',
    'HardSwish "swish", ',
    'Conv2d "conv2d2" with the activation "hardSwish"',
    'ELU "elu1" with alpha 2',
    'GELU "gelu1" with approximate',
    'Conv1d "conv1d1" with padding "causal"',
    'LSTM "own" with a class of its own',
    'GRU "gru1" with a reset after the product',
  ])
    expect(error.message).toContain(part);
  expect(error.message).not.toContain("theirs");
  await model.close();
});
