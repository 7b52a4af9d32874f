import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { loam, start, temporaryFolder } from "./support.js";

const SETTINGS = { data: "digits", model: "softmax", epochs: 2, limit: 200 };
const SPACE = { learningRate: [0.1, 0.01], batchSize: [16, 50] };

function write(folder: string, value: unknown, name = "small.json"): string {
  writeFileSync(join(folder, name), JSON.stringify(value));
  return name;
}

function board(folder: string, sweep: string): string {
  return readFileSync(join(folder, sweep, "leaderboard.json"), "utf8");
}

describe("a sweep's processes", () => {
  it("goes on after a kill, to the same leaderboard", async (test) => {
    const folder = temporaryFolder(test);
    const file = write(folder, { settings: { ...SETTINGS, epochs: 20 }, space: SPACE });
    const sweep = start(["sweep", file, "--out", "killed"], folder);
    await sweep.says("trial 1/4");
    sweep.kill("SIGKILL");
    await sweep.ended;
    await noTrialProcess(folder);
    const resumed = await loam(["sweep", "--resume", "killed"], folder);
    expect(resumed.code).toBe(0);
    expect((await loam(["sweep", file, "--out", "whole"], folder)).code).toBe(0);
    expect(board(folder, "killed")).toBe(board(folder, "whole"));
  });

  it("keeps how far it got when it is stopped", async (test) => {
    const folder = temporaryFolder(test);
    const file = write(folder, {
      settings: { ...SETTINGS, epochs: 4000 },
      space: { learningRate: [0.1, 0.2] },
    });
    const sweep = start(["sweep", file], folder);
    await sweep.says("sweep  ");
    while (!existsSync(join(folder, "sweeps/small/trials/c001-s1/checkpoint.safetensors")))
      await setTimeout(20);
    sweep.kill("SIGINT");
    const { code, stderr } = await sweep.ended;
    expect(code).toBe(130);
    expect(stderr).toContain("loam sweep --resume sweeps/small goes on from there");
    const run = JSON.parse(readFileSync(join(folder, "sweeps/small/trials/c001-s1/run.json"), "utf8"));
    expect(run.status).toBe("interrupted");
    expect(JSON.parse(readFileSync(join(folder, "sweeps/small/sweep.json"), "utf8")).status).toBe(
      "interrupted",
    );
  });

  it("gives shards, one of which runs twice, the leaderboard of one machine", async (test) => {
    const folder = temporaryFolder(test);
    const file = write(folder, {
      settings: SETTINGS,
      space: { learningRate: [0.1, 0.01] },
      seeds: [5, 4, 3, 1],
    });
    const shard = (which: string) => loam(["sweep", file, "--shard", which, "--out", "parts"], folder);
    for (const which of [8, 1, 3, 4, 5, 6, 7].map((i) => `${i}/8`)) expect((await shard(which)).code).toBe(0);
    const missing = await loam(["sweep", "collect", "parts"], folder);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain("of 8 shards one is missing: 2");
    for (const which of ["2/8", "1/8"]) expect((await shard(which)).code).toBe(0);
    expect((await loam(["sweep", "collect", "parts"], folder)).code).toBe(0);
    await loam(["sweep", file, "--out", "whole"], folder);
    expect(board(folder, "parts")).toBe(board(folder, "whole"));
    expect(existsSync(join(folder, "parts/report.html"))).toBe(true);
  });
});

/** Waits until no process trains in a folder any more. */
async function noTrialProcess(folder: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const rows = execFileSync("ps", ["-A", "-o", "pid=,args="], { encoding: "utf8" });
    const mine = rows
      .split("\n")
      .filter((row) => row.includes("trial-process"))
      .filter((row) => cwdOf(row.trim().split(" ")[0]!) === folder);
    if (mine.length === 0) return;
    await setTimeout(50);
  }
  throw new Error("a trial's process outlives its sweep");
}

function cwdOf(pid: string): string | undefined {
  try {
    return execFileSync("readlink", [`/proc/${pid}/cwd`], { encoding: "utf8" }).trim();
  } catch {
    return undefined; // it has ended
  }
}
