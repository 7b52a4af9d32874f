import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const script = fileURLToPath(new URL("../scripts/count-tests.mjs", import.meta.url));
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "loam-count-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Writes one suite as continuous integration does: a report of tests with these states, and how the command ended. */
async function suite(name: string, states: string[] | undefined, exitCode = 0): Promise<void> {
  await mkdir(path.join(folder, name));
  await writeFile(path.join(folder, name, "exit-code"), `${exitCode}\n`);
  if (!states) return;
  const status = states.includes("failed") || exitCode !== 0 ? "failed" : "passed";
  const assertionResults = states.map((one, i) => ({
    status: one,
    fullName: `a state, ${i + 1}`,
    failureMessages: one === "failed" ? ["Error: no\n    at a line"] : [],
  }));
  const testResults = [{ name: path.resolve("a.test.ts"), status, message: "cannot load", assertionResults }];
  await writeFile(path.join(folder, name, "a.json"), JSON.stringify({ testResults }));
}

function lines(...args: string[]): Promise<{ code: number; said: string[] }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, folder, ...args], (error, stdout) => {
      resolve({ code: error ? 1 : 0, said: stdout.trimEnd().split("\n") });
    });
  });
}

async function run(...args: string[]): Promise<{ code: number; last: string }> {
  const { code, said } = await lines(...args);
  return { code, last: said.at(-1)! };
}

describe("counting tests", () => {
  it("adds up what passed in every suite", async () => {
    await suite("test", ["passed", "passed"]);
    await suite("test-browser", ["passed"]);
    expect(await run()).toEqual({ code: 0, last: "3 passed, 0 failed" });
  });

  it("counts a failure, a skipped test and a step that failed elsewhere", async () => {
    await suite("test", ["passed", "failed", "pending"], 1);
    expect(await run("1")).toEqual({ code: 1, last: "1 passed, 3 failed" });
  });

  it("counts a file that could not be loaded", async () => {
    await suite("test", ["passed"]);
    await suite("test-system", [], 1);
    expect(await run()).toEqual({ code: 1, last: "1 passed, 1 failed" });
  });

  it("says at the end which tests did not pass, and why", async () => {
    await suite("test", ["passed", "failed", "pending"], 1);
    await suite("test-system", [], 1);
    expect((await lines()).said).toEqual([
      "failed: a.test.ts > a state, 2: Error: no",
      "pending: a.test.ts > a state, 3",
      "test: 1 passed, 1 failed, 1 skipped, 1 reports",
      "failed: a.test.ts > the file itself: cannot load",
      "test-system: 0 passed, 1 failed, 0 skipped, 1 reports",
      "1 passed, 3 failed",
    ]);
  });

  it("counts a suite that left no report", async () => {
    await suite("test-browser", undefined, 0);
    expect(await run()).toEqual({ code: 1, last: "0 passed, 1 failed" });
  });
});
