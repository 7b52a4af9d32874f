import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encodeSafetensors } from "@loam/nn";
import { type StateTensor, toStateDict } from "@loam/nn/io/pytorch";
import { expect, test } from "vitest";
import { networks } from "../../packages/nn/test/pytorch/networks.js";

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

test.skipIf(!hasTorch())(
  "PyTorch (python3-torch) takes our state_dict strictly, and predicts the same",
  async () => {
    const tensors = new Map<string, StateTensor>();
    for (const [network, make] of Object.entries(networks)) {
      const model = make();
      // Moving averages and biases begin as 0 and 1: numbers that tell them apart.
      const told = (await model.getWeights()).map((one, k) => ({
        ...one,
        data: one.data.map((_, i) => 0.5 + 0.4 * Math.sin(1.7 * i + 5 * k)),
      }));
      await model.setWeights(told);
      const samples = 3;
      const inputs = Float32Array.from(
        { length: samples * model.inputShape.reduce((product, size) => product * size, 1) },
        (_, i) => (network === "words" ? (i * 7) % 11 : Math.cos(i)),
      );
      for (const [name, tensor] of await toStateDict(model)) tensors.set(`${network}/${name}`, tensor);
      const { data, shape } = await model.predict(inputs);
      tensors.set(`${network}/x`, { data: inputs, shape: [samples, ...model.inputShape] });
      tensors.set(`${network}/y`, { data, shape });
      await model.close();
    }
    const folder = mkdtempSync(join(tmpdir(), "loam-pytorch-"));
    try {
      const file = join(folder, "loam.safetensors");
      writeFileSync(file, encodeSafetensors({ tensors, metadata: {} }));
      const far = JSON.parse(execFileSync(python, [program, "compare", file], { encoding: "utf8" }));
      expect(Object.keys(far)).toEqual(Object.keys(networks));
      for (const [network, difference] of Object.entries(far))
        expect([network, (difference as number) < 1e-5]).toEqual([network, true]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
