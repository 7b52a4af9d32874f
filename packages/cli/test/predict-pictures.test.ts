import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Dense, Flatten, Sequential, SGD, saveModel, softmaxCrossEntropy } from "@loam/nn";
import { imageFolder } from "@loam/nn/data/images";
import { expect, test } from "vitest";
import { plainPng, pngFile } from "../../nn/test/support/png-file.js";
import { idx, loam, temporaryFolder } from "./support.js";

/** Stripes that fill their picture: no drawing that could be centred. */
const stripes = (across: boolean, i: number) => (x: number, y: number) =>
  ((across ? y : x) + i) % 14 < 7 ? 40 : 190;

test("a model of IDX files of other things than drawn digits is shown pictures as they are", async (context) => {
  const root = temporaryFolder(context);
  const labels = Array.from({ length: 60 }, (_, i) => i % 2);
  const pixels = labels.flatMap((label, i) =>
    Array.from({ length: 784 }, (_, at) => stripes(label === 0, i)(at % 28, Math.floor(at / 28))),
  );
  mkdirSync(join(root, "own"));
  writeFileSync(join(root, "own", "train-images-idx3-ubyte"), idx([60, 28, 28], pixels));
  writeFileSync(join(root, "own", "train-labels-idx1-ubyte"), idx([60], labels));
  const names = [0, 1, 2, 3].map((i) => {
    const form = { width: 28, height: 28, depth: 8, type: 0, sample: stripes(i % 2 === 0, 5 * i) } as const;
    writeFileSync(join(root, `${i}.png`), pngFile(form));
    return `${i}.png`;
  });
  const words = [
    "train",
    "--data",
    "own",
    "--model",
    "lenet",
    "--epochs",
    "40",
    "--seed",
    "1",
    "--out",
    "run",
  ];
  expect((await loam(words, root)).code).toBe(0);
  const { stdout } = await loam(["predict", join("run", "model.safetensors"), ...names, "--json"], root);
  const { predictions } = JSON.parse(stdout) as { predictions: { label: number; probability: number }[] };
  expect(predictions.map(({ label }) => label)).toEqual([0, 1, 0, 1]);
  for (const { probability } of predictions) expect(probability).toBeGreaterThan(0.9);
});

test("a model of a folder of pictures tells those of any size, and says what is none", async (context) => {
  const root = temporaryFolder(context);
  const read = (bytes: Uint8Array) => async () => bytes;
  const red = (shade: number) => plainPng(20, 30, [shade, 10, 10]);
  const blue = (shade: number) => plainPng(30, 20, [10, 10, shade]);
  const { training } = await imageFolder(
    [120, 160, 200, 240].flatMap((shade) => [
      { path: `red/${shade}.png`, read: read(red(shade)) },
      { path: `blue/${shade}.png`, read: read(blue(shade)) },
    ]),
    { size: 4 },
  );
  const model = new Sequential([new Flatten(), new Dense({ units: 2 })], {
    inputShape: [3, 4, 4],
    seed: 1,
    threads: 1,
  });
  model.compile({ optimizer: new SGD({ learningRate: 0.1 }), loss: softmaxCrossEntropy() });
  await model.fit(training, { steps: 50, batchSize: 8 });
  writeFileSync(join(root, "m.safetensors"), await saveModel(model));
  await model.close();
  writeFileSync(join(root, "r.png"), red(180));
  writeFileSync(join(root, "b.jpeg"), blue(180)); // a PNG whatever its name says
  const { stdout } = await loam(["predict", "m.safetensors", "r.png", "b.jpeg"], root);
  expect(stdout.split("\n").map((line) => line.split(/\s+/)[1])).toEqual(["red", "blue", undefined]);
  writeFileSync(join(root, "x.gif"), "GIF89a");
  const bad = await loam(["predict", "m.safetensors", "x.gif"], root);
  expect([bad.code, bad.stderr]).toEqual([1, "loam: x.gif: is a GIF; save it as PNG or JPEG.\n"]);

  // All below a folder, in the order of their names; what is no picture by its name is passed over.
  mkdirSync(join(root, "new", "deeper"), { recursive: true });
  writeFileSync(join(root, "new", "b.png"), blue(200));
  writeFileSync(join(root, "new", "deeper", "r.png"), red(200));
  writeFileSync(join(root, "new", "notes.txt"), "of the pictures");
  const folder = await loam(["predict", "m.safetensors", "new", "--csv", "-"], root);
  expect(folder.stdout).toBe(
    `file,class\n${join("new", "b.png")},blue\n${join("new", "deeper", "r.png")},red\n`,
  );
  mkdirSync(join(root, "empty"));
  const empty = await loam(["predict", "m.safetensors", "empty"], root);
  expect([empty.code, empty.stderr]).toEqual([
    1,
    "loam: empty: this folder has no pictures in it, which is what the model is for.\n",
  ]);
  const text = await loam(["predict", "m.safetensors", join("new", "notes.txt")], root);
  expect(text.stderr).toContain("is not a picture that Loam knows");

  // Without colours a network of colours tells chance, and says so.
  writeFileSync(join(root, "grey.png"), plainPng(20, 20, [90, 90, 90]));
  const grey = await loam(["predict", "m.safetensors", "grey.png"], root);
  expect(grey.stderr).toBe("noticed   1 picture has no colours, which the network looks at\n");

  // Pictures of one class are enough to measure on; a class that training had not is an error.
  mkdirSync(join(root, "one", "red"), { recursive: true });
  writeFileSync(join(root, "one", "red", "1.png"), red(170));
  const one = await loam(["evaluate", "m.safetensors", "--data", "one"], root);
  expect([one.code, one.stdout.split("\n")[0]]).toEqual([
    0,
    expect.stringMatching(/^accuracy {2}100\.00 % of 1 samples/),
  ]);
  mkdirSync(join(root, "one", "Blue"));
  writeFileSync(join(root, "one", "Blue", "1.png"), blue(170));
  const other = await loam(["evaluate", "m.safetensors", "--data", "one"], root);
  expect([other.code, other.stderr]).toEqual([
    1,
    'loam: one: has the class "Blue", but the network was trained on blue, red.\n',
  ]);
});
