import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loam } from "./support.js";

/** Points of a square, and what is said of them: right of its middle, above it; and both in one column. */
const POINTS = Array.from({ length: 120 }, (_, i) => {
  const [x, y] = [((i * 37) % 100) / 10 + 0.05, ((i * 53) % 71) / 7 + 0.05];
  const [right, above] = [x > 5, y > 5];
  const tags = [...(right ? ["right"] : []), ...(above ? ["above"] : [])].join("|");
  return { id: `p${i}`, x, y, right: Number(right), above: above ? "yes" : "no", tags, side: "abc"[i % 3]! };
});
const csv = (rows: readonly object[]) =>
  [Object.keys(rows[0]!), ...rows.map((row) => Object.values(row))].map((row) => row.join(",")).join("\n");

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "loam-labels-"));
  writeFileSync(join(root, "points.csv"), csv(POINTS));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const SHORT = ["--data", "points.csv", "--seed", "1", "--threads", "1", "--members", "2", "--epochs", "25"];
const train = (...words: string[]) => loam(["train", ...SHORT, "--json", ...words], root);
const predict = (out: string, ...words: string[]) =>
  loam(["predict", join(out, "model.safetensors"), "points.csv", ...words], root);

describe("several labels, of which any may hold", () => {
  beforeAll(async () => {
    const { code, stderr } = await train(
      "--target",
      "right,above",
      "--drop",
      "tags,side",
      "--out",
      "columns",
    );
    expect([code, stderr]).toEqual([0, expect.stringContaining("target    2 labels, of which any may hold")]);
  });

  test("are measured label by label, by counts of what is predicted", async () => {
    const told = (await predict("columns", "--csv", "-", "--probabilities")).stdout.trimEnd().split("\n");
    expect(told[0]).toBe("id,right,above,probability of right,probability of above");
    const rows = told.slice(1).map((line) => line.split(","));
    // Counted here from the answers alone.
    const counts = (cell: number, yes: string, is: (one: (typeof POINTS)[number]) => boolean) => {
      const matrix = [
        [0, 0],
        [0, 0],
      ];
      rows.forEach((row, i) => {
        matrix[Number(is(POINTS[i]!))]![Number(row[cell] === yes)]! += 1;
      });
      return matrix;
    };
    const [right, above] = [
      counts(1, "1", (one) => one.right === 1),
      counts(2, "yes", (one) => one.above === "yes"),
    ];
    const parts = (matrix: number[][]) => ({ fp: matrix[0]![1]!, fn: matrix[1]![0]!, tp: matrix[1]![1]! });
    const f1 = (matrix: number[][]) => {
      const { fp, fn, tp } = parts(matrix);
      return (2 * tp) / (2 * tp + fp + fn);
    };
    const exact = rows.filter(
      ([, a, b], i) => a === String(POINTS[i]!.right) && b === POINTS[i]!.above,
    ).length;
    rows.forEach(([, a, b, p, q]) => {
      expect([a, b]).toEqual([Number(p) > 0.5 ? "1" : "0", Number(q) > 0.5 ? "yes" : "no"]);
    });

    const { stdout } = await loam(
      ["evaluate", "columns/model.safetensors", "--data", "points.csv", "--by", "side", "--json"],
      root,
    );
    const measured = JSON.parse(stdout);
    expect(measured).toMatchObject({ accuracy: exact / 120, confusion: { right, above }, samples: 120 });
    expect(exact).toBeGreaterThan(100);
    expect(measured.macroF1).toBeCloseTo((f1(right) + f1(above)) / 2, 12);
    const { fp, fn, tp } = parts(right);
    expect(measured.classes[0]).toEqual({
      ...{ class: "right", precision: tp / (tp + fp), recall: tp / (tp + fn) },
      ...{ f1: f1(right), samples: tp + fn },
    });
    const groups: { samples: number; accuracy: number }[] = measured.by.groups;
    expect(groups.reduce((sum, { samples, accuracy }) => sum + samples * accuracy, 0)).toBeCloseTo(exact, 9);
  });

  test("are told in a line, as JSON, and in a report", async () => {
    const lines = (await predict("columns")).stdout.trimEnd().split("\n");
    const { predictions } = JSON.parse((await predict("columns", "--json")).stdout);
    const { labels, answer, probabilities } = predictions[1];
    expect(Object.keys(probabilities)).toEqual(["right", "above"]);
    expect(labels).toEqual(Object.keys(answer).filter((name) => ["1", "yes"].includes(answer[name])));
    for (const name of labels) expect(lines[1]).toContain(`${name} `);
    expect((await predict("columns", "--top", "2")).stdout).toMatch(
      /^points\.csv\[0\] +(right|above) .+ %, (right|above) .+ %\n/,
    );
    const report = await loam(["report", "columns"], root);
    expect([report.code, report.stderr.includes("loam:")]).toEqual([0, false]);
    const page = readFileSync(join(root, "columns", "report.html"), "utf8");
    for (const part of ["every label right", "Each label", "Which columns matter"])
      expect(page).toContain(part);
  });

  test("are words in one column, learnt further from there, and by folds", async () => {
    const words = ["--target", "tags", "--task", "multilabel", "--drop", "right,above,side"];
    const { code, stdout } = await train(...words, "--folds", "2", "--out", "folds");
    expect(code).toBe(0);
    const { mean, folds } = JSON.parse(stdout);
    expect(mean.testAccuracy).toBeGreaterThan(0.7);
    expect(Object.keys(folds[0].testConfusion)).toEqual(["above", "right"]);
    const from = join("folds", "fold-1", "model.safetensors");
    const more = await loam(
      ["train", "--data", "points.csv", "--from", from, "--seed", "2", "--epochs", "2", "--out", "more"],
      root,
    );
    expect(more.stderr).toMatch(/^from {6}the weights of [^,]+$/m);
    const told = (await predict("more", "--csv", "-")).stdout.trimEnd().split("\n").slice(1);
    const same = told.filter(
      (line, i) => line.split(",")[1]!.split("|").sort().join() === POINTS[i]!.tags.split("|").sort().join(),
    );
    expect(same.length).toBeGreaterThan(90);
    const asked = async (out: string, ...words: string[]) => {
      const more = ["--from", from, "--seed", "2", "--epochs", "1", "--out", out, "--json"];
      return loam(["train", "--data", "points.csv", ...more, ...words], root);
    };
    // In columns of these names they are told by the same outputs, in whatever order.
    const columns = await asked("again", "--target", "right,above");
    expect(columns.stderr).toMatch(/^from {6}the weights of [^,]+$/m);
    expect(JSON.parse(columns.stdout).validationAccuracy).toBeGreaterThan(0.7);
    const classes = await asked("classes", "--target", "side");
    expect(classes.stderr).toContain('but for a new last layer, as the classes are "a", "b", "c"');
  });

  test("that are none are refused in one sentence", async () => {
    const refusal = async (...words: string[]) => {
      const { code, stderr } = await train(...words, "--out", "never");
      return `${code} ${stderr.trim()}`;
    };
    expect([
      await refusal("--target", "right,side"),
      await refusal("--target", "right,above", "--drop", "tags", "--class-weight", "balanced"),
      await refusal("--target", "side", "--task", "multilabel"),
    ]).toEqual([
      '2 loam: points.csv: several targets must all be numbers, or all be 0 and 1 or yes and no, but "right", "side" has classes; train a network for each.',
      "2 loam: --class-weight is for classes, of which each row has one, and here any label may hold; weigh rows with --weight.",
      '2 loam: points.csv: expected labels parted by "|" in "side", but no cell has two; where each row has one, they are classes.',
    ]);
  });
});
