import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loamProcess as loam, temporaryFolder } from "./support.js";

/** Python with NumPy and nothing else: safetensors are read by hand, as the format's page says. */
function python(program: string, root: string): string {
  writeFileSync(join(root, "program.py"), program);
  const python3 = ["/usr/bin/python3", "python3"].find((one) => {
    try {
      execFileSync(one, ["-c", "import numpy"], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  });
  expect(python3, "a python3 with numpy").toBeDefined();
  return execFileSync(python3!, ["program.py"], { cwd: root, encoding: "utf8" });
}

test("Python opens a model: the bytes of its tensors have the weights' hash", async (context) => {
  const root = temporaryFolder(context);
  const { stdout } = await loam(["train", "--limit", "300", "--out", "run", "--json"], root);
  const read = python(
    `
import hashlib, json, struct
import numpy as np
data = open("run/model.safetensors", "rb").read()
length, = struct.unpack("<Q", data[:8])
header = json.loads(data[8:8 + length])
metadata = header.pop("__metadata__")
values, digest, end = data[8 + length:], hashlib.sha256(), 0
for name, tensor in header.items():
    begin, end = tensor["data_offsets"]
    array = np.frombuffer(values[begin:end], "<f4").reshape(tensor["shape"])
    assert tensor["dtype"] == "F32" and np.isfinite(array).all()
    digest.update(array.tobytes())
assert end == len(values)
layers = [layer["type"] for layer in json.loads(metadata["loam"])["layers"]]
print(json.dumps({"names": list(header), "layers": layers, "hash": digest.hexdigest()}))
`,
    root,
  );
  expect(JSON.parse(read)).toEqual({
    names: ["conv2d1/kernel", "conv2d1/bias", "dense1/kernel", "dense1/bias"],
    layers: ["Conv2d", "ReLU", "Dropout", "Flatten", "Dense"],
    hash: JSON.parse(stdout).weightsHash,
  });
});

test("Loam predicts with the lessons' files what NumPy does", async (context) => {
  const root = temporaryFolder(context);
  const wanted = python(
    `
import json
import numpy as np
random = np.random.default_rng(0)
x, w1, b1 = random.normal(size=(20, 6)), random.normal(size=(6, 5)), random.normal(size=(1, 5))
w2, b2 = random.normal(size=(5, 3)), random.normal(size=3)
np.savez("weight.npz", mul1=w1, add1=b1, mul2=np.asfortranarray(w2), add2=b2)
layers = "MulLayer mul1 AddLayer add1 ReLU relu1 Dropout drop1 MulLayer mul2 AddLayer add2 SoftmaxLayer out"
open("model.txt", "w").write("weights/weight.npz\\n" + layers.replace(" ", "\\n") + "\\n")
np.savetxt("x.csv", x, delimiter=",")
z = np.maximum(x @ w1 + b1, 0) * 0.8 @ w2 + b2
p = np.exp(z - z.max(1, keepdims=True))
print(json.dumps((p / p.sum(1, keepdims=True)).tolist()))
`,
    root,
  );
  const { stdout } = await loam(["predict", "model.txt", "x.csv", "--json"], root);
  const found = JSON.parse(stdout).predictions.flatMap(
    (one: { probabilities: number[] }) => one.probabilities,
  );
  const expected = JSON.parse(wanted).flat();
  expect(found).toHaveLength(expected.length);
  for (const [i, p] of expected.entries()) expect(found[i]).toBeCloseTo(p, 5);
  expect(readFileSync(join(root, "model.txt"), "utf8")).toContain("MulLayer");
});

test("NumPy opens exported weights, and they are the model's", async (context) => {
  const root = temporaryFolder(context);
  const { stdout } = await loam(["train", "--limit", "300", "--out", "run", "--json"], root);
  expect((await loam(["export", "run/model.safetensors", "--format", "npz"], root)).code).toBe(0);
  const read = python(
    `
import hashlib, json
import numpy as np
arrays, digest = np.load("run/model.npz"), hashlib.sha256()
for name in arrays.files:
    digest.update(arrays[name].astype("<f4").tobytes())
print(json.dumps({"shapes": {name: arrays[name].shape for name in arrays.files}, "hash": digest.hexdigest()}))
`,
    root,
  );
  const { shapes, hash } = JSON.parse(read);
  expect(Object.keys(shapes)).toEqual(["conv2d1/kernel", "conv2d1/bias", "dense1/kernel", "dense1/bias"]);
  expect(shapes["dense1/bias"]).toEqual([10]);
  expect(hash).toBe(JSON.parse(stdout).weightsHash);
});
