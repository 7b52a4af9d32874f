import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loam } from "./support.js";

let root: string;

/** Rows whose kind is told by `a`, and whose price is that of `a` and `b`. */
const ROWS = Array.from({ length: 60 }, (_, i) => ({
  kind: i % 3,
  a: (i % 3) * 5 + (i % 2),
  b: (i * 7) % 11,
}));
const table = (names: readonly string[], order: readonly ("kind" | "price" | "a" | "b")[]) =>
  [
    order.join(","),
    ...ROWS.map(({ kind, a, b }) =>
      order.map((name) => ({ kind: names[kind], price: 100 * a + 10 * b, a, b })[name]).join(","),
    ),
  ].join("\n");
const TREES = ["ash", "birch", "cedar"];
const HOW = ["--model", "softmax", "--epochs", "4", "--seed", "1", "--members", "1"];
const FIRST = join("first", "model.safetensors");

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "loam-training-"));
  writeFileSync(join(root, "trees.csv"), table(TREES, ["kind", "a", "b"]));
  writeFileSync(join(root, "turned.csv"), table(TREES, ["b", "kind", "a"]));
  writeFileSync(join(root, "flowers.csv"), table(["aster", "briar", "crocus"], ["a", "b", "kind"]));
  writeFileSync(join(root, "prices.csv"), table(TREES, ["a", "b", "price"]));
  await train("--data", "trees.csv", "--target", "kind", ...HOW, "--out", "first");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function train(...words: string[]) {
  const { code, stdout, stderr } = await loam(["train", "--json", ...words], root);
  expect(stderr).not.toContain("loam:");
  expect(code).toBe(0);
  return { ...JSON.parse(stdout), stderr };
}

async function refusal(...words: string[]): Promise<[number | null, string]> {
  const { code, stdout, stderr } = await loam(["train", ...words], root);
  expect(stdout).toBe("");
  return [code, stderr.trimEnd().split("\n").at(-1)!];
}

describe("--folds", () => {
  test("trains and measures a network a fold, and says mean and deviation", async () => {
    const words = ["--data", "prices.csv", "--target", "price", ...HOW, "--folds", "3"];
    const all = await train(...words, "--out", "folds");
    const { folds, mean, deviation } = all;
    expect(folds).toHaveLength(3);
    const rmse = folds.map(({ testRmse }: { testRmse: number }) => testRmse) as number[];
    const middle = (rmse[0]! + rmse[1]! + rmse[2]!) / 3;
    expect(mean.testRmse).toBeCloseTo(middle, 9);
    expect(deviation.testRmse).toBeCloseTo(
      Math.sqrt(rmse.reduce((sum, x) => sum + (x - middle) ** 2, 0) / 2),
      9,
    );
    const { stderr: _, ...said } = all;
    expect(JSON.parse(readFileSync(join(root, "folds", "folds.json"), "utf8"))).toEqual(said);
    // A fold alone, by its own configuration, is the same network.
    const { configuration } = JSON.parse(readFileSync(join(root, "folds", "fold-2", "run.json"), "utf8"));
    writeFileSync(join(root, "fold.json"), JSON.stringify(configuration));
    expect((await train("--config", "fold.json", "--out", "again")).weightsHash).toBe(folds[1].weightsHash);
  });

  test("is refused with a test set of one's own, and without parts to take", async () => {
    const words = ["--data", "trees.csv", "--target", "kind"];
    expect(await refusal(...words, "--folds", "3", "--test-data", "trees.csv")).toEqual([
      2,
      "loam: --folds tests on each part of the data in turn; leave out --test-data.",
    ]);
    expect(await refusal(...words, "--fold", "2")).toEqual([
      2,
      "loam: --fold says which of --folds is the test; give both.",
    ]);
    expect(await refusal(...words, "--folds", "61")).toEqual([
      2,
      "loam: --folds must be at most the number of samples, which is 60, got 61.",
    ]);
  });
});

