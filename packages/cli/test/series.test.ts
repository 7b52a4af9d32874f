import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loam } from "./support.js";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "loam-series-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const DAYS = 240;
const date = (day: number) => new Date(Date.UTC(2024, 0, 1) + day * 86_400_000).toISOString().slice(0, 10);
/** A week that repeats itself on a slope; three days later is known from the last week. */
const sales = (day: number) => [20, 22, 21, 25, 40, 60, 5][day % 7]! + day / 10;
const rows = Array.from({ length: DAYS }, (_, day) => `${date(day)},${sales(day).toFixed(1)},open`);
const header = "Day,Sales,Shop";

function write(name: string, lines: readonly string[]): string {
  writeFileSync(join(root, name), `${[header, ...lines].join("\n")}\n`);
  return name;
}

const train = (...words: string[]) =>
  loam(["train", "--target", "Sales", "--seed", "1", "--threads", "1", ...words], root);

describe("a series", () => {
  test("is cross-validated by folds that roll on in time", async () => {
    const file = write("rolling.csv", rows);
    const words = ["--data", file, "--horizon", "3d", "--members", "1", "--epochs", "2", "--folds", "3"];
    const { code, stdout } = await train(...words, "--out", "rolling", "--json");
    expect(code).toBe(0);
    const { folds, mean } = JSON.parse(stdout);
    expect(folds).toHaveLength(3);
    // Four parts of 60 days; the origins of the second to the fourth, of which the third day after lies in the part.
    const rules = folds.map(
      (one: { testBaselines: { seasonalNaive: { rmse: number } } }) => one.testBaselines,
    );
    for (const { seasonalNaive } of rules) expect(seasonalNaive.rmse).toBeCloseTo(0.7, 5);
    expect(mean.testRmse).toBeCloseTo(
      folds.reduce((sum: number, { testRmse }: { testRmse: number }) => sum + testRmse / 3, 0),
      9,
    );
    // The first fold saw the first 60 days alone: the same as a table that ends with the second part.
    const two = write("two-parts.csv", rows.slice(0, 120));
    const alone = [
      "--data",
      two,
      "--horizon",
      "3d",
      "--members",
      "1",
      "--epochs",
      "2",
      "--test-split",
      "0.5",
    ];
    const { weightsHash, testRmse } = JSON.parse((await train(...alone, "--out", "alone", "--json")).stdout);
    expect(folds[0]).toMatchObject({ weightsHash, testRmse });
    const refused = await train(...words, "--test-split", "0.5", "--out", "never");
    expect(refused.stderr).toContain(
      "--folds tests on several parts of the series in turn; leave out --test-split.",
    );
    const many = await train(
      "--data",
      two,
      "--horizon",
      "3d",
      "--folds",
      "60",
      "--fold",
      "60",
      "--out",
      "never",
    );
    expect(many.stderr).toContain("120 rows are too few for 60 folds");
  });

  test("is forecast better than by what needs no network, from a file to a table of forecasts", async () => {
    const file = write("sales.csv", rows);
    const words = ["--data", file, "--horizon", "3d", "--test-split", "0.2", "--members", "2"];
    const { code, stdout, stderr } = await train(...words, "--epochs", "60", "--out", "run", "--json");
    expect({ code, stderr: stderr.includes("loam:") ? stderr : "" }).toEqual({ code: 0, stderr: "" });
    expect(stderr).toContain("target    Sales (5.6 to 83.6), 3 days ahead");
    expect(stderr).toContain("season    a week");
    const result = JSON.parse(stdout);
    const { persistence, seasonalNaive } = result.testBaselines;
    // A week before, all is 0.7 lower.
    expect(seasonalNaive.rmse).toBeCloseTo(0.7, 5);
    expect(seasonalNaive.rule).toBe("the value a week before");
    expect(persistence.rmse).toBeGreaterThan(20);
    expect(result.testRmse).toBeLessThan(3);
    expect(result.testR2).toBeGreaterThan(0.95);

    const measured = await loam(
      ["evaluate", result.model, "--data", file, "--since", date(192), "--json"],
      root,
    );
    const figures = JSON.parse(measured.stdout);
    // The test split's origins: from the first of the last fifth of the rows on.
    expect(figures.samples).toBe(DAYS - 192 - 3);
    expect(figures.rmse).toBeCloseTo(result.testRmse, 5);
    expect(figures.baselines.persistence.rmse).toBeCloseTo(persistence.rmse, 9);

    const predicted = await loam(["predict", result.model, file, "--csv", "out.csv"], root);
    expect(predicted.code).toBe(0);
    const table = readFileSync(join(root, "out.csv"), "utf8").trimEnd().split("\n");
    expect(table[0]).toBe("Day,forecast for,Sales");
    const last = table.at(-1)!.split(",");
    expect(last.slice(0, 2)).toEqual([date(DAYS - 1), date(DAYS + 2)]);
    expect(Math.abs(Number(last[2]) - sales(DAYS + 2))).toBeLessThan(6);

    const shown = await loam(["predict", result.model, file], root);
    expect(shown.stdout).toMatch(new RegExp(`^sales.csv  ${date(DAYS + 2)}  [\\d.]+\n$`));
  });

  test("gives the same forecasts whatever the order of its rows and columns", async () => {
    const file = write("few.csv", rows.slice(0, 60));
    const shuffled = rows.slice(0, 60).map((_, i) => rows[(i * 7) % 60]!);
    const turned = shuffled.map((row) => row.split(",").reverse().join(","));
    writeFileSync(join(root, "turned.csv"), `Shop,Sales,Day\n${turned.join("\n")}\n`);
    const { code } = await train("--data", file, "--horizon", "2d", "--epochs", "1", "--out", "few");
    expect(code).toBe(0);
    const model = join("few", "model.safetensors");
    const [one, other] = [
      await loam(["predict", model, file, "--csv", "-"], root),
      await loam(["predict", model, "turned.csv", "--csv", "-"], root),
    ];
    expect(other!.stdout).toBe(one!.stdout);
    expect(other!.stderr).toContain("were sorted");
  });

  test.each([
    [["--horizon", "3x"], 2, "--horizon must be a length such as 30d, 12h, 2w or 15min of time"],
    [["--window", "9d"], 2, "--window is for series; say how far ahead to forecast, with --horizon"],
    [["--horizon", "3d", "--window", "9"], 2, "give both in time or both in rows"],
    [["--horizon", "3d", "--limit", "9"], 2, "--limit does not go with --horizon"],
    [["--horizon", "900d"], 1, "take a shorter window or horizon, or more rows"],
    [["--horizon", "3d", "--time", "Shop"], 2, 'the column "Shop" has no dates'],
    [["--horizon", "3d", "--target", "Price"], 2, 'has no column "Price"'],
  ])("with %j is refused", async (words, exit, sentence) => {
    const file = write("sales.csv", rows);
    const { code, stdout, stderr } = await train("--data", file, "--out", "refused", ...words);
    expect({ code, stdout }).toEqual({ code: exit, stdout: "" });
    expect(stderr).toContain(sentence);
  });

  test("of two rows with one date is refused, with both rows named", async () => {
    const file = write("twice.csv", [...rows.slice(0, 50), rows[10]!]);
    const { code, stderr } = await train("--data", file, "--horizon", "3d", "--out", "twice");
    expect(code).toBe(1);
    expect(stderr).toContain(`rows 12 and 52 both have "${date(10)}" as "Day"`);
  });
});
