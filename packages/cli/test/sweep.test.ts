import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readShard } from "../src/sweep/shards.js";
import { parseSweep } from "../src/sweep/sweep-config.js";
import { loam, temporaryFolder } from "./support.js";

const SETTINGS = { data: "digits", model: "softmax", epochs: 2, limit: 200 };
const SMALL = { settings: SETTINGS, space: { learningRate: [0.1, 0.01], batchSize: [16, 50] } };

function write(folder: string, value: unknown, name = "small.json"): string {
  writeFileSync(join(folder, name), JSON.stringify(value));
  return name;
}

function board(folder: string, sweep: string): string {
  return readFileSync(join(folder, sweep, "leaderboard.json"), "utf8");
}

interface Board {
  readonly metric: string;
  readonly mode: string;
  readonly leaderboard: readonly {
    readonly configuration: number;
    readonly settings: Readonly<Record<string, unknown>>;
    readonly rung: number;
    readonly value: number | null;
    readonly trials: readonly {
      readonly id: string;
      readonly value: number | null;
      readonly error?: string;
      readonly weightsHash: string;
      readonly figures: Readonly<Record<string, number>>;
    }[];
  }[];
}

describe("loam sweep", () => {
  it("trains every combination as a run of its own, and says which is best", async (test) => {
    const folder = temporaryFolder(test);
    const { code, stdout, stderr } = await loam(["sweep", write(folder, SMALL)], folder);
    expect([code, stderr.match(/^trial /gm)?.length]).toEqual([0, 4]);
    const { metric, mode, leaderboard } = JSON.parse(board(folder, "sweeps/small")) as Board;
    expect([metric, mode]).toEqual(["accuracy", "max"]);
    const values = leaderboard.map(({ value }) => value!);
    expect(values).toEqual(values.toSorted((a, b) => b - a));
    expect(stdout).toContain(`loam train --config ${join("sweeps", "small", "best.json")}`);
    // The best trial is the run that its configuration makes, to the last bit.
    const best = leaderboard[0]!;
    const run = await loam(
      ["train", "--config", "sweeps/small/best.json", "--out", "again", "--json"],
      folder,
    );
    expect(JSON.parse(run.stdout).weightsHash).toBe(best.trials[0]!.weightsHash);
    // And so is the last, of which the data was there already.
    const last = leaderboard.find(({ configuration }) => configuration === 4)!;
    write(folder, { ...SETTINGS, ...last.settings, validationSplit: 0.15, seed: 1 }, "last.json");
    const own = await loam(["train", "--config", "last.json", "--out", "last", "--json"], folder);
    expect(JSON.parse(own.stdout).weightsHash).toBe(last.trials[0]!.weightsHash);
    expect(readdirSync(join(folder, "sweeps/small/trials", best.trials[0]!.id)).sort()).toEqual([
      "checkpoint.safetensors",
      "history.csv",
      "model.safetensors",
      "run.json",
    ]);
    // Nobody looks at the test set until there is a choice.
    const tested = (path: string) => JSON.parse(readFileSync(join(folder, path, "run.json"), "utf8")).result;
    expect(tested(join("sweeps/small/trials", best.trials[0]!.id)).testAccuracy).toBeNull();
    expect(tested("again").testAccuracy).toBeGreaterThan(0.1);
    const outcome = readFileSync(join(folder, `sweeps/small/outcomes/${best.trials[0]!.id}-r0.json`), "utf8");
    const { seconds, processor } = JSON.parse(outcome);
    expect(seconds).toBeGreaterThan(0);
    expect(processor).toBeGreaterThan(0);
    const page = readFileSync(join(folder, "sweeps/small/report.html"), "utf8");
    expect(page.match(/<path class="line (a|rest)"/g)!.length).toBeGreaterThanOrEqual(4);
    expect(page).toContain("Losses of the best");
  });

  it("raises the best by halving, to the bits of runs that never paused", async (test) => {
    const folder = temporaryFolder(test);
    const file = write(folder, {
      // A rate that falls over the whole run: one that ended at a rung would have had others.
      settings: { ...SETTINGS, epochs: 9, schedule: "cosine", patience: 20 },
      space: { learningRate: { from: 0.001, to: 1, scale: "log" }, batchSize: [16, 50] },
      search: "halving",
      trials: 9,
    });
    const { code, stdout } = await loam(["sweep", file, "--json", "--out", "h"], folder);
    expect(code).toBe(0);
    const { leaderboard } = JSON.parse(stdout) as Board;
    expect(leaderboard.map(({ rung }) => rung)).toEqual([2, 1, 1, 0, 0, 0, 0, 0, 0]);
    const epochsOf = (id: string) =>
      readFileSync(join(folder, "h/trials", id, "history.csv"), "utf8")
        .trimEnd()
        .split("\n").length - 1;
    expect(leaderboard.map(({ trials }) => epochsOf(trials[0]!.id))).toEqual([9, 3, 3, 1, 1, 1, 1, 1, 1]);
    const run = await loam(["train", "--config", "h/best.json", "--out", "again", "--json"], folder);
    expect(JSON.parse(run.stdout).weightsHash).toBe(leaderboard[0]!.trials[0]!.weightsHash);
    // A paused trial can be finished by hand.
    const paused = join("h/trials", leaderboard[3]!.trials[0]!.id);
    expect((await loam(["train", "--resume", paused], folder)).code).toBe(0);
    expect(epochsOf(leaderboard[3]!.trials[0]!.id)).toBe(9);
  });

  it("says why a trial failed, and goes on with the others", async (test) => {
    const folder = temporaryFolder(test);
    const file = write(folder, {
      settings: { ...SETTINGS, model: "mlp" },
      space: { optimizer: ["sgd", "adam"], learningRate: [0.01, 1e30] },
    });
    const { code, stdout } = await loam(["sweep", file, "--json"], folder);
    expect(code).toBe(0);
    const { leaderboard } = JSON.parse(stdout) as Board;
    const failed = leaderboard.filter(({ value }) => value === null);
    expect(failed.map(({ settings }) => settings.learningRate)).toEqual([1e30, 1e30]);
    expect(failed[0]!.trials[0]!.error).toMatch(/not finite|NaN|Infinity|∞/);
  });

  it("chooses a table's numbers by their error, and trains one network a trial", async (test) => {
    const folder = temporaryFolder(test);
    const rows = Array.from({ length: 60 }, (_, i) => `${i},${(i * 7) % 11},${2 * i + ((i * 7) % 11)}`);
    writeFileSync(join(folder, "t.csv"), ["a,b,price", ...rows].join("\n"));
    const file = write(folder, {
      settings: { data: "t.csv", target: "price", epochs: 20, folds: 2 },
      space: { learningRate: [1e-6, 0.01] },
    });
    const { code, stdout } = await loam(["sweep", file, "--json"], folder);
    expect(code).toBe(0);
    const { metric, leaderboard } = JSON.parse(stdout) as Board;
    expect(metric).toBe("rmse");
    expect(leaderboard[0]!.settings.learningRate).toBe(0.01);
    expect(leaderboard[0]!.trials.map(({ id }) => id)).toEqual(["c002-s1-f1", "c002-s1-f2"]);
    const config = JSON.parse(readFileSync(join(folder, "sweeps/small/best.json"), "utf8"));
    expect(config).not.toHaveProperty("folds");
    expect(config).toMatchObject({ target: ["price"], learningRate: 0.01, seed: 1 });
  });
});

