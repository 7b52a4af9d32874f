import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadIdxFolder, syntheticDigits } from "@loam/nn";
import { readNpzDataset } from "@loam/nn/data/images";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { idx, loam, temporaryFolder } from "./support.js";

let root: string;
const CSV =
  'id,size,when,kind,note\n1,2.50,2026-01-05,oak,"a, b"\n2,,2026-01-06,elm,\n3,1e3,2026-02-07,oak,"say ""x"""\n';
const digits = syntheticDigits({ samples: 12, seed: 2 });

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "loam-data-"));
  writeFileSync(join(root, "trees.csv"), CSV);
  writeFileSync(join(root, "numbers.csv"), "a,b,kind\n0.5,1,oak\n-2,300,elm\n7,8,oak\n");
  const small = { images: [12, 28, 28], labels: [12] };
  for (const part of ["train", "t10k"]) {
    writeFileSync(join(root, `${part}-images-idx3-ubyte`), idx(small.images, digits.inputs.data));
    writeFileSync(join(root, `${part}-labels-idx1-ubyte`), idx(small.labels, digits.labels.data));
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function output(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await loam(["data", ...words], root);
  expect(stderr).not.toContain("loam:");
  expect(code).toBe(0);
  return stdout;
}

async function refusal(...words: string[]): Promise<[number | null, string]> {
  const { code, stdout, stderr } = await loam(["data", ...words], root);
  expect(stdout).toBe("");
  return [code, stderr.trimEnd()];
}

describe("loam data info", () => {
  test("says what each column is", async () => {
    const lines = (await output("info", "trees.csv")).trimEnd().split("\n");
    expect(lines[0]).toBe("trees.csv: 3 rows, 5 columns");
    expect(lines.slice(1).map((line) => line.trim().split(/ +/)[0])).toEqual([
      "id",
      "size",
      "when",
      "kind",
      "note",
    ]);
    expect(lines[2]).toMatch(/^ {2}size +number, 2\.5 to 1,000, 1 empty$/);
    expect(lines[3]).toMatch(/^ {2}when +date, year-month-day$/);
    expect(lines[4]).toMatch(/^ {2}kind +word, 2 different$/);
    const { rows, columns } = JSON.parse(await output("info", "trees.csv", "--json"));
    expect(rows).toBe(3);
    expect(columns[1]).toMatchObject({ name: "size", kind: "number", empty: 1, distinct: 2 });
  });

  test("says what pictures are, and how many of each class", async () => {
    const counts = (part: string) => `${part}: 12 pictures of 28x28, grey\n`;
    expect(await output("info", ".")).toContain(counts("training"));
    const { test: part } = JSON.parse(await output("info", ".", "--json"));
    expect(part).toMatchObject({ samples: 12, shape: [1, 28, 28] });
    expect(Object.values(part.classes as Record<string, number>).reduce((a, b) => a + b)).toBe(12);
  });
});

describe("loam data preview", () => {
  test("shows the first rows", async () => {
    expect(await output("preview", "trees.csv", "--rows", "2")).toBe(
      "id  size  when        kind  note\n1   2.50  2026-01-05  oak   a, b\n2         2026-01-06  elm\nand 1 more rows\n",
    );
  });

  test("shows pictures in characters", async () => {
    const lines = (await output("preview", ".", "--rows", "1")).split("\n");
    expect(lines[0]).toBe(`0: ${digits.labels.data[0]}`);
    expect(lines.slice(1, 15).join("")).toMatch(/[#%@]/);
    expect(lines.slice(1, 15).every((line) => line.length <= 28)).toBe(true);
  });
});

describe("loam data convert", () => {
  test("a table to JSON lines and back is the same table", async () => {
    expect(await output("convert", "trees.csv", "trees.jsonl")).toBe("trees.jsonl, 3 rows\n");
    expect(readFileSync(join(root, "trees.jsonl"), "utf8").split("\n")[1]).toBe(
      '{"id":2,"size":null,"when":"2026-01-06","kind":"elm","note":null}',
    );
    await output("convert", "trees.jsonl", "again.csv");
    expect(readFileSync(join(root, "again.csv"), "utf8").split("\n").slice(0, 2)).toEqual([
      "id,size,when,kind,note",
      '1,2.5,2026-01-05,oak,"a, b"',
    ]);
  });

  test("a table of numbers becomes arrays", async () => {
    const { code, stdout, stderr } = await loam(
      ["data", "convert", "numbers.csv", "numbers.npz", "--target", "kind"],
      root,
    );
    expect([code, stdout]).toEqual([0, "numbers.npz, x [3, 2], y [3]\n"]);
    expect(stderr).toBe("noticed   classes have numbers in it: 0 elm, 1 oak\n");
    const { training } = readNpzDataset(new Uint8Array(readFileSync(join(root, "numbers.npz"))));
    expect([...training.inputs.data]).toEqual([0.5, 1, -2, 300, 7, 8]);
    expect([...training.labels.data]).toEqual([1, 0, 1]);
  });

  test("pictures to .npz, to a table and to IDX files again keep every byte", async () => {
    await output("convert", ".", "digits.npz");
    await output("convert", "digits.npz", "again/");
    const { training, test: held } = await loadIdxFolder(join(root, "again"));
    for (const part of [training, held!]) {
      expect(part.inputs).toEqual({ data: digits.inputs.data, shape: [12, 1, 28, 28] });
      expect([...part.labels.data]).toEqual([...digits.labels.data]);
    }
    await output("convert", "digits.npz", "digits.csv");
    const [, first] = readFileSync(join(root, "digits.csv"), "utf8").split("\n");
    expect(first).toBe([digits.labels.data[0], ...digits.inputs.data.subarray(0, 784)].join(","));
  });

  test("is refused with a way out", async () => {
    expect(await refusal("convert", "trees.csv", "trees.xlsx")).toEqual([
      2,
      "loam: trees.xlsx: expected a name that ends in .csv, .jsonl or .npz, or in / for a folder of IDX files.",
    ]);
    expect(await refusal("convert", "trees.csv", "./trees.csv")).toEqual([
      2,
      "loam: ./trees.csv: is what is read; name another file to write.",
    ]);
    expect(await refusal("convert", "numbers.csv", "n.npz")).toEqual([
      2,
      "loam: numbers.csv: which column holds the labels? Name it with --target.",
    ]);
    const [code, says] = await refusal("convert", "trees.csv", "trees.npz", "--target", "kind");
    expect(says).toContain('there are words or empty cells in "size", "when", "note"');
    expect(code).toBe(2);
    expect(await refusal("convert", "numbers.csv", "n/", "--target", "kind")).toEqual([
      2,
      "loam: numbers.csv: IDX files hold grey pictures of bytes, and these are none; take .npz.",
    ]);
  });
});

describe("texts and recordings", () => {
  const folder = (context: Parameters<typeof temporaryFolder>[0]) => {
    const root = temporaryFolder(context);
    for (const [i, kind] of ["ham", "spam", "spam"].entries()) {
      mkdirSync(join(root, "texts", kind), { recursive: true });
      mkdirSync(join(root, "recordings", kind), { recursive: true });
      writeFileSync(join(root, "texts", kind, `${i}.txt`), `Dear ${kind},\n it is ${i}.`);
      writeFileSync(join(root, "recordings", kind, `${i}.csv`), "t,x\n0,1\n1,2\n");
    }
    return root;
  };

  test("are counted and shown, and stay as they lie", async (context) => {
    const root = folder(context);
    const said = async (...words: string[]) => (await loam(["data", ...words], root)).stdout;
    expect(await said("info", "texts")).toBe("training: 3 texts\n  2 classes: ham 1, spam 2\n");
    expect(await said("info", "recordings")).toBe("training: 3 recordings\n  2 classes: ham 1, spam 2\n");
    expect(JSON.parse(await said("info", "texts", "--json"))).toEqual({
      kind: "texts",
      training: { samples: 3, classes: { ham: 1, spam: 2 } },
    });
    expect(await said("preview", "texts", "--rows", "2")).toBe(
      "ham: Dear ham, it is 0.\nspam: Dear spam, it is 1.\n",
    );
    expect(await said("preview", "recordings", "--rows", "1")).toBe("ham: 2 rows of t, x\n");
    const converted = await loam(["data", "convert", "texts", "texts.npz"], root);
    expect([converted.code, converted.stderr]).toEqual([
      2,
      "loam: texts: texts are trained on as they lie; only tables, and samples of numbers with labels, have other formats.\n",
    ]);
  });

  test("a text that is no table is told what learns to write from it", async (context) => {
    const root = temporaryFolder(context);
    writeFileSync(join(root, "book.txt"), "It was a dark night.\nRain, and wind, fell.\n");
    const { code, stderr } = await loam(["train", "--data", "book.txt", "--target", "x"], root);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("Where this is a text to learn to write from, --model char-gpt does.\n"),
    ]);
  });
});
