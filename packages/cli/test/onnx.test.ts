import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeSafetensors } from "@loam/nn";
import { decodeNpz, encodeNpz } from "@loam/nn/io/npz";
import { expect, test } from "vitest";
import { loam, temporaryFolder } from "./support.js";

test("a model goes out as ONNX and comes in again", async (context) => {
  const folder = temporaryFolder(context);
  const rows = Array.from(
    { length: 40 },
    (_, i) => `${i % 2 ? "yes" : "no"},${(i % 2) * 10 + (i % 5)},${i % 7}`,
  );
  writeFileSync(join(folder, "table.csv"), ["answer,a,b", ...rows].join("\n"));
  const words = ["--target", "answer", "--model", "softmax", "--epochs", "1", "--seed", "1", "--out", "run"];
  expect((await loam(["train", "--data", "table.csv", ...words], folder)).code).toBe(0);

  const out = await loam(["export", "run/model.safetensors", "--json"], folder);
  expect(out.stderr).toContain("columns");
  expect(JSON.parse(out.stdout)).toEqual({ out: join("run", "model.onnx"), bytes: expect.any(Number) });

  const back = await loam(["import", "run/model.onnx", "--out", "back.safetensors"], folder);
  expect([back.code, back.stdout]).toEqual([0, "back.safetensors\n"]);
  const parameters = async (file: string) =>
    JSON.parse((await loam(["summary", file, "--json"], folder)).stdout).parameters;
  expect(await parameters("back.safetensors")).toBe(await parameters("run/model.safetensors"));
  expect(await parameters("run/model.onnx")).toBe(await parameters("run/model.safetensors"));
});

test("what is no ONNX file gets one sentence", async (context) => {
  const folder = temporaryFolder(context);
  writeFileSync(join(folder, "broken.onnx"), "not a model");
  const broken = await loam(["import", "broken.onnx"], folder);
  expect([broken.code, broken.stdout]).toEqual([1, ""]);
  expect(broken.stderr).toMatch(/^loam: broken\.onnx: .*onnx/);
  const other = await loam(["import", "table.csv"], folder);
  expect(other.code).toBe(2);
  const format = await loam(["export", "broken.onnx", "--format", "h5"], folder);
  expect(format.code).toBe(2);
});

test("weights go out as PyTorch has them and come in again", async (context) => {
  const folder = temporaryFolder(context);
  const rows = Array.from(
    { length: 40 },
    (_, i) => `${i % 2 ? "yes" : "no"},${(i % 2) * 10 + (i % 5)},${i % 7}`,
  );
  writeFileSync(join(folder, "table.csv"), ["answer,a,b", ...rows].join("\n"));
  const words = ["--target", "answer", "--model", "softmax", "--epochs", "1"];
  for (const seed of ["1", "2"]) {
    const trained = await loam(
      ["train", "--data", "table.csv", ...words, "--seed", seed, "--out", seed],
      folder,
    );
    expect(trained.code).toBe(0);
  }
  const layout = ["--format", "safetensors", "--layout", "pytorch"];
  const out = await loam(["export", "1/model.safetensors", ...layout], folder);
  const file = join("1", "model.pytorch.safetensors");
  expect([out.code, out.stdout]).toEqual([0, `${file}\n`]);
  expect([...decodeSafetensors(readFileSync(join(folder, file))).tensors.keys()]).toEqual([
    "dense1.weight",
    "dense1.bias",
  ]);

  const back = await loam(
    ["import", file, "--like", "2/model.safetensors", "--out", "back.safetensors"],
    folder,
  );
  expect([back.code, back.stdout]).toEqual([0, "back.safetensors\n"]);
  const tensorsOf = (path: string) => decodeSafetensors(readFileSync(join(folder, path))).tensors;
  expect(tensorsOf("back.safetensors")).toEqual(tensorsOf("1/model.safetensors"));
  for (const wrong of [
    ["export", "1/model.safetensors", "--format", "safetensors"],
    ["export", "1/model.safetensors", "--layout", "pytorch"],
    ["import", file, "--out", "other.safetensors"],
    ["import", file, "--like", "2/model.safetensors"],
  ])
    expect((await loam(wrong, folder)).code).toBe(2);
});

