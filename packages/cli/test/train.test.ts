import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeSafetensors, load } from "@loam/nn";
import { describe, expect, test } from "vitest";
import type { TrainingResult } from "../src/run-record.js";
import { loam, start, temporaryFolder } from "./support.js";

/** A run of a moment: 200 synthetic digits, a network without hidden layers. */
const TINY = ["--model", "softmax", "--limit", "200", "--batch-size", "50"];

async function trained(words: readonly string[], root: string): Promise<TrainingResult> {
  const { code, stdout, stderr } = await loam(["train", ...TINY, "--json", ...words], root);
  expect(stderr).not.toContain("loam:");
  expect(code).toBe(0);
  return JSON.parse(stdout.trimEnd().split("\n").at(-1)!);
}

describe("loam train", () => {
  test("prints one JSON object and leaves a whole run folder", async (context) => {
    const root = temporaryFolder(context);
    const result = await trained(["--epochs", "2", "--seed", "7", "--out", "run"], root);
    expect(Object.keys(result)).toEqual([
      "trainLoss",
      "testLoss",
      "testAccuracy",
      "testMacroF1",
      "testConfusion",
      "epochs",
      "steps",
      "seconds",
      "samplesPerSecond",
      "parameters",
      "weightsHash",
      "model",
    ]);
    expect(result).toMatchObject({
      epochs: 2,
      steps: 8,
      parameters: 7850,
      model: join("run", "model.safetensors"),
    });
    expect(result.trainLoss).toBeGreaterThan(0);
    expect(result.testLoss).toBeGreaterThan(0);
    expect(result.testAccuracy).toBeGreaterThan(0.2);
    expect(result.testAccuracy).toBeLessThanOrEqual(1);
    expect(readdirSync(join(root, "run")).sort()).toEqual([
      "checkpoint.safetensors",
      "history.csv",
      "model.safetensors",
      "run.json",
    ]);
  });

  test("weightsHash is the SHA-256 of the saved parameters' float32 bytes", async (context) => {
    const root = temporaryFolder(context);
    const { weightsHash, model: path } = await trained(["--out", "run"], root);
    const model = await load(join(root, path), { threads: 1 });
    const hash = createHash("sha256");
    for (const { data } of await model.getWeights()) {
      const bytes = Buffer.alloc(4 * data.length);
      data.forEach((value, i) => {
        bytes.writeFloatLE(value, 4 * i);
      });
      hash.update(bytes);
    }
    await model.close();
    expect(weightsHash).toBe(hash.digest("hex"));
  });

  test("run.json holds the resolved configuration, the seed, the versions and the result", async (context) => {
    const root = temporaryFolder(context);
    const result = await trained(["--out", "run", "--optimizer", "adam", "--l2", "0.001"], root);
    const run = JSON.parse(readFileSync(join(root, "run", "run.json"), "utf8"));
    expect(run).toMatchObject({
      status: "finished",
      configuration: {
        data: "digits",
        model: "softmax",
        limit: 200,
        optimizer: "adam",
        learningRate: 0.001,
        schedule: "constant",
        batchSize: 50,
        epochs: 1,
        l2: 0.001,
        threads: "auto",
        precision: "standard",
      },
      versions: { loam: expect.any(String), node: process.versions.node },
      result,
    });
    expect(Number.isSafeInteger(run.seed)).toBe(true);
    expect(run.configuration.seed).toBe(run.seed);
  });

  test("the configuration in run.json trains the same network again", async (context) => {
    const root = temporaryFolder(context);
    const first = await trained(["--out", "one"], root);
    const { configuration } = JSON.parse(readFileSync(join(root, "one", "run.json"), "utf8"));
    writeFileSync(join(root, "again.json"), JSON.stringify(configuration));
    const { code, stdout } = await loam(["train", "--config", "again.json", "--out", "two", "--json"], root);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).weightsHash).toBe(first.weightsHash);
  });

  test("history.csv has a row per epoch", async (context) => {
    const root = temporaryFolder(context);
    const { trainLoss } = await trained(
      ["--out", "run", "--epochs", "3", "--validation-split", "0.25"],
      root,
    );
    const [header, ...rows] = readFileSync(join(root, "run", "history.csv"), "utf8")
      .trimEnd()
      .split("\n");
    expect(header).toBe("epoch,steps,loss,accuracy,validationLoss,validationAccuracy,learningRate,seconds");
    const cells = rows.map((row) => row.split(",").map(Number));
    expect(cells.map(([epoch, steps]) => [epoch, steps])).toEqual([
      [1, 3],
      [2, 6],
      [3, 9],
    ]);
    expect(cells.at(-1)![2]).toBe(trainLoss);
    expect(cells.flat().every(Number.isFinite)).toBe(true);
  });

  test("--early-stopping ends the run in time, with the weights of its best epoch", async (context) => {
    const root = temporaryFolder(context);
    const words = ["--seed", "1", "--learning-rate", "3", "--validation-split", "0.25"];
    const result = await trained([...words, "--epochs", "40", "--early-stopping", "2", "--out", "run"], root);
    const rows = readFileSync(join(root, "run", "history.csv"), "utf8")
      .trimEnd()
      .split("\n")
      .slice(1);
    const losses = rows.map((row) => Number(row.split(",")[4]));
    const best = losses.indexOf(Math.min(...losses));
    // The first of two epochs in a row that were no better than the best before them.
    expect(result.epochs).toBe(best + 3);
    expect(result.epochs).toBeLessThan(40);
    const whole = await trained([...words, "--epochs", String(best + 1), "--out", "whole"], root);
    expect(result.weightsHash).toBe(whole.weightsHash);
  });

  test("--schedule lets the learning rate fall to 0 over the run", async (context) => {
    const root = temporaryFolder(context);
    const words = ["--seed", "1", "--learning-rate", "0.5", "--epochs", "2", "--validation-split", "0.25"];
    await trained([...words, "--schedule", "linear", "--out", "linear"], root);
    await trained([...words, "--schedule", "cosine", "--out", "cosine"], root);
    writeFileSync(join(root, "config.json"), '{ "schedule": "cosine" }');
    await trained([...words, "--config", "config.json", "--out", "config"], root);
    const rates = (run: string) =>
      readFileSync(join(root, run, "history.csv"), "utf8")
        .trimEnd()
        .split("\n")
        .slice(1)
        .map((row) => Number(row.split(",").at(-2)));
    // 150 samples in batches of 50: three steps an epoch, six in all; a row has the rate of its last step, 2 or 5 counted from 0.
    const linear = [2, 5].map((step) => 0.5 * (1 - step / 6));
    const cosine = [2, 5].map((step) => 0.25 * (1 + Math.cos((Math.PI * step) / 6)));
    rates("linear").forEach((rate, i) => {
      expect(rate).toBeCloseTo(linear[i]!, 14);
    });
    rates("cosine").forEach((rate, i) => {
      expect(rate).toBeCloseTo(cosine[i]!, 14);
    });
    expect(rates("config")).toEqual(rates("cosine"));
    const { configuration } = JSON.parse(readFileSync(join(root, "linear", "run.json"), "utf8"));
    expect(configuration).toMatchObject({ learningRate: 0.5, schedule: "linear" });
    const { stderr } = await loam(["train", ...TINY, "--schedule", "linear", "--out", "said"], root);
    expect(stderr).toMatch(/^training {2}sgd 0\.1 falling to 0 \(linear\), batch 50, 1 epoch,/m);
  });

  test("the same seed gives the same weights, on any number of threads; another seed gives others", async (context) => {
    const root = temporaryFolder(context);
    const words = ["--model", "mlp", "--steps", "10"];
    const one = await trained([...words, "--seed", "7", "--threads", "1", "--out", "a"], root);
    const two = await trained([...words, "--seed", "7", "--threads", "2", "--out", "b"], root);
    const other = await trained([...words, "--seed", "8", "--out", "c"], root);
    expect(two.weightsHash).toBe(one.weightsHash);
    expect(two.testLoss).toBe(one.testLoss);
    expect(other.weightsHash).not.toBe(one.weightsHash);
    expect(one.steps).toBe(10);
  });

  test("--accumulate makes a step of several batches, as one batch of their size does", async (context) => {
    const root = temporaryFolder(context);
    const words = ["--seed", "7", "--epochs", "2", "--validation-split", "0.2"]; // 160 samples are left
    const one = await trained([...words, "--batch-size", "40", "--out", "a"], root);
    const parts = await trained([...words, "--batch-size", "10", "--accumulate", "4", "--out", "b"], root);
    expect([parts.steps, one.steps]).toEqual([8, 8]);
    expect(parts.trainLoss).toBeCloseTo(one.trainLoss, 5);
    expect(parts.testLoss).toBeCloseTo(one.testLoss!, 5);
  });

  test("--ema takes a moving average of the weights as the model", async (context) => {
    const root = temporaryFolder(context);
    const kernel = async (out: string, ...words: string[]) => {
      await trained(["--seed", "7", "--steps", "1", "--out", out, ...words], root);
      const bytes = readFileSync(join(root, out, "model.safetensors"));
      return [...decodeSafetensors(new Uint8Array(bytes)).tensors.values()][0]!.data;
    };
    const last = await kernel("plain");
    const [half, quarter] = [await kernel("half", "--ema", "0.5"), await kernel("quarter", "--ema", "0.25")];
    // After one step the average is μ·θ₀ + (1 − μ)·θ₁, and so θ₁ less it is μ·(θ₁ − θ₀).
    expect(last.some((weight, i) => Math.abs(weight - half[i]!) > 1e-5)).toBe(true);
    last.forEach((weight, i) => {
      expect(weight - half[i]!).toBeCloseTo(2 * (weight - quarter[i]!), 6);
    });
  });

  test("the newer optimizers train, at their documented rates", async (context) => {
    const root = temporaryFolder(context);
    for (const [optimizer, rate] of [
      ["amsgrad", 0.001],
      ["nadam", 0.001],
      ["lion", 0.0001],
      ["lamb", 0.003],
    ] as const) {
      await trained(["--optimizer", optimizer, "--epochs", "3", "--out", optimizer], root);
      const { configuration } = JSON.parse(readFileSync(join(root, optimizer, "run.json"), "utf8"));
      expect(configuration).toMatchObject({ optimizer, learningRate: rate });
      const losses = readFileSync(join(root, optimizer, "history.csv"), "utf8")
        .trimEnd()
        .split("\n")
        .slice(1);
      const [first, last] = [losses[0]!, losses.at(-1)!].map((line) => Number(line.split(",")[2]));
      expect(last).toBeLessThan(first!);
    }
  });

  test("a seed that nobody gave is drawn and printed", async (context) => {
    const root = temporaryFolder(context);
    const { stderr } = await loam(["train", ...TINY, "--out", "run"], root);
    const { seed } = JSON.parse(readFileSync(join(root, "run", "run.json"), "utf8"));
    expect(stderr).toMatch(new RegExp(`^training .*\\bseed ${seed}\\b`, "m"));
  });

  test("without --json the last lines of stdout name the test accuracy and the model", async (context) => {
    const root = temporaryFolder(context);
    const { stdout, code } = await loam(["train", ...TINY], root);
    expect(code).toBe(0);
    const [folder] = readdirSync(join(root, "runs"));
    expect(folder).toMatch(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-softmax$/);
    const [accuracy, model] = stdout.trimEnd().split("\n").slice(-2);
    expect(accuracy).toMatch(/^test accuracy {2}\d+\.\d\d % of 2,000 samples, loss \d+\.\d{4}$/);
    expect(model).toBe(`model          ${join("runs", folder!, "model.safetensors")}`);
  });

  test("a folder that holds a run is refused and left alone", async (context) => {
    const root = temporaryFolder(context);
    mkdirSync(join(root, "run"));
    writeFileSync(join(root, "run", "run.json"), "{}");
    const { code, stderr } = await loam(["train", ...TINY, "--out", "run"], root);
    expect(code).toBe(2);
    expect(stderr).toBe(
      "loam: run: this folder already holds a run (run.json); name another with --out, or remove it first.\n",
    );
    expect(readdirSync(join(root, "run"))).toEqual(["run.json"]);
  });

  test("an empty folder is fine", async (context) => {
    const root = temporaryFolder(context);
    mkdirSync(join(root, "run"));
    await trained(["--out", "run"], root);
    expect(existsSync(join(root, "run", "model.safetensors"))).toBe(true);
  });

  test("a table without a test set has null for the test's figures", async (context) => {
    const root = temporaryFolder(context);
    const rows = Array.from(
      { length: 60 },
      (_, i) => `${i % 2 ? "yes" : "no"},${(i % 2) * 10 + (i % 5)},${i % 7}`,
    );
    writeFileSync(join(root, "table.csv"), ["answer,a,b", ...rows].join("\n"));
    const words = ["--data", "table.csv", "--target", "answer", "--seed", "1"];
    const result = await trained([...words, "--out", "run", "--epochs", "20"], root);
    expect(result).toMatchObject({ testLoss: null, testAccuracy: null, parameters: 2 * 2 + 2 });
    writeFileSync(join(root, "test.csv"), "answer,a,b\nyes,11,3\nno,2,3\n");
    const tested = await trained(
      [...words, "--test-data", "test.csv", "--out", "run2", "--epochs", "20"],
      root,
    );
    expect(tested.testAccuracy).toBe(1);
  });

  test("a run that leaves the finite numbers says where, and its folder says so", async (context) => {
    const root = temporaryFolder(context);
    const words = [
      "--model",
      "mlp",
      "--optimizer",
      "sgd",
      "--learning-rate",
      "1e30",
      "--epochs",
      "3",
      "--out",
      "run",
    ];
    const { code, stderr } = await loam(["train", ...TINY, ...words], root);
    expect(code).toBe(1);
    expect(stderr.trimEnd().split("\n").at(-1)).toMatch(
      /^loam: (Layer|Parameter) ".+".* step \d+.*lower the learning rate/,
    );
    const run = JSON.parse(readFileSync(join(root, "run", "run.json"), "utf8"));
    expect(run.status).toBe("failed");
    expect(existsSync(join(root, "run", "model.safetensors"))).toBe(false);
  });

  test.for([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)(
    "%s stops training at a slice, with exit code %i, and the folder says so",
    async ([signal, expected], context) => {
      const root = temporaryFolder(context);
      const running = start(
        ["train", "--model", "mlp", "--limit", "2000", "--epochs", "100000", "--out", "run"],
        root,
      );
      await running.says("epoch ");
      running.kill(signal);
      const { code, stderr, stdout } = await running.ended;
      expect(code).toBe(expected);
      expect(stdout).toBe("");
      const run = JSON.parse(readFileSync(join(root, "run", "run.json"), "utf8"));
      expect(run).toMatchObject({ status: "interrupted", stopped: { why: signal } });
      expect(stderr.trimEnd().split("\n").at(-1)).toBe(
        `loam: stopped by ${signal} after step ${run.stopped.step}; loam train --resume run goes on from there.`,
      );
      expect(
        readdirSync(join(root, "run"))
          .filter((name) => !/previous|best/.test(name))
          .sort(),
      ).toEqual(["checkpoint.safetensors", "history.csv", "model.safetensors", "run.json"]);
    },
  );

  test("run.json is there before the data is read", async (context) => {
    const root = temporaryFolder(context);
    const running = start(["train", "--limit", "60000", "--out", "run"], root);
    while (!existsSync(join(root, "run", "run.json"))) await new Promise((resolve) => setTimeout(resolve, 5));
    running.kill("SIGINT");
    const { code, stderr } = await running.ended;
    expect(code).toBe(130);
    // Nothing of the start lines: the drawing of all those digits was cut short.
    expect(stderr).toBe("loam: stopped by SIGINT before the first step.\n");
    expect(JSON.parse(readFileSync(join(root, "run", "run.json"), "utf8")).status).toBe("interrupted");
  });
});
