import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as nn from "@loam/nn";
import { exportC, exportCInt8 } from "@loam/nn/io/c";
import { afterAll, beforeAll, expect, test } from "vitest";

const hasCompiler = spawnSync("cc", ["--version"]).status === 0;
if (!hasCompiler) process.stderr.write("skipped   no cc on this machine to compile C with\n");

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "loam-c-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Compiles a header and gives what its predict makes of samples, one after the other. */
function run(header: string, inputs: Float32Array): Float32Array {
  writeFileSync(join(folder, "model.h"), header);
  writeFileSync(
    join(folder, "main.c"),
    `#include <stdio.h>
#include "model.h"
static float x[MODEL_INPUTS], y[MODEL_OUTPUTS];
int main(void) {
  while (fread(x, sizeof x, 1, stdin) == 1) {
    model_predict(x, y);
    if (fwrite(y, sizeof y, 1, stdout) != 1) return 1;
  }
  return 0;
}
`,
  );
  const flags = [
    "-std=c99",
    "-Wall",
    "-Wextra",
    "-Wconversion",
    "-Wno-sign-conversion",
    "-Werror",
    "-pedantic",
    "-O2",
  ];
  execFileSync("cc", [...flags, "main.c", "-o", "main", "-lm"], { cwd: folder });
  const bytes = execFileSync(join(folder, "main"), {
    input: new Uint8Array(inputs.buffer, inputs.byteOffset, inputs.byteLength),
    maxBuffer: 2 ** 28,
  });
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** Moving averages and biases begin as 0 and 1: numbers that tell them apart. */
async function tellApart(model: nn.Model): Promise<nn.Model> {
  const told = (await model.getWeights()).map((one, k) => ({
    ...one,
    data: one.data.map(
      (begun, i) => begun + (one.name.endsWith("ernel") ? 0 : 0.4 * Math.sin(1.7 * i + 5 * k) + 0.1),
    ),
  }));
  await model.setWeights(told);
  return model;
}

/** The greatest difference, beside the size of the numbers. */
function furthest(found: Float32Array, expected: Float32Array): number {
  expect(found.length).toBe(expected.length);
  return found.reduce(
    (most, y, i) => Math.max(most, Math.abs(y - expected[i]!) / Math.max(1, Math.abs(expected[i]!))),
    0,
  );
}

function residual({ product = true } = {}): nn.Model {
  const x = new nn.Input({ shape: [3, 9, 7] });
  const first = new nn.Conv2d({ filters: 6, kernelSize: 3, padding: "same", activation: "relu" }).apply(x);
  const second = new nn.BatchNorm().apply(
    new nn.Conv2d({ filters: 6, kernelSize: [3, 2], padding: [1, 1, 0, 1], groups: 3 }).apply(first),
  );
  const sum = new nn.SiLU().apply(new nn.Add().apply([first, second]));
  const gate = new nn.Sigmoid().apply(first);
  const gated = product
    ? new nn.Multiply().apply([sum, gate])
    : new nn.ReLU().apply(new nn.Add().apply([sum, gate]));
  const both = new nn.Concatenate({ axis: 1 }).apply([gated, first, sum]);
  const pooled = new nn.AvgPool2d({ kernelSize: 3, stride: 2, padding: 1 }).apply(
    new nn.BatchNorm().apply(both),
  );
  const outputs = new nn.Dense({ units: 4, activation: "softmax" }).apply(new nn.Flatten().apply(pooled));
  return nn.model({ inputs: x, outputs });
}

const chain = (inputShape: number[], ...layers: nn.Layer[]) =>
  new nn.Sequential(layers, { inputShape, seed: 3 });
const networks: Record<string, () => nn.Model> = {
  residual,
  ...Object.fromEntries(
    nn.standardModelNames.map((name) => [
      name,
      () => {
        const inputShape =
          name === "recordings" ? [20, 3] : ["cnn", "lenet", "pictures"].includes(name) ? [1, 16, 16] : [12];
        return chain(inputShape, ...nn.standardModel(name, { inputShape, classes: 5 }).layers);
      },
    ]),
  ),
  windows: () =>
    chain(
      [4, 11, 10],
      new nn.Conv2d({
        filters: 4,
        kernelSize: 3,
        stride: [2, 1],
        dilation: [1, 2],
        padding: 2,
        groups: 2,
        useBias: false,
      }),
      new nn.BatchNorm(),
      new nn.LeakyReLU({ slope: 0.2 }),
      new nn.DepthwiseConv2d({ kernelSize: 2, depthMultiplier: 2, padding: "same", activation: "hardSwish" }),
      new nn.SeparableConv2d({ filters: 5, kernelSize: 3, padding: "same", activation: "elu" }),
      new nn.BatchNorm({ center: false }),
      new nn.PReLU(),
      new nn.ZeroPad2d({ padding: [1, 0, 2, 1] }),
      new nn.AvgPool2d({ kernelSize: [3, 2], stride: 2, padding: [1, 0], includePadding: true }),
      new nn.MaxPool2d({ kernelSize: 2, stride: 1, padding: "same" }),
      new nn.Permute({ dims: [2, 3, 1] }),
      new nn.LayerNorm(),
      new nn.Dense({ units: 6, activation: "gelu" }),
      new nn.Reshape({ targetShape: [-1, 12] }),
      new nn.GELU({ approximate: true }),
      new nn.RMSNorm(),
      new nn.Dense({ units: 3, activation: "softmax" }),
    ),
  steps: () =>
    chain(
      [14, 3],
      new nn.Conv1d({
        filters: 6,
        kernelSize: 3,
        padding: "causal",
        dilation: 2,
        groups: 3,
        activation: "selu",
      }),
      new nn.BatchNorm(),
      new nn.Conv1d({ filters: 4, kernelSize: 4, stride: 2, padding: "same", activation: "softmax" }),
      new nn.MaxPool1d({ kernelSize: 3, stride: 2, padding: 1 }),
      new nn.AvgPool1d({ kernelSize: 2, stride: 1, padding: "same" }),
      new nn.PReLU({ axis: -1 }),
      new nn.GlobalMaxPool1d(),
      new nn.Softplus(),
    ),
  pooled: () =>
    chain(
      [2, 5, 4],
      new nn.Mish(),
      new nn.BatchNorm(),
      new nn.Tanh(),
      new nn.GlobalMaxPool2d({ keepDims: true }),
      new nn.Flatten(),
      new nn.Sigmoid(),
    ),
  mean: () => chain([6, 3], new nn.GlobalAvgPool1d(), new nn.LayerNorm({ scale: false })),
};

test.skipIf(!hasCompiler).each(Object.entries(networks))(
  "C, compiled, predicts as the model: %s",
  async (_, make) => {
    const model = await tellApart(make());
    const samples = 5;
    const size = model.inputShape.reduce((product, side) => product * side, 1);
    const inputs = Float32Array.from({ length: samples * size }, (_, i) => 2 * Math.cos(i * 1.3));
    model.scaling =
      size % 2 === 0
        ? { kind: "divide", by: 3 }
        : {
            kind: "standard",
            center: Array(size).fill(0.5),
            scale: Array(size).fill(0.7),
            shift: Array(size).fill(0.1),
          };
    const { data } = await model.predict({ data: inputs, shape: [samples, ...model.inputShape] });
    expect(furthest(run(await exportC(model), inputs), data)).toBeLessThan(1e-5);
    await model.close();
  },
);

const whole: Record<string, () => nn.Model> = {
  ...Object.fromEntries(
    ["mlp", "table", "recordings", "lenet", "pictures"].map((name) => [name, networks[name]!]),
  ),
  residual: () => residual({ product: false }),
  windows: () =>
    chain(
      [4, 11, 10],
      new nn.BatchNorm(),
      new nn.Conv2d({ filters: 4, kernelSize: 3, stride: [2, 1], dilation: [1, 2], padding: 2, groups: 2 }),
      new nn.LeakyReLU({ slope: 0.2 }),
      new nn.SeparableConv2d({ filters: 5, kernelSize: 3, padding: "same", activation: "elu" }),
      new nn.ZeroPad2d({ padding: [1, 0, 2, 1] }),
      new nn.AvgPool2d({ kernelSize: [3, 2], stride: 2, padding: [1, 0], includePadding: true }),
      new nn.MaxPool2d({ kernelSize: 2, stride: 1, padding: "same" }),
      new nn.AvgPool2d({ kernelSize: 2, stride: 1, padding: 1 }),
      new nn.Permute({ dims: [2, 3, 1] }),
      new nn.Dense({ units: 6, activation: "tanh" }),
      new nn.Flatten(),
      new nn.Dense({ units: 3 }),
    ),
  steps: () =>
    chain(
      [14, 3],
      new nn.Conv1d({ filters: 6, kernelSize: 3, padding: "causal", groups: 3, activation: "relu" }),
      new nn.MaxPool1d({ kernelSize: 3, stride: 2, padding: 1 }),
      new nn.BatchNorm(),
      new nn.GlobalAvgPool1d(),
      new nn.Dense({ units: 4, activation: "softmax" }),
    ),
};

test.skipIf(!hasCompiler).each(Object.entries(whole))(
  "C in int8 gives the integers that are computed here: %s",
  async (_, make) => {
    const model = await tellApart(make());
    const samples = 24;
    const size = model.inputShape.reduce((product, side) => product * side, 1);
    const data = Float32Array.from({ length: samples * size }, (_, i) => 2 * Math.cos(i * i * 1.3));
    const inputs = { data, shape: [samples, ...model.inputShape] };
    model.scaling = { kind: "divide", by: 3 };
    const { header, predict } = await exportCInt8(model, inputs);
    const found = run(header, data);
    const [here, real] = [(await predict(inputs)).data, (await model.predict(inputs)).data];
    if (model.network.closing === "softmax") expect(furthest(found, here)).toBeLessThan(1e-6);
    else expect(found).toEqual(here);
    // Of the numbers that come out, an 8-bit model is off by some hundredths of their spread.
    const spread = Math.max(...real) - Math.min(...real);
    expect(Math.sqrt(real.reduce((sum, y, i) => sum + (y - found[i]!) ** 2, 0) / real.length)).toBeLessThan(
      0.05 * spread,
    );
    await model.close();
  },
);

const digits = process.env.LOAM_DATA && join(process.env.LOAM_DATA, "mnist");
if (!digits) process.stderr.write("skipped   no LOAM_DATA with MNIST\n");

test.skipIf(!hasCompiler || !digits)(
  "C tells MNIST's test set as the model does, in int8 within 0.3 %",
  async () => {
    const { training, test: held } = await nn.loadMnist({ directory: digits! });
    const model = chain(
      [1, 28, 28],
      new nn.Conv2d({ filters: 8, kernelSize: 3, padding: 1, activation: "relu" }),
      new nn.MaxPool2d(),
      new nn.Conv2d({ filters: 16, kernelSize: 3, padding: 1, useBias: false }),
      new nn.BatchNorm(),
      new nn.ReLU(),
      new nn.MaxPool2d(),
      new nn.Flatten(),
      new nn.Dense({ units: 10, activation: "softmax" }),
    ).compile({ optimizer: "adam", loss: "softmaxCrossEntropy" });
    await model.fit(nn.takeSamples(training, 0, 20_000), { epochs: 1, batchSize: 64 });
    const inputs = held.inputs as { data: Uint8Array; shape: number[] };
    const raw = Float32Array.from(inputs.data);
    const { data } = await model.predict(inputs);
    expect(furthest(run(await exportC(model), raw), data)).toBeLessThan(1e-5);
    const some = nn.takeSamples(training, 0, 500).inputs as { data: Uint8Array; shape: number[] };
    const { header, predict } = await exportCInt8(model, some);
    const found = run(header, raw);
    const first = { data: raw.subarray(0, 200 * 784), shape: [200, 1, 28, 28] };
    expect(furthest(found.subarray(0, 2000), (await predict(first)).data)).toBeLessThan(1e-6);
    const accuracy = (outputs: Float32Array) => {
      let right = 0;
      held.labels.data.forEach((label, i) => {
        const row = outputs.subarray(i * 10, i * 10 + 10);
        if (row.indexOf(Math.max(...row)) === label) right++;
      });
      return right / held.labels.data.length;
    };
    const [before, after] = [accuracy(data), accuracy(found)];
    process.stdout.write(`float32 ${before}, int8 ${after}\n`);
    expect(before).toBeGreaterThan(0.9);
    expect(before - after).toBeLessThan(0.003);
    await model.close();
  },
);