describe("what cannot be swept is said in one sentence, and leaves nothing", () => {
  const cases: [name: string, value: unknown, sentence: RegExp][] = [
    [
      "an unknown setting",
      { space: { learningRat: [1] } },
      /space\.learningRat is no setting \(did you mean "learningRate"\?\)/,
    ],
    [
      "a choice that cannot be",
      { space: { learningRate: [0.1, -1] } },
      /space\.learningRate\[1\] must be a number in \(0, ∞\), got -1/,
    ],
    ["an unknown key", { spac: {} }, /has no key "spac" \(did you mean "space"\?\)/],
    ["nothing to search", { space: {} }, /space must name at least one setting/],
    [
      "a setting said twice",
      { settings: SETTINGS, space: { epochs: [1, 2] } },
      /epochs is both in settings and in space/,
    ],
    [
      "a seed in the settings",
      { settings: { ...SETTINGS, seed: 3 }, space: { l2: [0.1] } },
      /settings\.seed cannot be said here; say "seeds"/,
    ],
    ["folders of trials", { space: { out: ["a"] } }, /space\.out cannot be searched/],
    [
      "a grid of a range",
      { space: { l2: { from: 0, to: 1 } }, search: "grid" },
      /needs the choices of l2 listed/,
    ],
    [
      "a range backwards",
      { space: { l2: { from: 1, to: 0.5 } }, trials: 3 },
      /l2 must go from a number to a greater one/,
    ],
    ["a metric", { space: { l2: [0] }, metric: "acuracy" }, /metric must be one of accuracy/],
    [
      "settings that contradict each other",
      { settings: SETTINGS, space: { dropout: [0, 0.5], warmup: [0, 9], schedule: ["plateau"] } },
      /configuration \d+ \(dropout 0, warmup 9, schedule plateau\)/,
    ],
    [
      "data that is not there",
      { settings: { data: "none.csv" }, space: { l2: [0] } },
      /none\.csv: there is no such file/,
    ],
  ];
  it.for(cases)("%s", async ([, value, sentence], test) => {
    const folder = temporaryFolder(test);
    const { code, stderr } = await loam(["sweep", write(folder, value)], folder);
    expect(stderr.trimEnd().split("\n").at(-1)).toMatch(sentence);
    expect([1, 2]).toContain(code);
    expect(readdirSync(folder)).toEqual(["small.json"]);
  });

  it("two sweeps of one name, a folder that holds none, flags that do not go together", async (test) => {
    const folder = temporaryFolder(test);
    const file = write(folder, { settings: SETTINGS, space: { batchSize: [50] } });
    expect((await loam(["sweep", file], folder)).code).toBe(0);
    const say = async (...words: string[]) => (await loam(["sweep", ...words], folder)).stderr;
    expect(await say(file)).toMatch(/already holds a sweep; loam sweep --resume sweeps\/small goes on/);
    expect(await say("--resume", "nowhere")).toMatch(/nowhere: holds no sweep/);
    expect(await say("collect", "nowhere")).toMatch(/nowhere: holds no shard/);
    expect(await say(file, "--resume", "sweeps/small")).toMatch(/leave out small\.json/);
    expect(await say(file, "--async", "--out", "x")).toMatch(/--async is for halving/);
    expect(await say()).toMatch(/say what to search/);
    expect(await say(file, "--parallel", "0")).toMatch(/--parallel must be a whole number/);
    expect(existsSync(join(folder, "x"))).toBe(false);
  });
});

