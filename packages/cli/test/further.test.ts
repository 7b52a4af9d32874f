import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loam } from "./support.js";

let root: string;
const write = (name: string, lines: readonly string[]) =>
  writeFileSync(join(root, name), `${lines.join("\n")}\n`);

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "loam-further-"));
  const own = { fruit: ["apple", "pear", "plum"], tools: ["saw", "axe", "drill"] };
  const notes = Object.entries(own).flatMap(([kind, words]) =>
    Array.from({ length: 24 }, (_, i) => ({
      id: `${kind}${i}`,
      stars: i % 7,
      note: `this is my ${words[i % 3]} from the ${["house", "shed", "garden"][i % 2]} number ${i}`,
      kind,
    })),
  );
  write("notes.csv", ["id,note,kind", ...notes.map(({ id, note, kind }) => `${id},${note},${kind}`)]);
  write("starred.csv", [
    "id,stars,note,kind",
    ...notes.map(({ id, stars, note, kind }) => `${id},${stars},${note},${kind}`),
  ]);
  write("twice.csv", [
    "note,also,kind",
    ...notes.map(({ note, kind }, i) => `${note},and ${note} or ${i},${kind}`),
  ]);
  const layers = [
    { type: "Embedding", inputDim: 16, outputDim: 8 },
    { type: "Dense", units: 16 },
  ];
  write("writer.json", [JSON.stringify({ layers, context: 8 })]);
  write("book.txt", ["one two three four five six seven eight nine ten\n".repeat(8)]);
  const moments = Array.from({ length: 24 }, (_, r) =>
    Array.from({ length: 20 }, (_, i) => {
      const x = r % 2 ? Math.sin(i + r) : 0.1 * Math.cos(r + i);
      return `${r % 2 ? "wave" : "still"},r${r},${x.toFixed(4)}`;
    }),
  );
  write("moves.csv", ["what,name,x", ...moments.flat()]);
  write("tide.csv", [
    "level,wind",
    ...Array.from({ length: 160 }, (_, i) => `${Math.sin(i / 4).toFixed(4)},${(i * 7) % 5}`),
  ]);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const run = (...words: string[]) => loam(["train", "--seed", "1", "--threads", "1", ...words], root);
async function trained(...words: string[]) {
  const { code, stdout, stderr } = await run("--json", ...words);
  expect({ code, stderr: stderr.includes("loam:") ? stderr : "" }).toEqual({ code: 0, stderr: "" });
  return { said: stderr, ...JSON.parse(stdout.trimEnd().split("\n").at(-1)!) };
}

const KINDS: Record<string, readonly string[]> = {
  texts: ["--data", "notes.csv", "--target", "kind"],
  writer: ["--data", "book.txt", "--config", "writer.json"],
  recordings: ["--data", "moves.csv", "--recording", "name", "--target", "what"],
  series: ["--data", "tide.csv", "--horizon", "3", "--target", "level", "--members", "1"],
};

describe.each(Object.entries(KINDS))("%s", (kind, words) => {
  test("go on to the bits of a run that had been asked for so many epochs at first", async () => {
    const whole = await trained(...words, "--epochs", "3", "--out", `${kind}-whole`);
    await trained(...words, "--epochs", "1", "--out", `${kind}-short`);
    const { stdout } = await loam(["train", "--resume", `${kind}-short`, "--epochs", "3", "--json"], root);
    expect(JSON.parse(stdout).weightsHash).toBe(whole.weightsHash);
  });

  test("are learnt further with --from, as that network reads them", async () => {
    const first = await trained(...words, "--epochs", "2", "--out", `${kind}-first`);
    const from = ["--data", words[1]!, "--from", first.model, "--epochs", "1"];
    // A rate of next to nothing leaves the network what it is: so it is measured on the same samples, read in the same way.
    const same = await trained(...from, "--learning-rate", "1e-12", "--out", `${kind}-same`);
    // But for the means that BatchNorm goes on to take.
    expect(same.validationLoss).toBeCloseTo(first.validationLoss, kind === "recordings" ? 1 : 5);
    expect(same.said).toMatch(/^from {6}the weights of [^,]+$/m);
    const more = await trained(...from, "--learning-rate", "0.01", "--out", `${kind}-more`);
    expect(more.weightsHash).not.toBe(first.weightsHash);
  });
});

test("what a network of --from brings with it cannot be said, and other data than its own is refused", async () => {
  const says = async (data: string, from: string, ...words: string[]) => {
    const model = join(`${from}-first`, "model.safetensors");
    const { code, stderr } = await run("--data", data, "--from", model, "--out", "never", ...words);
    return `${code} ${stderr.trim()}`;
  };
  expect([
    await says("tide.csv", "series", "--horizon", "5"),
    await says("tide.csv", "series", "--target", "wind"),
    await says("moves.csv", "texts", "--target", "what"),
    await says("book.txt", "series"),
  ]).toMatchInlineSnapshot(`
    [
      "2 loam: --from brings a network that reads its data as it did before; leave out --horizon.",
      "2 loam: --from: the network forecasts "level"; leave out --target, or train another from its start.",
      "1 loam: moves.csv: has no column "note" (did you mean "name"?); it has "what", "name", "x".",
      "1 loam: book.txt: has no column "level", "wind", which the series is made of; it has "0".",
    ]
  `);
});

test("recordings are cross-validated, each whole in one test", async () => {
  const words = [...KINDS.recordings!, "--folds", "3", "--epochs", "2"];
  const { folds } = await trained(...words, "--out", "folds");
  // 24 recordings of one window each, 12 of a class: in each fold 8, 4 of each class.
  for (const { testConfusion } of folds) {
    const sums = testConfusion.map((row: number[]) => row.reduce((sum, count) => sum + count, 0));
    expect(sums).toEqual([4, 4]);
  }
});

describe("a column of texts", () => {
  test("is what a table is told apart by where there is nothing else, or where it is said", async () => {
    const { said } = await trained("--data", "notes.csv", "--target", "kind", "--epochs", "1", "--out", "a");
    expect(said).toContain(
      "target    kind, told by the words of note; left out: id\ntexts     48 of 2 classes",
    );
    const words = ["--data", "starred.csv", "--target", "kind", "--epochs", "1"];
    const typed = await trained(...words, "--types", "note=text", "--out", "b");
    expect(typed.said).toContain("kind, told by the words of note; left out: id, stars\n");
  });

  test("is not guessed at beside other columns, but named with what to type", async () => {
    const words = ["--data", "starred.csv", "--target", "kind", "--epochs", "1", "--members", "1"];
    const { said } = await trained(...words, "--out", "c");
    expect(said).toContain(
      'noticed   "note" holds texts, which are left out beside the other columns; --text-column note tells rows apart by their words alone\n',
    );
    expect(said).toContain("columns   1 numeric column; left out: id (all different), note (all different)");
    const { code, stderr } = await run("--data", "twice.csv", "--target", "kind", "--out", "never");
    expect([code, stderr]).toEqual([
      2,
      'loam: twice.csv: "note", "also" all hold texts; say which one tells rows apart, such as --text-column note.\n',
    ]);
  });
});