describe("--from", () => {
  test("begins with the model's weights, whatever the order of the columns", async () => {
    const words = ["--from", FIRST, "--epochs", "1", "--learning-rate", "1e-30", "--seed", "2"];
    const first = JSON.parse(readFileSync(join(root, "first", "run.json"), "utf8")).result;
    const same = await train("--data", "turned.csv", ...words, "--out", "same");
    expect(same.weightsHash).toBe(first.weightsHash);
    expect(same.stderr).toContain(`from      the weights of ${FIRST}\n`);
    // It goes on as any other run.
    expect(await train("--resume", "same", "--epochs", "2")).toMatchObject({ epochs: 2 });
  });

  test("has a new last layer for other classes, or for a number", async () => {
    const words = ["--from", FIRST, "--epochs", "2", "--seed", "2"];
    const flowers = await train("--data", "flowers.csv", ...words, "--out", "flowers");
    expect(flowers.stderr).toContain(
      `from      the weights of ${FIRST}, but for a new last layer, as the classes are "aster", "briar", "crocus" and not "ash", "birch", "cedar"\n`,
    );
    const prices = await train("--data", "prices.csv", "--target", "price", ...words, "--out", "prices");
    expect(prices.stderr).toContain('but for a new last layer, as what is told is "price"\n');
    expect(prices.validationRmse).toBeGreaterThan(0);
  });

  test("refuses what the model cannot read", async () => {
    writeFileSync(join(root, "narrow.csv"), "kind,a\nash,1\nbirch,2\n");
    const [code, says] = await refusal("--data", "narrow.csv", "--from", FIRST);
    expect(says).toMatch(/^loam: narrow\.csv: has no column "b", which the network was trained on;/);
    expect(code).toBe(1);
    expect(await refusal("--data", "trees.csv", "--from", FIRST, "--model", "mlp", "--l2", "1")).toEqual([
      2,
      "loam: --from brings a network that reads its data as it did before; leave out --model, --l2.",
    ]);
    expect(await refusal("--data", "trees.csv", "--from", FIRST, "--target", "a")).toEqual([
      2,
      'loam: --from: the network reads "a", and so cannot learn to predict it; name another --target.',
    ]);
  });
});

describe("--model auto", () => {
  test("keeps its choice, with which the same command gives the same bits", async () => {
    const words = [
      "--data",
      "trees.csv",
      "--target",
      "kind",
      "--model",
      "auto",
      "--epochs",
      "3",
      "--seed",
      "4",
    ];
    const chosen = await train(...words, "--members", "1", "--budget", "1s", "--out", "chosen");
    expect(chosen.stderr).toMatch(/^tried {5}table: validation loss \d+\.\d+ in 3 epochs$/m);
    expect(chosen.stderr).toMatch(/^chosen {4}/m);
    const run = JSON.parse(readFileSync(join(root, "chosen", "run.json"), "utf8"));
    const least = run.search.trials.reduce((a: { validationLoss: number }, b: { validationLoss: number }) =>
      b.validationLoss < a.validationLoss ? b : a,
    );
    expect(run.search.chosen).toEqual(least.settings);
    expect(run.configuration).toMatchObject(least.settings);
    writeFileSync(join(root, "chosen.json"), JSON.stringify(run.configuration));
    const again = await train(...words, "--config", "chosen.json", "--out", "repeated");
    expect(again.weightsHash).toBe(chosen.weightsHash);
    expect(again.stderr).not.toContain("tried");
  });

  test("is refused where it cannot be meant", async () => {
    expect(await refusal("--budget", "5s")).toEqual([
      2,
      "loam: --budget is how long --model auto may try networks; give both.",
    ]);
    expect(await refusal("--model", "auto", "--budget", "soon")).toEqual([
      2,
      'loam: --budget must be a time such as 90s or 5m, got "soon".',
    ]);
    expect(await refusal("--model", "auto", "--folds", "3")).toEqual([
      2,
      "loam: --model auto chooses by rows that --folds are yet to test; choose first, then give its network to --folds.",
    ]);
  });
});

test("--plot draws on stderr, and stdout holds the result alone", async () => {
  const { code, stdout, stderr } = await loam(
    ["train", "--data", "trees.csv", "--target", "kind", ...HOW, "--plot", "--json", "--out", "plotted"],
    root,
    { LC_ALL: "C" },
  );
  expect(code).toBe(0);
  expect(stdout.trim().split("\n")).toHaveLength(1);
  expect(stderr).toMatch(/^loss {2}\* training {2}o validation\n *\d\.\d{4} \|/m);
  expect(stderr).toMatch(/^ +1 +epoch 4$/m);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: nothing but ASCII is what is tested
  expect(stderr).toMatch(/^[\x00-\x7f]*$/);
});
