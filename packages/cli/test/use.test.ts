import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { syntheticDigits } from "@loam/nn";
import { zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { idx, loam } from "./support.js";

const DRAWINGS = fileURLToPath(new URL("../../../examples/digits/", import.meta.url));

let root: string;
let accuracy: number;
const model = join("digits", "model.safetensors");
const table = join("table", "model.safetensors");

/** Rows of two classes, told apart by their first value. */
const ROWS = Array.from({ length: 60 }, (_, i) => [i % 2 ? "yes" : "no", (i % 2) * 10 + (i % 5), i % 7]);

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "loam-use-"));
  writeFileSync(join(root, "table.csv"), ["answer,a,b", ...ROWS.map((row) => row.join(","))].join("\n"));
  const digits = await loam(
    [
      "train",
      "--model",
      "mlp",
      "--limit",
      "3000",
      "--epochs",
      "2",
      "--seed",
      "1",
      "--out",
      "digits",
      "--json",
    ],
    root,
  );
  accuracy = JSON.parse(digits.stdout).testAccuracy;
  const { code } = await loam(
    [
      "train",
      "--model",
      "softmax",
      "--data",
      "table.csv",
      "--target",
      "answer",
      "--seed",
      "1",
      "--out",
      "table",
    ],
    root,
  );
  expect(code).toBe(0);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Runs a command that must succeed, without a word on stderr. */
async function output(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await loam(words, root);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return stdout;
}

async function refusal(...words: string[]): Promise<[number | null, string]> {
  const { code, stdout, stderr } = await loam(words, root);
  expect(stdout).toBe("");
  return [code, stderr];
}

describe("loam evaluate", () => {
  test("finds the accuracy that training found", async () => {
    const result = JSON.parse(await output("evaluate", model, "--data", "digits", "--json"));
    const keys = ["loss", "accuracy", "macroF1", "confusion", "samples", "model", "classes"];
    expect(Object.keys(result)).toEqual(keys);
    expect(result).toMatchObject({ accuracy, samples: 2000, model });
    const text = await output("evaluate", model);
    expect(text).toMatch(/^accuracy {2}\d\d\.\d\d % of 2,000 samples, loss \d\.\d{4}\n\nclass /);
  });

  test("knows a class by its name, whatever the table's order", async () => {
    writeFileSync(join(root, "yes.csv"), "answer,a,b\nyes,12,3\nyes,11,0\n");
    expect(await output("evaluate", table, "--data", "yes.csv")).toMatch(
      /^accuracy {2}100\.00 % of 2 samples/,
    );
    writeFileSync(join(root, "maybe.csv"), "answer,a,b\nmaybe,12,3\n");
    expect(await refusal("evaluate", table, "--data", "maybe.csv")).toEqual([
      1,
      'loam: maybe.csv: has the class "maybe", but the network was trained on no, yes.\n',
    ]);
  });

  test("refuses data of another kind", async () => {
    expect(await refusal("evaluate", table, "--data", "digits")).toEqual([
      2,
      "loam: digits: the model was trained on a table, and this is something else.\n",
    ]);
  });
});

