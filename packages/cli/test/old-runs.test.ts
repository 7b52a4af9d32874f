import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { loam, temporaryFolder } from "./support.js";

/**
 * A run that the command of Loam 0.1.0 at e5246c1 left in the middle of its third epoch of five, stopped by SIGINT:
 *   loam train --config net.json --out run
 * where net.json held what run.json calls the configuration, beside a table.csv as below.
 */
const FIXTURE = fileURLToPath(new URL("fixtures/e5246c1/run", import.meta.url));

/** What `loam train --json` of that commit said at the end of the same run when nobody stopped it. */
const WHOLE = {
  trainLoss: 0.01191251370887686,
  testLoss: null,
  testAccuracy: null,
  epochs: 5,
  steps: 90_000,
  parameters: 45,
  weightsHash: "51d0204bc1b8341d9e3531a148aeeceea32260f6261dfbdf111ba84a751a8895",
};

/** Its history, without the seconds. */
const HISTORY = `\
epoch,steps,loss,accuracy,validationLoss,validationAccuracy,learningRate
1,18000,0.10332005483093154,0.9836666666666667,0.01654827743768692,1,0.0009045187557289782
2,36000,0.01896449706915559,0.9988888888888889,0.010277140289545059,1,0.0006545250961609204
3,54000,0.013987853149133218,0.9993888888888889,0.007976076401770114,1,0.00034550810197423674
4,72000,0.012710681786139806,0.9991666666666666,0.007471142541617155,1,0.00009550176184691217
5,90000,0.01191251370887686,0.9991111111111111,0.007378536533564329,1,3.0461744238152733e-13`;

function table(): string {
  const rows = Array.from({ length: 20_000 }, (_, i) => `${(i * 7919) % 3},${i % 7},${i % 5},${i % 3}`);
  return `class,a,b,c\n${rows.join("\n")}\n`;
}

test("a run folder of an earlier version goes on and ends where it would have ended then", async (context) => {
  const root = temporaryFolder(context);
  cpSync(FIXTURE, join(root, "run"), { recursive: true });
  writeFileSync(join(root, "table.csv"), table());
  const summary = await loam(["summary", join("run", "checkpoint.safetensors")], root);
  expect(summary.stderr).toBe("");
  expect(summary.stdout).toContain("hidden");

  const { code, stdout, stderr } = await loam(["train", "--json", "--resume", "run"], root);
  expect(stderr).toContain("\ngoes on   after step 48,500\n");
  expect(stderr.replaceAll(/^.*was written by Loam 0\.1\.0.*\n/gm, "")).not.toContain("loam:");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject(WHOLE);
  const lines = readFileSync(join(root, "run", "history.csv"), "utf8")
    .trimEnd()
    .split("\n");
  expect(lines.map((line) => line.slice(0, line.lastIndexOf(","))).join("\n")).toBe(HISTORY);
  expect(readdirSync(join(root, "run")).sort()).toEqual([
    "checkpoint.safetensors",
    "history.csv",
    "model.safetensors",
    "run.json",
  ]);
  expect(JSON.parse(readFileSync(join(root, "run", "run.json"), "utf8"))).toMatchObject({
    status: "finished",
    resumed: [{ step: 48_500 }],
  });
});
