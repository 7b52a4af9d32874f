import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loam } from "./support.js";

let root: string;
const WORDS = join("words", "model.safetensors");
const NUMBERS = join("numbers", "model.safetensors");

/** Rows whose kind is told by `a`, but for every ninth, and whose price is that of `a` and `b`; `where` and `size` part them. */
const ROWS = Array.from({ length: 90 }, (_, i) => ({
  kind: (i % 9 === 0 ? i + 1 : i) % 3,
  a: (i % 3) * 5 + (i % 2),
  b: i % 7,
  where: i % 2 ? "north" : "south",
  size: i,
}));
const NAMES = ["ash", "birch", "\x1b[31mcedar"];

async function output(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await loam(words, root);
  expect(stderr).not.toContain("loam:");
  expect(code).toBe(0);
  return stdout;
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "loam-evaluate-"));
  const words = ROWS.map(({ kind, a, b, where, size }) => [NAMES[kind], a, b, where, size].join(","));
  writeFileSync(join(root, "words.csv"), ["kind,a,b,where,size", ...words].join("\n"));
  const numbers = ROWS.map(({ a, b, where, size }) => [100 * a + 10 * b, a, b, where, size].join(","));
  writeFileSync(join(root, "numbers.csv"), ["price,a,b,where,size", ...numbers].join("\n"));
  const how = [
    "--drop",
    "where,size",
    "--model",
    "softmax",
    "--epochs",
    "20",
    "--seed",
    "1",
    "--members",
    "1",
  ];
  await output("train", "--data", "words.csv", "--target", "kind", ...how, "--out", "words");
  await output("train", "--data", "numbers.csv", "--target", "price", ...how, "--out", "numbers");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** What `predict` says of every row, to work figures out by hand. */
async function told(model: string, file: string): Promise<{ label: number; value: number }[]> {
  return JSON.parse(await output("predict", model, file, "--json")).predictions;
}

describe("classes", () => {
  test("have precision, recall and F1 of their own", async () => {
    const labels = (await told(WORDS, "words.csv")).map(({ label }) => label);
    const result = JSON.parse(await output("evaluate", WORDS, "--data", "words.csv", "--json"));
    // The classes' order is that of their names: the escape character comes first.
    const order = [2, 0, 1];
    const count = (test: (right: number, told: number) => boolean) =>
      ROWS.filter(({ kind }, i) => test(order.indexOf(kind), labels[i]!)).length;
    expect(result.classes.map((one: { class: string }) => one.class)).toEqual(
      order.map((kind) => NAMES[kind]),
    );
    for (const [label, { precision, recall, f1, samples }] of result.classes.entries()) {
      const both = count((right, said) => right === label && said === label);
      const said = count((_, one) => one === label);
      const right = count((one) => one === label);
      expect(samples).toBe(right);
      expect([precision, recall, f1]).toEqual([both / said, both / right, (2 * both) / (said + right)]);
    }
    const f1s = result.classes.map(({ f1 }: { f1: number }) => f1) as number[];
    expect(result.macroF1).toBeCloseTo(f1s.reduce((a, b) => a + b) / 3, 12);
  });

  test("stand in a table beside the matrix, and move no cursor", async () => {
    const text = await output("evaluate", WORDS, "--data", "words.csv");
    expect(text).toMatch(/^accuracy {2}\d+\.\d\d % of 90 samples, loss \d/);
    expect(text).toMatch(/^class +precision +recall +F1 +samples$/m);
    expect(text).toMatch(/^birch( +[01]\.\d{3}){3} +40$/m);
    expect(text).toMatch(/^right \\ told .+ash +birch$/m);
    expect(text).not.toContain("\x1b");
  });

  test("are measured for each value of a column that the network never saw", async () => {
    const words = ["evaluate", WORDS, "--data", "words.csv", "--by", "where"];
    const { by, accuracy } = JSON.parse(await output(...words, "--json"));
    expect(by.column).toBe("where");
    expect(
      by.groups.map(({ value, samples }: { value: string; samples: number }) => [value, samples]),
    ).toEqual([
      ["south", 45],
      ["north", 45],
    ]);
    const mean = by.groups.reduce((sum: number, one: { accuracy: number }) => sum + one.accuracy / 2, 0);
    expect(mean).toBeCloseTo(accuracy, 12);
    expect(await output(...words)).toMatch(/^where +samples +accuracy +macro F1\nsouth +45 +\d+\.\d\d % /m);
  });
});

describe("numbers", () => {
  test("are measured for each of four ranges of another", async () => {
    const values = (await told(NUMBERS, "numbers.csv")).map(({ value }) => value);
    const words = ["evaluate", NUMBERS, "--data", "numbers.csv", "--by", "size"];
    const { by } = JSON.parse(await output(...words, "--json"));
    expect(by.groups.map(({ value }: { value: string }) => value)).toEqual([
      "0 to 22",
      "23 to 44",
      "45 to 67",
      "68 to 89",
    ]);
    const errors = ROWS.slice(23, 45).map(({ a, b }, i) => values[i + 23]! - (100 * a + 10 * b));
    const rmse = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length);
    expect(by.groups[1].rmse).toBeCloseTo(rmse, 2);
    expect(await output(...words)).toMatch(/^size +samples +RMSE +MAE +R²\n0 to 22 +23 /m);
  });
});

describe("--by is refused with a way out", () => {
  test.each([
    [
      ["--data", "words.csv", "--by", "were"],
      'loam: --by: words.csv has no column "were" (did you mean "where"?);',
    ],
    [
      ["--data", "digits", "--by", "folder"],
      "loam: digits: the model was trained on a table, and this is something else.",
    ],
  ])("%j", async (words, sentence) => {
    const { code, stdout, stderr } = await loam(["evaluate", WORDS, ...words], root);
    expect(stderr).toContain(sentence);
    expect([code, stdout]).toEqual([2, ""]);
  });
});
