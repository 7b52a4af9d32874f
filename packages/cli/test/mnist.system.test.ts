import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import type { TrainingResult } from "../src/run-record.js";
import { loamProcess as loam, temporaryFolder } from "./support.js";

/**
 * Accuracies on the real MNIST, which `LOAM_DATA` names a folder of, and on the ten drawings of `LOAM_DIGITS` (zero.png … nine.png).
 * Seeds are 1, 2 and 3, named before anything was measured; one of them unless LOAM_SEEDS says otherwise, and the median counts.
 */
const DATA = process.env.LOAM_DATA;
const DRAWINGS = process.env.LOAM_DIGITS;
const SEEDS = (process.env.LOAM_SEEDS ?? "1").split(",").map(Number);

if (!DATA) process.stderr.write("LOAM_DATA is not set: the tests on real MNIST are skipped.\n");
if (!DRAWINGS) process.stderr.write("LOAM_DIGITS is not set: the tests on drawings are skipped.\n");

type Folder = Parameters<typeof temporaryFolder>[0];

async function run(words: readonly string[], root: string): Promise<string> {
  const { code, stdout, stderr } = await loam(words, root, { LOAM_DATA: DATA ?? "" });
  expect(stderr).not.toContain("loam:");
  expect(code).toBe(0);
  return stdout;
}

async function train(words: readonly string[], root: string): Promise<TrainingResult> {
  return JSON.parse(await run(["train", "--json", ...words], root));
}

/** Trains with every seed, tells all accuracies, and gives the median. */
async function medianAccuracy(name: string, words: readonly string[], context: Folder): Promise<number> {
  const root = temporaryFolder(context);
  const accuracies: number[] = [];
  for (const seed of SEEDS) {
    const { testAccuracy } = await train([...words, "--seed", String(seed), "--out", String(seed)], root);
    accuracies.push(testAccuracy!);
  }
  const median = accuracies.toSorted((a, b) => a - b)[SEEDS.length >> 1]!;
  process.stderr.write(
    `${name}: ${accuracies.map((one) => `${(100 * one).toFixed(2)} %`).join(", ")} with seeds ${SEEDS.join(", ")}\n`,
  );
  return median;
}

describe.skipIf(!DATA)("on MNIST's test set", () => {
  test.for([
    ["cnn", ["--epochs", "1"], 0.975],
    ["mlp", ["--epochs", "5"], 0.97],
    ["lenet", ["--epochs", "2"], 0.987],
    ["mlp-sigmoid", ["--epochs", "10"], 0.92],
  ] as const)("%s learns its share", async ([model, words, least], context) => {
    expect(
      await medianAccuracy(model, ["--data", "mnist", "--model", model, ...words], context),
    ).toBeGreaterThanOrEqual(least);
  });

  test.for(["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adadelta", "adam", "adamw"])(
    "%s trains the mlp past 95 percent in one epoch, as documented",
    async (optimizer, context) => {
      const words = ["--data", "mnist", "--model", "mlp", "--dropout", "0", "--batch-size", "32"];
      expect(
        await medianAccuracy(`mlp, ${optimizer}`, [...words, "--optimizer", optimizer], context),
      ).toBeGreaterThan(0.95);
    },
  );

  test("a network that has seen only synthetic digits reads them", async (context) => {
    const words = [
      "--data",
      "digits",
      "--test-data",
      "mnist",
      "--model",
      "lenet",
      "--limit",
      "60000",
      "--epochs",
      "2",
    ];
    expect(await medianAccuracy("synthetic digits to MNIST", words, context)).toBeGreaterThanOrEqual(0.9);
  });

  test("evaluate finds the accuracy that train found", async (context) => {
    const root = temporaryFolder(context);
    const trained = await train(
      ["--data", "mnist", "--model", "softmax", "--limit", "5000", "--out", "run"],
      root,
    );
    const evaluated = JSON.parse(await run(["evaluate", trained.model, "--data", "mnist", "--json"], root));
    expect(evaluated).toMatchObject({
      accuracy: trained.testAccuracy,
      loss: trained.testLoss,
      samples: 10_000,
    });
  });
});

describe.skipIf(!DATA || !DRAWINGS)("a lenet trained on MNIST", () => {
  test("reads drawings made by hand", async (context) => {
    const names = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    const files = names.map((name) => join(DRAWINGS!, `${name}.png`)).filter(existsSync);
    expect(files).toHaveLength(readdirSync(DRAWINGS!).filter((name) => name.endsWith(".png")).length);
    const root = temporaryFolder(context);
    const { model } = await train(
      ["--data", "mnist", "--model", "lenet", "--seed", "1", "--out", "run"],
      root,
    );
    const { predictions } = JSON.parse(await run(["predict", model, ...files, "--json"], root));
    const right = predictions.filter(
      ({ input, label }: { input: string; label: number }) => basename(input, ".png") === names[label],
    );
    process.stderr.write(`drawings: ${right.length} of ${files.length} read right\n`);
    expect(right.length).toBeGreaterThanOrEqual(Math.ceil(0.8 * files.length));
  });
});
