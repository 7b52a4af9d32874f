import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { sweep, type Trial } from "@loam/nn/sweep";
import { type Processes, type ProcessesOptions, processes } from "@loam/nn/sweep/node";
import { describe, expect, it, vi } from "vitest";
import { ConfigError } from "../src/errors.js";

type Test = { onTestFinished: (done: () => void | Promise<void>) => void };

const MODULE = new URL("./fixtures/objectives.mjs", import.meta.url);

function engine(test: Test, options: Partial<ProcessesOptions> = {}): Processes {
  const made = processes({ module: MODULE, parallel: 2, ...options });
  test.onTestFinished(() => made.close());
  return made;
}

function temporaryFolder(test: Test): string {
  const folder = mkdtempSync(join(tmpdir(), "loam-engines-"));
  test.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

it("exports the engines that users take, and nothing of what they are made of", async () => {
  expect(Object.keys(await import("@loam/nn/sweep/node")).sort()).toEqual([
    "processes",
    "queue",
    "serveQueue",
  ]);
});

describe("processes", () => {
  it("give the leaderboard that the function gives here, each process one trial after another", async (test) => {
    const space = { at: [1, 2, 3, 4, 5, 6, 7, 8, 9] };
    const options = { search: "halving", seeds: [3, 5], mode: "max" } as const;
    const beside = await sweep(space, engine(test), options);
    const here = ({ settings, seed, budget }: Trial<{ at: number }>) => settings.at * seed * budget;
    const alone = await sweep(space, here, options);
    const values = ({ leaderboard }: typeof alone) =>
      leaderboard.map(({ configuration, value, deviation, rung }) => [configuration, value, deviation, rung]);
    expect(values(beside)).toEqual(values(alone));
    // 9 · (3 + 5) / 2
    expect(beside.best!.value).toBe(36);
    const details = beside.leaderboard.flatMap(({ trials }) =>
      trials.map(({ outcome }) => outcome.detail as { process: number; run: number }),
    );
    const pids = new Set(details.map((one) => one.process));
    expect([pids.size, pids.has(process.pid)]).toEqual([2, false]);
    expect(Math.max(...details.map(({ run }) => run))).toBeGreaterThan(2);
  });

  it("that die cost their trial's attempt alone, three of them the trial", async (test) => {
    const file = join(temporaryFolder(test), "once");
    const dying = engine(test, { name: "dies" });
    const { leaderboard } = await sweep({ file: ["never", file, "always"] }, dying);
    expect(leaderboard.map(({ settings, value }) => [settings.file, value])).toEqual([
      ["never", 1],
      [file, 1],
      ["always", null],
    ]);
    expect(leaderboard[2]!.trials[0]!.outcome.error).toBe("its process ended 3 times: SIGKILL");
  });

  it("say why a trial failed, and go on with others", async (test) => {
    const space = { how: ["throws", "nan", "function", "later", "right"] };
    let seen = "";
    const stderr = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
      seen += text;
      return true;
    });
    const { leaderboard } = await sweep(space, engine(test, { name: "fails" })).finally(() => {
      stderr.mockRestore();
    });
    const said = Object.fromEntries(
      leaderboard.map(({ settings, trials: [trial] }) => [settings.how, trial!.outcome.error]),
    );
    expect(said).toEqual({
      right: undefined,
      throws: "no such units",
      nan: "the objective gave NaN, which is no finite number",
      function: expect.stringMatching(
        /^the objective gave what no other process can be told: .*could not be cloned/,
      ),
      later: "its process ended 3 times: exit code 1, TypeError: nobody waits for this",
    });
    // What they print is seen.
    expect(seen).toContain("TypeError: nobody waits for this\n");
  });

  it("of a module without such a function end the sweep, with one sentence", async (test) => {
    const refused = (options: Partial<ProcessesOptions>) =>
      sweep({ at: [1, 2] }, engine(test, options)).then(
        () => undefined,
        (error: unknown) => error as ConfigError,
      );
    const none = await refused({ name: "number" });
    expect(none).toBeInstanceOf(ConfigError);
    expect([none!.code, none!.message]).toEqual([
      "objective-not-usable",
      expect.stringMatching(
        /^processes: .*objectives\.mjs is no module with an objective: it exports no function number\.$/,
      ),
    ]);
    const missing = await refused({ module: new URL("./fixtures/not-there.mjs", import.meta.url) });
    expect(missing!.message).toMatch(/not-there\.mjs is no module with an objective: it cannot be loaded: /);
    expect(() => processes({ module: "https://example.com/objective.js" })).toThrow(/must be a file's path/);
    expect(() => processes({ module: 3 as never })).toThrow(/must be a file's path .* got 3/);
    expect(() => processes({ module: MODULE, parallel: 0 })).toThrow(/parallel must be an integer/);
    expect(() => processes({ module: MODULE, slots: 2 } as never)).toThrow(/slots/);
  });

  it("end soon when the sweep is stopped, also where the objective does not hear of it", async (test) => {
    const folder = temporaryFolder(test);
    const stop = new AbortController();
    const one = engine(test, { name: "endless", grace: 0.3 });
    const space = { file: [join(folder, "deaf"), join(folder, "hears")] };
    const swept = sweep(space, one, { signal: stop.signal });
    while (readdirSync(folder).length < 2) await setTimeout(10);
    const pids = readdirSync(folder).map((name) => Number(name.split("-")[1]));
    stop.abort();
    const { aborted, leaderboard } = await swept;
    expect([aborted, leaderboard]).toEqual([true, []]);
    expect(existsSync(join(folder, "hears-heard"))).toBe(true);
    await one.close();
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it("do not keep a program alive that has done its work, nor outlive it", () => {
    const program = `
      import { sweep } from "@loam/nn/sweep";
      import { processes } from "@loam/nn/sweep/node";
      const { leaderboard } = await sweep({ at: [1, 2] }, processes({ module: ${JSON.stringify(MODULE.href)}, parallel: 2 }));
      console.log(leaderboard.map(({ trials }) => trials[0].outcome.detail.process).join());`;
    const words = ["--input-type=module", "--eval", program];
    const printed = execFileSync(process.execPath, words, { encoding: "utf8", timeout: 30_000 });
    const pids = printed.trim().split(",").map(Number);
    expect(pids.length).toBe(2);
    for (let tries = 0; tries < 100 && pids.some(isAlive); tries++) execFileSync("sleep", ["0.05"]);
    expect(pids.filter(isAlive)).toEqual([]);
  });
});