describe("loam predict", () => {
  test("says what drawings are, a line each", async () => {
    const text = await output("predict", model, join(DRAWINGS, "0.png"), join(DRAWINGS, "1.png"));
    const lines = text.trimEnd().split("\n");
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).toMatch(/[01]\.png {2}\d {2} {0,2}\d+\.\d\d %$/);
  });

  test("takes the lessons' model.txt for a model", async () => {
    // Two inputs and two classes: told apart by which input is greater.
    const numbers = Float64Array.of(1, 0, 0, 1);
    const text = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }";
    const header = Buffer.from(`\x93NUMPY\x01\x00\x76\x00${text.padEnd(117)}\n`, "latin1");
    const npy = Buffer.concat([header, new Uint8Array(numbers.buffer)]);
    writeFileSync(join(root, "w.npz"), zipSync({ "mul1.npy": npy }));
    writeFileSync(join(root, "model.txt"), "elsewhere/w.npz\nMulLayer\nmul1\nSoftmaxLayer\nout\n");
    writeFileSync(join(root, "two.csv"), "3,1\n0,4\n");
    const predicted = await loam(["predict", "model.txt", "two.csv", "--json"], root);
    expect(predicted.stderr).toBe(
      "noticed   two.csv: this model knows no names of columns; all are taken as inputs, in their order\n",
    );
    const { predictions } = JSON.parse(predicted.stdout);
    expect(predictions.map(({ label }: { label: number }) => label)).toEqual([0, 1]);
    expect(await output("summary", "model.txt")).toContain("4 parameters");
  });

  test("gives probabilities that sum to 1", async () => {
    const files = Array.from({ length: 10 }, (_, digit) => join(DRAWINGS, `${digit}.png`));
    const { predictions, ...rest } = JSON.parse(await output("predict", model, ...files, "--json"));
    expect(rest).toEqual({ model });
    expect(predictions.map(({ input }: { input: string }) => input)).toEqual(files);
    for (const one of predictions) {
      expect(Object.keys(one)).toEqual(["input", "index", "class", "label", "probability", "probabilities"]);
      expect(one.probabilities).toHaveLength(10);
      expect(one.probabilities.reduce((sum: number, p: number) => sum + p, 0)).toBeCloseTo(1, 5);
      expect(one.probability).toBe(Math.max(...one.probabilities));
      expect(one.class).toBe(String(one.label));
    }
    const right = predictions.filter(({ label }: { label: number }, digit: number) => label === digit);
    expect(right.length).toBeGreaterThanOrEqual(7);
  });

  test("reads IDX images, with gzip too", async () => {
    const { inputs } = syntheticDigits({ samples: 3, seed: 5 });
    const bytes = idx([3, 28, 28], inputs.data);
    writeFileSync(join(root, "images-idx3-ubyte"), bytes);
    writeFileSync(join(root, "images-idx3-ubyte.gz"), gzipSync(bytes));
    const plain = await output("predict", model, "images-idx3-ubyte");
    expect(plain.match(/^images-idx3-ubyte\[[012]\] {2}\d {2} {0,2}\d+\.\d\d %$/gm)).toHaveLength(3);
    expect(await output("predict", model, "images-idx3-ubyte.gz")).toBe(
      plain.replaceAll("ubyte[", "ubyte.gz["),
    );
  });

  test("reads tables with labels and without, scaled as in training", async () => {
    writeFileSync(join(root, "plain.csv"), "b,a\n3,12\n3,2\n");
    const expected = [expect.objectContaining({ class: "yes" }), expect.objectContaining({ class: "no" })];
    expect(JSON.parse(await output("predict", table, "plain.csv", "--json")).predictions).toEqual(expected);
    writeFileSync(join(root, "labelled.csv"), "answer,a,b\nyes,12,3\nno,2,3\n");
    expect(JSON.parse(await output("predict", table, "labelled.csv", "--json")).predictions).toEqual(
      expected,
    );
  });

  test("refuses what is no model, no picture, or of another size", async () => {
    writeFileSync(join(root, "broken.png"), "PNG?");
    writeFileSync(join(root, "wide.csv"), "1,2,3,4\n5,6,7,8\n");
    writeFileSync(join(root, "none.safetensors"), "nothing");
    expect(await refusal("predict", model, "missing.png")).toEqual([
      1,
      "loam: missing.png: there is no such file or folder.\n",
    ]);
    expect(await refusal("predict", model, "broken.png")).toEqual([
      1,
      "loam: broken.png: is not a PNG file, whatever its name says; export the picture as PNG.\n",
    ]);
    expect(await refusal("predict", table, "wide.csv")).toEqual([
      1,
      'loam: wide.csv: has no header; the network knows its columns by name, so put a first row of names there: "a", "b".\n',
    ]);
    expect(await refusal("predict", "missing.safetensors", "broken.png")).toEqual([
      1,
      "loam: missing.safetensors: there is no such file.\n",
    ]);
    const [code, says] = await refusal("predict", "none.safetensors", "broken.png");
    expect(code).toBe(1);
    expect(says).toMatch(/^loam: none\.safetensors: .+\.\n$/);
  });
});

test.skipIf(process.platform === "win32")("opens no link that a model.json names", async () => {
  const manifest = { paths: ["weights.bin"], weights: [] };
  const json = { modelTopology: { model_config: {} }, weightsManifest: [manifest] };
  writeFileSync(join(root, "model.json"), JSON.stringify(json));
  symlinkSync("/dev/zero", join(root, "weights.bin"));
  expect(await refusal("summary", "model.json")).toEqual([
    1,
    "loam: model.json: weights.bin beside it is no regular file.\n",
  ]);
});

describe("loam summary", () => {
  test("shows a standard network", async () => {
    expect(await output("summary", "--model", "cnn")).toMatchInlineSnapshot(`
      "cnn
      ──────────────────────────────────────────────────
      Layer     Type     Output shape         Parameters
      ──────────────────────────────────────────────────
      input              [batch, 1, 28, 28]
      conv2d1   Conv2d   [batch, 32, 26, 26]         320
      relu1     ReLU     [batch, 32, 26, 26]           0
      dropout1  Dropout  [batch, 32, 26, 26]           0
      flatten1  Flatten  [batch, 21632]                0
      dense1    Dense    [batch, 10]             216,330
      ──────────────────────────────────────────────────
      216,650 parameters
      "
    `);
    expect(JSON.parse(await output("summary", "--model", "lenet", "--json"))).toMatchObject({
      name: "lenet",
      parameters: 421_642,
    });
  });

  test("shows a trained model", async () => {
    expect(await output("summary", table)).toContain("6 parameters");
    expect(await refusal("summary")).toEqual([
      2,
      "loam: expected a model file or --model <name>, one of the two.\n",
    ]);
  });
});

describe("loam", () => {
  test("prints its version and its help", async () => {
    expect(await output("--version")).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(await output("--help")).toContain("Usage: loam");
    expect(await output("train", "--help")).toContain("--validation-split <share>");
  });

  test("without a command shows the help, as a mistake", async () => {
    const { code, stdout, stderr } = await loam([], root);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("Usage: loam");
  });

  test("refuses a command that nobody knows", async () => {
    expect(await refusal("trian")).toEqual([2, 'loam: unknown command "trian" (did you mean train?).\n']);
  });

  test("shows a stack when asked", async () => {
    const [code, says] = await refusal("evaluate", "missing.safetensors", "--debug");
    expect(code).toBe(1);
    expect(says).toMatch(/^loam: missing\.safetensors: there is no such file\.\n\w*Error: .+\n {4}at /);
  });
});
