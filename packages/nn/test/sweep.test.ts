import { type SweepEngine, type SweepNews, sweep, type Trial } from "@loam/nn/sweep";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigError } from "../src/errors.js";

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

const LETTERS = { a: [1, 2, 3], b: ["x", "y"] } as const;

/** Resolves after other microtasks, in an order that the numbers decide. */
async function after(ticks: number): Promise<void> {
  for (let i = 0; i < ticks; i++) await Promise.resolve();
}

describe("grid search", () => {
  it("tries every combination once, the last setting changing fastest", async () => {
    const seen: unknown[] = [];
    await sweep(LETTERS, ({ settings }) => {
      seen.push([settings.a, settings.b]);
      return 0;
    });
    expect(seen).toEqual([
      [1, "x"],
      [1, "y"],
      [2, "x"],
      [2, "y"],
      [3, "x"],
      [3, "y"],
    ]);
  });

  it("puts the least first, or the greatest, and of equals the first that was tried", async () => {
    const values = [3, 1, 2, 1];
    const space = { at: [0, 1, 2, 3] };
    const objective = ({ settings: { at } }: Trial<{ at: number }>) => values[at]!;
    const order = async (mode: "min" | "max") =>
      (await sweep(space, objective, { mode })).leaderboard.map(({ settings }) => settings.at);
    expect(await order("min")).toEqual([1, 3, 2, 0]);
    expect(await order("max")).toEqual([0, 2, 1, 3]);
  });

  it("judges by the mean over seeds and folds, and tells their deviation", async () => {
    const { best } = await sweep(
      { rate: [1] },
      // Seeds 1 and 2, folds 1 to 3: 11 12 13 21 22 23, of mean 17; Σ (x − 17)² = 154, over 5.
      ({ seed, fold }) => 10 * seed + fold!,
      { seeds: [1, 2], folds: 3 },
    );
    expect(best!.value).toBe(17);
    expect(best!.deviation).toBeCloseTo(Math.sqrt(154 / 5), 12);
    expect(best!.trials.map(({ id }) => id)).toEqual([
      "c001-s1-f1",
      "c001-s1-f2",
      "c001-s1-f3",
      "c001-s2-f1",
      "c001-s2-f2",
      "c001-s2-f3",
    ]);
  });

  it("goes on where a trial fails, and says why", async () => {
    const { best, leaderboard } = await sweep({ at: [0, 1, 2] }, ({ settings: { at } }) => {
      if (at === 0) throw new Error("no such units");
      return at === 1 ? Number.NaN : 5;
    });
    expect(best!.settings).toEqual({ at: 2 });
    expect(leaderboard.map(({ value }) => value)).toEqual([5, null, null]);
    expect(leaderboard[1]!.trials[0]!.outcome.error).toBe("no such units");
    expect(leaderboard[2]!.trials[0]!.outcome.error).toMatch(/NaN/);
    const none = await sweep({ at: [0] }, () => Number.POSITIVE_INFINITY);
    expect(none.best).toBeUndefined();
  });

  it("keeps as many trials under way as it has slots", async () => {
    let now = 0;
    let most = 0;
    await sweep(
      { at: Array.from({ length: 20 }, (_, i) => i) },
      async () => {
        most = Math.max(most, ++now);
        await after(3);
        now--;
        return 0;
      },
      { parallel: 4 },
    );
    expect(most).toBe(4);
  });
});

describe("random search", () => {
  it("draws inside every range, whole numbers with both ends, and none twice", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 53 - 1 }), async (seed) => {
        const space = {
          rate: { from: 1e-4, to: 1, scale: "log" },
          dropout: { from: 0, to: 0.5 },
          units: { from: 3, to: 5, whole: true },
        } as const;
        const { leaderboard } = await sweep(space, () => 0, { search: "random", trials: 30, seed });
        expect(new Set(leaderboard.map(({ settings }) => JSON.stringify(settings))).size).toBe(30);
        for (const { settings } of leaderboard) {
          expect(settings.rate).toBeGreaterThanOrEqual(1e-4);
          expect(settings.rate).toBeLessThanOrEqual(1);
          expect(settings.dropout).toBeGreaterThanOrEqual(0);
          expect(settings.dropout).toBeLessThanOrEqual(0.5);
          expect([3, 4, 5]).toContain(settings.units);
        }
      }),
      { numRuns: 20 },
    );
  });

  it("draws logarithms evenly: a quarter of four decades to each", async () => {
    const { leaderboard } = await sweep(
      { rate: { from: 1e-4, to: 1, scale: "log" } },
      ({ settings }) => settings.rate,
      { trials: 2000 },
    );
    for (const decade of [1e-4, 1e-3, 1e-2, 1e-1]) {
      const inside = leaderboard.filter(
        ({ settings: { rate } }) => rate >= decade && rate < 10 * decade,
      ).length;
      // Five deviations of a binomial of 2,000 and a quarter, which is 97.
      expect(Math.abs(inside - 500)).toBeLessThan(97);
    }
  });

  it("ends with all combinations where there are no more", async () => {
    const { leaderboard } = await sweep(LETTERS, () => 0, { search: "random", trials: 50 });
    expect(new Set(leaderboard.map(({ settings }) => JSON.stringify(settings))).size).toBe(6);
    const few = await sweep({ n: { from: 1, to: 4, whole: true } }, () => 0, { trials: 50 });
    expect(few.leaderboard.map(({ settings }) => settings.n).sort()).toEqual([1, 2, 3, 4]);
  });

  it("draws the same for the same seed, and the first ones of more", async () => {
    const draw = async (trials: number, seed: number) =>
      (await sweep({ x: { from: 0, to: 1 } }, () => 0, { trials, seed })).leaderboard.map(
        ({ settings }) => settings.x,
      );
    expect(await draw(5, 1)).toEqual((await draw(9, 1)).slice(0, 5));
    expect(await draw(5, 1)).not.toEqual(await draw(5, 2));
  });
});

