import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeCheckpoint, encodeCheckpoint } from "@loam/nn/checkpoint";
import { expect, test } from "vitest";
import { loam, temporaryFolder } from "./support.js";

/** One step, after which the weights are as large as the learning rate makes them. */
const STEP = [
  "train",
  "--model",
  "mlp",
  "--limit",
  "100",
  "--optimizer",
  "sgd",
  "--steps",
  "1",
  "--seed",
  "1",
];

/** Runs it, and expects a failure whose sentence the folder `run` keeps; the files that it holds then. */
async function failure(root: string, rate: string, ...words: string[]) {
  const { code, stdout, stderr } = await loam(
    [...STEP, "--learning-rate", rate, "--out", "run", "--json", ...words],
    root,
  );
  expect([code, stdout]).toEqual([1, ""]);
  const [last] = stderr.trimEnd().split("\n").slice(-1);
  const { status, stopped, result } = JSON.parse(readFileSync(join(root, "run", "run.json"), "utf8"));
  expect([status, `loam: ${stopped.why}`, stopped.step, result]).toEqual(["failed", last, 1, undefined]);
  return { says: last, holds: readdirSync(join(root, "run")).sort() };
}

test("weights that are not finite after the last step make no model", async (context) => {
  const { says, holds } = await failure(temporaryFolder(context), "1e39");
  expect(says).toMatch(
    /^loam: Parameter ".+" .*not finite.*; lower the learning rate, or look at the data\.$/,
  );
  expect(holds).toEqual(["history.csv", "run.json"]);
});

test("a validation loss that is not finite ends the run", async (context) => {
  const { says, holds } = await failure(temporaryFolder(context), "1e30", "--validation-split", "0.25");
  expect(says).toBe(
    "loam: the validation loss of epoch 1 is not a finite number; lower the learning rate, or look at the data.",
  );
  expect(holds).toEqual(["history.csv", "run.json"]);
});

test("a test loss that is not finite is no success, nor is what uses such weights", async (context) => {
  const root = temporaryFolder(context);
  const { says, holds } = await failure(root, "1e30");
  expect(says).toBe(
    "loam: the test loss is not a finite number; lower the learning rate, or look at the data.",
  );
  expect(holds).toEqual(["checkpoint-best.safetensors", "checkpoint.safetensors", "history.csv", "run.json"]);
  const model = join("run", "checkpoint.safetensors");
  expect(await loam(["evaluate", model, "--json"], root)).toEqual({
    code: 1,
    stdout: "",
    stderr: `loam: ${model}: the loss on synthetic digits is not a finite number; look at the data, or take another model.\n`,
  });
  writeFileSync(join(root, "row.csv"), Array.from({ length: 784 }, () => 255).join(","));
  expect(await loam(["predict", model, "row.csv", "--json"], root)).toEqual({
    code: 1,
    stdout: "",
    stderr:
      "loam: row.csv: classify: sample 1 has no most probable class, since an output is NaN; look at its values, and at the weights.\n",
  });
});

test("the best checkpoint stays when weights explode and are finite", async (context) => {
  const root = temporaryFolder(context);
  const words =
    "train --model softmax --limit 320 --optimizer sgd --learning-rate 0.01 --seed 1 --epochs 2 --out run --json";
  const whole = await loam(words.split(" "), root);
  const { testLoss: good } = JSON.parse(whole.stdout);
  const file = (name: string) => join(root, "run", name);
  expect(readdirSync(join(root, "run")).filter((name) => name.includes("best"))).toEqual([]);
  // Somebody lets it go on at a rate at which weights explode.
  const last = decodeCheckpoint(readFileSync(file("checkpoint.safetensors")));
  writeFileSync(file("checkpoint.safetensors"), encodeCheckpoint({ ...last, learningRate: 1e10 }));
  const longer = await loam(["train", "--resume", "run", "--epochs", "4", "--json"], root);
  const after = JSON.parse(longer.stdout);
  expect(after.trainLoss).toBeGreaterThan(1e6);
  const best = await loam(["evaluate", file("checkpoint-best.safetensors"), "--json"], root);
  const newest = await loam(["evaluate", file("checkpoint.safetensors"), "--json"], root);
  expect([best, newest].map(({ stdout }) => JSON.parse(stdout).loss)).toEqual([good, after.testLoss]);
});

test("--on-nan rollback comes from a rate at which weights explode to one at which they do not", async (context) => {
  const root = temporaryFolder(context);
  const words =
    "train --model mlp --limit 400 --batch-size 20 --optimizer sgd --learning-rate 20 --seed 1 --epochs 3 --validation-split 0.2";
  expect((await loam([...words.split(" "), "--out", "stops"], root)).code).toBe(1);
  const { code, stderr } = await loam([...words.split(" "), "--out", "run", "--on-nan", "rollback"], root);
  expect(code).toBe(0);
  expect(stderr).toMatch(
    /^went back {2}\d+ times? from what was not finite, each time to half the learning rate$/m,
  );
  const { configuration, result } = JSON.parse(readFileSync(join(root, "run", "run.json"), "utf8"));
  expect(configuration.onNan).toBe("rollback");
  expect(result.testLoss).toBeLessThan(10);
});