test("a .keras file comes in, goes out for TensorFlow.js and NumPy, and comes in again", async (context) => {
  const folder = temporaryFolder(context);
  const keras = fileURLToPath(new URL("../../nn/test/keras/pictures.keras", import.meta.url));
  const summary = await loam(["summary", keras, "--json"], folder);
  expect(JSON.parse(summary.stdout).parameters).toBe(27 + 6 + 148 + 20);
  const taken = await loam(["import", keras], folder);
  expect([taken.code, taken.stdout]).toEqual([0, "pictures.safetensors\n"]);

  const out = await loam(["export", "pictures.safetensors", "--format", "tfjs", "--out", "web.json"], folder);
  expect([out.code, out.stdout]).toEqual([0, "web.json\nweb-shard1of1.bin\n"]);
  const back = await loam(["import", "web.json", "--json"], folder);
  expect(JSON.parse(back.stdout)).toEqual({ out: "web.safetensors", parameters: expect.any(Number) });
  const weightsOf = (path: string) => decodeSafetensors(readFileSync(join(folder, path))).tensors;
  expect(weightsOf("web.safetensors")).toEqual(weightsOf("pictures.safetensors"));

  expect((await loam(["export", "web.safetensors", "--format", "npz"], folder)).code).toBe(0);
  const arrays = decodeNpz(readFileSync(join(folder, "web.npz")));
  const doubled = [...arrays].map(
    ([name, { data, shape }]) => [name, { data: data.map((x) => 2 * x), shape }] as const,
  );
  writeFileSync(join(folder, "doubled.npz"), encodeNpz(new Map(doubled)));
  const like = ["import", "doubled.npz", "--like", "web.safetensors"];
  expect((await loam(like, folder)).code).toBe(2);
  expect((await loam([...like, "--out", "doubled.safetensors"], folder)).code).toBe(0);
  for (const [name, { data }] of weightsOf("doubled.safetensors"))
    expect([name, data]).toEqual([
      name,
      weightsOf("web.safetensors")
        .get(name)!
        .data.map((x) => 2 * x),
    ]);

  writeFileSync(join(folder, "broken.keras"), "not a zip");
  const broken = await loam(["import", "broken.keras"], folder);
  expect([broken.code, broken.stdout]).toEqual([1, ""]);
  expect(broken.stderr).toMatch(/^loam: broken\.keras: .*\.keras/);
});

test("a model goes out as C, and int8 says what it costs", async (context) => {
  const folder = temporaryFolder(context);
  const rows = Array.from(
    { length: 40 },
    (_, i) => `${i % 2 ? "yes" : "no"},${(i % 2) * 10 + (i % 5)},${i % 7}`,
  );
  writeFileSync(join(folder, "table.csv"), ["answer,a,b", ...rows].join("\n"));
  const words = ["--target", "answer", "--model", "softmax", "--epochs", "40", "--seed", "1", "--out", "run"];
  expect((await loam(["train", "--data", "table.csv", ...words], folder)).code).toBe(0);
  const c = ["export", "run/model.safetensors", "--format", "c"];

  const float = await loam([...c, "--out", "8 answers.h"], folder);
  expect([float.code, float.stdout]).toEqual([0, "8 answers.h\n"]);
  expect(readFileSync(join(folder, "8 answers.h"), "utf8")).toContain("void model_predict(");

  const int8 = await loam(
    [...c, "--out", "answers.h", "--int8", "--calibrate", "table.csv", "--json"],
    folder,
  );
  expect(JSON.parse(int8.stdout)).toEqual({
    out: "answers.h",
    bytes: expect.any(Number),
    name: "answers",
    int8: { calibratedOn: 20, measuredOn: 10, accuracy: { float32: 1, int8: 1 } },
  });
  expect(readFileSync(join(folder, "answers.h"), "utf8")).toContain("void answers_predict(");
  const told = await loam([...c, "--int8", "--calibrate", "table.csv"], folder);
  expect(told.stdout).toMatch(
    /^run.model\.h\nint8 {6}accuracy 100\.00 %, 100\.00 % in float32, on 10 samples/,
  );

  for (const wrong of [["--int8"], ["--calibrate", "table.csv"]])
    expect((await loam([...c, ...wrong], folder)).code).toBe(2);
  expect((await loam(["export", "run/model.safetensors", "--int8"], folder)).code).toBe(2);
});