describe("successive halving", () => {
  /** Whose order at a small budget is not the one at the whole. */
  const value = (at: number, budget: number) => ((at * 7) % 27) + (1 - budget) * ((at * 11) % 13);

  it("raises the best third of each rung threefold", async () => {
    const trials: [number, number][] = [];
    const { best, leaderboard } = await sweep(
      { at: Array.from({ length: 27 }, (_, i) => i) },
      ({ settings: { at }, budget }) => {
        trials.push([at, budget]);
        return value(at, budget);
      },
      { search: "halving" },
    );
    // By hand: rungs of 27, 9 and 3, each the least of the one before.
    const least = (places: number[], budget: number, count: number) =>
      places
        .toSorted((a, b) => value(a, budget) - value(b, budget) || a - b)
        .slice(0, count)
        .sort((a, b) => a - b);
    const first = Array.from({ length: 27 }, (_, i) => i);
    const second = least(first, 1 / 9, 9);
    const third = least(second, 1 / 3, 3);
    expect(trials).toEqual([
      ...first.map((at) => [at, 1 / 9]),
      ...second.map((at) => [at, 1 / 3]),
      ...third.map((at) => [at, 1]),
    ]);
    expect(best!.settings.at).toBe(least(third, 1, 1)[0]);
    expect(leaderboard.map(({ rung }) => rung)).toEqual([
      ...Array(3).fill(2),
      ...Array(6).fill(1),
      ...Array(18).fill(0),
    ]);
  });

  it("does not ask again for what a larger budget does not change", async () => {
    const asked: string[] = [];
    const { best } = await sweep(
      { at: [0, 1, 2, 3, 4, 5, 6, 7, 8] },
      ({ settings: { at }, rung }) => {
        asked.push(`${at}@${rung}`);
        return { value: at, isWhole: at === 0 };
      },
      { search: "halving" },
    );
    expect(asked.filter((one) => one.startsWith("0"))).toEqual(["0@0"]);
    expect(best!.settings.at).toBe(0);
    expect(best!.rung).toBe(2);
  });

  it("gives the same leaderboard whichever trial ends first", async () => {
    const run = async (delays: readonly number[], parallel: number) => {
      let k = 0;
      const { leaderboard } = await sweep(
        { at: Array.from({ length: 18 }, (_, i) => i) },
        async ({ settings: { at }, budget, seed }) => {
          await after(delays[k++ % delays.length]!);
          return value(at, budget) + 0.1 * seed;
        },
        { search: "halving", seeds: [3, 1], parallel },
      );
      return leaderboard;
    };
    const one = await run([0], 1);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(12), { minLength: 1 }),
        fc.integer({ min: 1, max: 9 }),
        async (delays, parallel) => {
          expect(await run(delays, parallel)).toEqual(one);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("asynchronously promotes what is best so far, each at most once a rung", async () => {
    const seen = new Set<string>();
    const { best } = await sweep(
      { at: Array.from({ length: 27 }, (_, i) => i) },
      async ({ id, rung, settings: { at } }) => {
        expect(seen.has(`${id}@${rung}`)).toBe(false);
        seen.add(`${id}@${rung}`);
        await after(at % 5);
        return at;
      },
      { search: "halving", async: true, parallel: 4 },
    );
    const rungs = [0, 1, 2].map((rung) => [...seen].filter((one) => one.endsWith(`@${rung}`)).length);
    expect(rungs[0]).toBe(27);
    expect(rungs[1]).toBeGreaterThanOrEqual(9);
    expect(rungs[2]).toBeGreaterThanOrEqual(3);
    expect(best!.settings.at).toBe(0);
  });

  it("leaves out what failed, and goes on with the others", async () => {
    const { best } = await sweep(
      { at: [0, 1, 2, 3, 4, 5, 6, 7, 8] },
      ({ settings: { at } }) => (at < 5 ? Number.NaN : at),
      { search: "halving" },
    );
    expect(best!.settings.at).toBe(5);
    expect(best!.rung).toBe(2);
  });
});

describe("an engine", () => {
  it("runs the trials, of which any number may be under way", async () => {
    const given: string[] = [];
    const engine: SweepEngine<{ at: number }> = {
      slots: 2,
      async run({ id, settings }) {
        given.push(id);
        return { value: settings.at, detail: { from: "elsewhere" } };
      },
    };
    const { best } = await sweep({ at: [4, 2, 3] }, engine);
    expect(given).toEqual(["c001-s1", "c002-s1", "c003-s1"]);
    expect(best!.trials[0]!.outcome).toEqual({ value: 2, detail: { from: "elsewhere" } });
  });

  it("ends the sweep when it cannot go on, and asks what is under way to stop", async () => {
    let wasStopped = false;
    const engine: SweepEngine<{ at: number }> = {
      slots: 2,
      run: ({ settings }, signal) =>
        settings.at === 1
          ? Promise.reject(new Error("the queue is gone"))
          : new Promise((resolve) => {
              signal.addEventListener("abort", () => {
                wasStopped = true;
                resolve({ value: 0 });
              });
            }),
    };
    await expect(sweep({ at: [0, 1, 2] }, engine)).rejects.toThrow("the queue is gone");
    expect(wasStopped).toBe(true);
  });

  it("is stopped by a signal: nothing begins after it, and what was under way is not counted", async () => {
    const stop = new AbortController();
    const news: SweepNews[] = [];
    const { aborted, leaderboard } = await sweep(
      { at: [0, 1, 2, 3, 4, 5] },
      ({ settings: { at } }) => {
        if (at === 2) stop.abort();
        return at;
      },
      { signal: stop.signal, onTrial: (one) => news.push(one) },
    );
    expect(aborted).toBe(true);
    expect(leaderboard.map(({ settings }) => settings.at)).toEqual([0, 1]);
    expect(news.map(({ ended, asked }) => [ended, asked])).toEqual([
      [1, 6],
      [2, 6],
    ]);
  });
});

describe("what cannot be searched", () => {
  const refused: [name: string, call: () => Promise<unknown>, code: string][] = [
    ["nothing", () => sweep({}, () => 0), "space-not-usable"],
    ["no choices", () => sweep({ a: [] }, () => 0), "space-not-usable"],
    ["a choice twice", () => sweep({ a: [1, 2, 1] }, () => 0), "space-not-usable"],
    ["a range backwards", () => sweep({ a: { from: 1, to: 0 } }, () => 0, { trials: 2 }), "space-not-usable"],
    [
      "a logarithm of 0",
      () => sweep({ a: { from: 0, to: 1, scale: "log" } }, () => 0, { trials: 2 }),
      "space-not-usable",
    ],
    [
      "halves of whole numbers",
      () => sweep({ a: { from: 0, to: 1.5, whole: true } }, () => 0, { trials: 2 }),
      "space-not-usable",
    ],
    [
      "a grid of a range",
      () => sweep({ a: { from: 0, to: 1 } }, () => 0, { search: "grid" }),
      "space-not-usable",
    ],
    [
      "a range without an end of trials",
      () => sweep({ a: { from: 0, to: 1 } }, () => 0),
      "search-not-usable",
    ],
    ["a grid of so many", () => sweep({ a: [1] }, () => 0, { trials: 3 }), "search-not-usable"],
    [
      "more rungs than configurations",
      () => sweep({ a: [1, 2] }, () => 0, { search: "halving", rungs: 3 }),
      "search-not-usable",
    ],
    [
      "more combinations than anyone trains",
      () => sweep({ a: numbers(400), b: numbers(400) }, () => 0),
      "space-not-usable",
    ],
    [
      "more draws than anyone trains",
      () => sweep({ a: { from: 0, to: 1 } }, () => 0, { trials: 4e9 }),
      "search-not-usable",
    ],
    ["rungs of a grid", () => sweep({ a: [1, 2] }, () => 0, { rungs: 2 }), "search-not-usable"],
    ["a seed twice", () => sweep({ a: [1] }, () => 0, { seeds: [1, 1] }), "seeds-not-usable"],
    ["no fold", () => sweep({ a: [1] }, () => 0, { folds: 0 }), "folds-not-positive"],
    ["a misspelt option", () => sweep({ a: [1] }, () => 0, { trails: 3 } as object), "unknown-option"],
  ];
  it.each(refused)("%s", async (_, call, code) => {
    await expect(call()).rejects.toSatisfy(
      (error: unknown) => error instanceof ConfigError && error.code === code,
    );
  });
});
