import { readFileSync } from "node:fs";
import {
  BatchNorm,
  Dense,
  decodeSafetensors,
  encodeSafetensors,
  LSTM,
  MultiHeadAttention,
  Sequential,
} from "@loam/nn";
import { loadStateDict, type StateTensor, toStateDict } from "@loam/nn/io/pytorch";
import { describe, expect, it } from "vitest";
import { networks } from "./networks.js";

const { tensors: recorded } = decodeSafetensors(
  readFileSync(new URL("networks.safetensors", import.meta.url)),
);

/** A network's tensors of the file that PyTorch wrote; x and y are an input and what PyTorch made of it. */
function recordedOf(network: string) {
  const own = [...recorded].filter(([name]) => name.startsWith(`${network}/`));
  const dict = new Map(own.map(([name, tensor]) => [name.slice(network.length + 1), tensor]));
  const [x, y] = [dict.get("x")!, dict.get("y")!];
  dict.delete("x");
  dict.delete("y");
  return { dict, x, y };
}

describe.each(Object.keys(networks))("PyTorch's state_dict of %s", (network) => {
  it("predicts here what it predicts there, and goes out with the same bits", async () => {
    const model = networks[network]!();
    const { dict, x, y } = recordedOf(network);
    await loadStateDict(model, dict);
    const { data } = await model.predict(x.data);
    const largest = Math.max(...y.data.map(Math.abs));
    for (const [i, value] of y.data.entries())
      expect(Math.abs(data[i]! - value) / largest).toBeLessThan(1e-5);
    const out = await toStateDict(model);
    const shapes = (all: ReadonlyMap<string, Pick<StateTensor, "shape">>) =>
      [...all].map(([name, { shape }]) => `${name} ${shape}`).sort();
    expect(shapes(out)).toEqual(shapes(dict));
    for (const [name, tensor] of out) {
      // Two biases are one here, and the counter begins anew.
      const isSum = /^(lstm|simpleRNN).*bias/i.test(name);
      if (!isSum && tensor.dtype === undefined)
        expect([name, tensor.data]).toEqual([name, dict.get(name)!.data]);
    }
    await model.close();
  });

  it("is the same weights after a way there and back", async () => {
    const [model, other] = [networks[network]!(), networks[network]!()];
    for (const one of [model, other]) await one.ready();
    const drawn = (await model.getWeights()).map((one, k) => ({
      ...one,
      data: one.data.map((_, i) => Math.sin(i + 100 * k)),
    }));
    await model.setWeights(drawn);
    const file = encodeSafetensors({ tensors: await toStateDict(model), metadata: {} });
    await loadStateDict(other, decodeSafetensors(file).tensors);
    expect(await other.weightsHash()).toBe(await model.weightsHash());
    await model.close();
    await other.close();
  });
});

const small = (...layers: ConstructorParameters<typeof Sequential>[0]) =>
  new Sequential(layers, { inputShape: [3], threads: 1 });

it("takes other names of modules", async () => {
  const model = small(new Dense({ units: 2 }), new Dense({ units: 1 }));
  const names = { dense1: "0", dense2: "body.2" };
  const dict = await toStateDict(model, { names });
  expect([...dict.keys()]).toEqual(["0.weight", "0.bias", "body.2.weight", "body.2.bias"]);
  await loadStateDict(model, dict, { names });
  await expect(toStateDict(model, { names: { dense3: "0" } })).rejects.toMatchObject({
    code: "pytorch-names",
    message: expect.stringContaining("dense3"),
  });
  await model.close();
});

it("writes BatchNorm's counter as int64, and does without it", async () => {
  const model = small(new BatchNorm({ scale: false }));
  const dict = await toStateDict(model);
  expect(dict.get("batchNorm1.num_batches_tracked")).toEqual({
    data: new Float32Array(1),
    shape: [],
    dtype: "I64",
  });
  const text = new TextDecoder("latin1").decode(encodeSafetensors({ tensors: dict, metadata: {} }));
  expect(text).toMatch(/num_batches_tracked":\{"dtype":"I64","shape":\[\],"data_offsets":\[48,56\]/);
  dict.delete("batchNorm1.num_batches_tracked");
  await loadStateDict(model, dict);
  dict.set("batchNorm1.weight", { data: Float32Array.of(1, 2, 1), shape: [3] });
  await expect(loadStateDict(model, dict)).rejects.toMatchObject({ code: "pytorch-state-dict" });
  await model.close();
});

it("tells all that does not fit", async () => {
  const model = small(new Dense({ units: 2 }));
  const before = await model.weightsHash();
  const dict = new Map([
    ["dense1.weight", { data: new Float32Array(6), shape: [3, 2] }],
    ["fc.bias", { data: new Float32Array(2), shape: [2] }],
  ]);
  const error = await loadStateDict(model, dict).catch((one) => one);
  expect(error.code).toBe("pytorch-state-dict");
  for (const part of ["dense1.weight has shape", "dense1.bias is missing", "fc.bias belongs to no layer"])
    expect(error.message).toContain(part);
  expect(await model.weightsHash()).toBe(before);
  await model.close();
});

it.each([
  ["an LSTM that adds to a gate without a bias", new LSTM({ units: 2, useBias: false })],
  ["heads of another width than the queries", new MultiHeadAttention({ numHeads: 1, keyDim: 2 })],
])("refuses %s", async (_, layer) => {
  const model = new Sequential([layer], { inputShape: [2, 3], threads: 1 });
  await expect(toStateDict(model)).rejects.toMatchObject({ code: "pytorch-layer" });
  await model.close();
});