describe("--shard", () => {
  it("takes its number from a scheduler", () => {
    expect(readShard("2/8", {})).toEqual({ index: 2, count: 8 });
    expect(readShard("auto/8", { JOB_COMPLETION_INDEX: "0" })).toEqual({ index: 1, count: 8 });
    const slurm = { SLURM_ARRAY_TASK_ID: "5", SLURM_ARRAY_TASK_MIN: "3", SLURM_ARRAY_TASK_COUNT: "4" };
    expect(readShard("auto", slurm)).toEqual({ index: 3, count: 4 });
    for (const [text, environment] of [
      ["0/8", {}],
      ["9/8", {}],
      ["2", {}],
      ["auto/8", {}],
      ["auto", { JOB_COMPLETION_INDEX: "1" }],
      ["auto/2", { SLURM_ARRAY_TASK_ID: "5" }],
      ["auto/2", { SLURM_ARRAY_TASK_ID: "x" }],
    ] as const)
      expect(() => readShard(text, environment)).toThrow(/--shard/);
  });
});

describe("a sweep's file", () => {
  it("is complete by its defaults", () => {
    const { name, seeds, search, folds } = parseSweep(
      '{"space":{"l2":[0,1]},"seeds":3}',
      "my first try.json",
    );
    expect({ name, seeds, search, folds }).toEqual({
      name: "my-first-try",
      seeds: [1, 2, 3],
      search: {},
      folds: undefined,
    });
  });
});
