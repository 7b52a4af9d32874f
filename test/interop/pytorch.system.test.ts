import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Adam, decodeSafetensors, encodeSafetensors, type Model, meanSquaredError, SGD } from "@loam/nn";
import { loadStateDict, type StateTensor, toStateDict } from "@loam/nn/io/pytorch";
import { expect, test } from "vitest";
import { networks, ofWords } from "../../packages/nn/test/pytorch/networks.js";

const python = "/usr/bin/python3";
const program = fileURLToPath(new URL("../../packages/nn/test/pytorch/networks.py", import.meta.url));

function hasTorch(): boolean {
  try {
    execFileSync(python, ["-c", "import torch"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Moving averages and biases begin as 0 and 1: numbers that tell them apart. */
async function tellApart(model: Model, size = 1): Promise<void> {
  const told = (await model.getWeights()).map((one, k) => ({
    ...one,
    data: one.data.map((_, i) => size * (0.5 + 0.4 * Math.sin(1.7 * i + 5 * k))),
  }));
  await model.setWeights(told);
}

function samplesOf(network: string, { inputShape }: Model, count = 3) {
  const shape = [count, ...inputShape];
  const length = shape.reduce((product, size) => product * size, 1);
  const data = Float32Array.from({ length }, (_, i) => (ofWords.has(network) ? (i * 7) % 11 : Math.cos(i)));
  return { data, shape };
}

/** Runs networks.py on a file of tensors, in a folder of its own. */
function python3<Result>(
  tensors: Map<string, StateTensor>,
  use: (file: string, folder: string) => Result,
): Result {
  const folder = mkdtempSync(join(tmpdir(), "loam-pytorch-"));
  try {
    const file = join(folder, "loam.safetensors");
    writeFileSync(file, encodeSafetensors({ tensors, metadata: {} }));
    return use(file, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test.skipIf(!hasTorch())(
  "PyTorch (python3-torch) takes our state_dict strictly, and predicts the same",
  async () => {
    const tensors = new Map<string, StateTensor>();
    for (const [network, make] of Object.entries(networks)) {
      const model = make();
      await tellApart(model);
      const x = samplesOf(network, model);
      for (const [name, tensor] of await toStateDict(model)) tensors.set(`${network}/${name}`, tensor);
      const { data, shape } = await model.predict(x);
      tensors.set(`${network}/x`, x);
      tensors.set(`${network}/y`, { data, shape });
      await model.close();
    }
    const far = python3(tensors, (file) =>
      JSON.parse(execFileSync(python, [program, "compare", file], { encoding: "utf8" })),
    );
    expect(Object.keys(far)).toEqual(Object.keys(networks));
    for (const [network, difference] of Object.entries(far))
      expect([network, (difference as number) < 1e-5]).toEqual([network, true]);
  },
);

test.skipIf(!hasTorch())(
  "a step of SGD gives the weights that PyTorch's gives, and more of them learn",
  async () => {
    const tensors = new Map<string, StateTensor>();
    const after = new Map<string, ReadonlyMap<string, StateTensor>>();
    for (const [network, make] of Object.entries(networks)) {
      const model = make();
      await tellApart(model, 0.3);
      const x = samplesOf(network, model, 4);
      const begun = await toStateDict(model);
      for (const [name, tensor] of begun) tensors.set(`${network}/${name}`, tensor);
      const { data, shape } = await model.predict(x);
      const y = { data: data.map((value, i) => value + 0.5 + 0.3 * Math.sin(3 * i)), shape };
      tensors.set(`${network}/x`, x);
      tensors.set(`${network}/y`, y);
      // As weights that came from PyTorch.
      const imported = make();
      await loadStateDict(imported, begun);
      imported.compile({ optimizer: new SGD({ learningRate: 0.02 }), loss: meanSquaredError() });
      await imported.fit(x, y, { epochs: 1, batchSize: 4 });
      after.set(network, await toStateDict(imported));
      imported.compile({ optimizer: new Adam({ learningRate: 0.003 }), loss: meanSquaredError() });
      // As training sees it: a BatchNorm's averages follow slowly.
      const { epochs } = await imported.fit(x, y, { epochs: 20, batchSize: 4 });
      expect([network, epochs.at(-1)!.loss < epochs[0]!.loss]).toEqual([network, true]);
      await model.close();
      await imported.close();
    }
    const theirs = python3(tensors, (file, folder) => {
      const out = join(folder, "after.safetensors");
      execFileSync(python, [program, "step", file, out]);
      return decodeSafetensors(readFileSync(out)).tensors;
    });
    for (const [network, dict] of after) {
      for (const [name, { data }] of dict) {
        // PyTorch keeps n/(n - 1) times the variance, counts batches, and has a second bias where there is one here.
        if (/running_var|num_batches|(lstm|simpleRnn).*bias_hh/.test(name)) continue;
        const wanted = theirs.get(`${network}/${name}`)!.data;
        const far = data.reduce((most, value, i) => Math.max(most, Math.abs(value - wanted[i]!)), 0);
        expect([network, name, far < 1e-5]).toEqual([network, name, true]);
        const begun = tensors.get(`${network}/${name}`)!.data;
        const moved = wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - begun[i]!)), 0);
        if (name.includes("weight")) expect([network, name, moved > 2e-5]).toEqual([network, name, true]);
      }
    }
  },
);
