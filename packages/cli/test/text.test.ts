import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loam, temporaryFolder } from "./support.js";

const BOOK = "one two three four five six seven eight nine ten\n".repeat(40);
const WRITER = join("writer", "model.safetensors");
const GPT = ["--model", "char-gpt", "--context", "8", "--seed", "1", "--threads", "1"];

/** Notes of two kinds, told apart by one word each, which stands anywhere. */
function writeNotes(root: string): void {
  const words = { fruit: ["apple", "pear", "plum"], tools: ["saw", "axe", "drill"] };
  for (const [kind, own] of Object.entries(words)) {
    mkdirSync(join(root, "notes", kind), { recursive: true });
    for (let i = 0; i < 24; i++) {
      const said = ["this", "is", "my", "old"].slice(i % 4);
      said.splice(i % 3, 0, own[i % 3]!);
      writeFileSync(join(root, "notes", kind, `${i}.txt`), `${said.join(" ")}.\n`);
    }
  }
}

test("a text is learnt, and gone on with, on stdout alone", async (context) => {
  const root = temporaryFolder(context);
  writeFileSync(join(root, "book.csv"), BOOK);
  const trained = await loam(
    ["train", "--data", "book.csv", ...GPT, "--steps", "12", "--out", "writer", "--json"],
    root,
  );
  expect(trained.stderr).toContain(
    "text      1,960 characters, 16 different; the last 196 are held out; windows of 8",
  );
  expect(trained.stderr).toContain("adamw 0.001 falling to 0 (warmup-cosine), batch 12, 12 steps, seed 1");
  expect(trained.code).toBe(0);
  const { validationLoss, validationPerplexity } = JSON.parse(trained.stdout.trim().split("\n").at(-1)!);
  expect(validationLoss).toBeLessThan(Math.log(16));
  expect(validationPerplexity).toBeCloseTo(Math.exp(validationLoss), 6);

  const write = (...words: string[]) => loam(["sample", WRITER, "--length", "20", ...words], root);
  const first = await write("--prompt", "one twoX", "--seed", "3");
  expect(first.code).toBe(0);
  expect(first.stdout).toMatch(/^one twoX[ a-z\n]{20}\n$/);
  expect(first.stderr).toBe('noticed   the model does not know "X", which it does not see\n');
  const again = JSON.parse((await write("--prompt", "one two", "--seed", "3", "--json")).stdout);
  expect(`one twoX${again.text}\n`).toBe(first.stdout);
  expect((await write("--seed", "4", "--top-k", "2", "--temperature", "1.5")).stderr).toBe("");
  expect((await write()).stderr).toMatch(/^seed {6}\d+\n$/);

  const measured = await loam(["evaluate", WRITER, "--data", "book.csv", "--json"], root);
  const { loss, perplexity, samples } = JSON.parse(measured.stdout);
  expect([samples, perplexity]).toEqual([244, Math.exp(loss)]);
});

test("texts by folders are told apart by their words", async (context) => {
  const root = temporaryFolder(context);
  writeNotes(root);
  const trained = await loam(["train", "--data", "notes", "--seed", "1", "--out", "run"], root);
  expect(trained.stderr).toContain(
    "texts     48 of 2 classes (fruit, tools); 10 words, the first 5 of a text",
  );
  expect(trained.stdout).toContain("accuracy 100.00 % of 7 samples");
  writeFileSync(join(root, "a.txt"), "My pear, a new one!");
  writeFileSync(join(root, "b.txt"), "an old axe");
  const model = join("run", "model.safetensors");
  const told = await loam(["predict", model, "a.txt", "b.txt", "--json"], root);
  const { predictions } = JSON.parse(told.stdout);
  expect(predictions.map((one: { class: string }) => one.class)).toEqual(["fruit", "tools"]);
  const measured = await loam(["evaluate", model, "--data", "notes"], root);
  expect(measured.stdout).toMatch(/^accuracy {2}100\.00 % of 48 samples/);
});

test("texts are cross-validated, each of them in one test", async (context) => {
  const root = temporaryFolder(context);
  writeNotes(root);
  const words = ["--data", "notes", "--seed", "1", "--threads", "1", "--folds", "3", "--epochs", "60"];
  const { code, stdout, stderr } = await loam(["train", ...words, "--out", "run", "--json"], root);
  expect([code, stderr]).toEqual([0, expect.stringContaining("16 held out for the test")]);
  const { folds, mean } = JSON.parse(stdout);
  // 48 texts, 24 of a class: 16 in each fold, 8 of each class.
  for (const { testConfusion } of folds) {
    const sums = testConfusion.map((row: number[]) => row.reduce((sum, count) => sum + count, 0));
    expect(sums).toEqual([8, 8]);
  }
  expect(mean.testAccuracy).toBeGreaterThan(0.9);
});

test("what does not go with text is said in one sentence", async (context) => {
  const root = temporaryFolder(context);
  writeNotes(root);
  writeFileSync(join(root, "book.txt"), BOOK);
  writeFileSync(join(root, "bytes.txt"), Uint8Array.of(0xff, 0xc0, 0x80));
  const says = async (...words: string[]) => {
    const { code, stderr } = await loam(["train", "--seed", "1", "--out", "never", ...words], root);
    return `${code} ${stderr.trim()}`;
  };
  expect([
    await says("--data", "notes", "--model", "char-gpt"),
    await says("--data", "notes", "--model", "cnn"),
    await says("--data", "book.txt", "--model", "char-gpt", "--l2", "0.1"),
    await says("--data", "book.txt", "--model", "char-gpt", "--folds", "3"),
    await says("--data", "book.txt", "--model", "char-gpt", "--context", "1000"),
    await says("--data", "bytes.txt", "--model", "char-lstm"),
    await says("--context", "8"),
  ]).toMatchInlineSnapshot(`
    [
      "2 loam: --model char-gpt learns to write from one text; give it a file, such as --data book.txt.",
      "2 loam: --model cnn is not for text; take text, or layers of your own.",
      "2 loam: --l2 is not for networks for text; adamw has a decay of its own.",
      "2 fold 1/3
    loam: --folds is for texts of classes; the end of one text is held out as it is.",
      "1 loam: book.txt: has 1960 characters, of which 196 are held out, and windows need 1001 on both sides; give a longer text or a shorter context.",
      "1 loam: bytes.txt: expected a text in UTF-8, got bytes that are none; convert it.",
      "2 loam: --context is for language models, such as --model char-gpt on a text.",
    ]
  `);
});

test("rows of a table are told apart by a column of text", async (context) => {
  const root = temporaryFolder(context);
  const own = { fruit: ["apple", "pear", "plum"], tools: ["saw", "axe", "drill"] };
  const rows = Object.entries(own).flatMap(([kind, words]) =>
    Array.from(
      { length: 24 },
      (_, i) => `n${kind}${i},${i % 7},"this is, my ${words[i % 3]} of ${i % 4}",${kind}`,
    ),
  );
  writeFileSync(join(root, "notes.csv"), `${["id,stars,note,kind", ...rows].join("\n")}\n`);
  const train = (...words: string[]) => loam(["train", "--data", "notes.csv", "--seed", "1", ...words], root);
  const trained = await train("--text-column", "note", "--target", "kind", "--out", "run", "--json");
  expect(trained.stderr).toContain("texts     48 of 2 classes (fruit, tools)");
  const { model, validationAccuracy } = JSON.parse(trained.stdout);
  expect(validationAccuracy).toBe(1);

  const measured = await loam(["evaluate", model, "--data", "notes.csv", "--json"], root);
  expect(JSON.parse(measured.stdout)).toMatchObject({ accuracy: 1, samples: 48 });

  // Columns in another order, without the target, and a word that was never seen.
  writeFileSync(join(root, "new.csv"), "note,id\nsome old pear,a1\nwho lost a drill?,a2\n");
  const told = await loam(["predict", model, "new.csv", "--csv", "-"], root);
  expect(told.stdout).toBe("id,kind\na1,fruit\na2,tools\n");
  writeFileSync(join(root, "other.csv"), "text,id\nsome old pear,a1\n");
  expect((await loam(["predict", model, "other.csv"], root)).stderr).toContain('has no column "note"');
  // A text by itself, and one in a language that was never seen.
  writeFileSync(join(root, "one.txt"), "A drill, an axe,\nand a saw.\n");
  writeFileSync(join(root, "two.txt"), "Niemand versteht mich");
  const alone = await loam(["predict", model, "one.txt", "two.txt", "--json"], root);
  expect(JSON.parse(alone.stdout).predictions[0]).toMatchObject({ input: "one.txt", class: "tools" });
  expect(alone.stderr).toContain("two.txt: has no word that training had");
  expect(alone.stderr).not.toContain("one.txt");

  expect((await train("--text-column", "note", "--out", "x")).stderr).toContain("name it with --target");
  expect((await train("--text-column", "nothing", "--target", "kind", "--out", "x")).stderr).toContain(
    'has no column "nothing"',
  );
  expect((await loam(["train", "--data", "digits", "--text-column", "note"], root)).stderr).toContain(
    "--text-column names a column of a table; this data is none.",
  );
});

test("several labels of a text are told, each by its words", async (context) => {
  const root = temporaryFolder(context);
  // Each label holds in half of the texts, whatever the other does.
  const rows = Array.from({ length: 96 }, (_, i) => {
    const [isGood, isFunny] = [i % 2 === 0, i % 4 < 2];
    const text = `${isGood ? "lovely" : "awful"} film number ${i % 7} and ${isFunny ? "laughing" : "crying"}`;
    const tags = [...(isGood ? ["good"] : []), ...(isFunny ? ["funny"] : [])].join("|");
    return `a${i},${i === 5 ? "" : text},${isGood ? 1 : 0},${isFunny ? "yes" : "no"},${tags}`;
  });
  writeFileSync(join(root, "films.csv"), ["id,review,good,funny,tags", ...rows].join("\n"));
  writeFileSync(join(root, "new.csv"), "review,id\nlovely and crying,n1\nawful and laughing,n2\n");
  const train = (...words: string[]) =>
    loam(["train", "--data", "films.csv", "--text-column", "review", "--seed", "1", ...words], root);
  const told = async (out: string, ...words: string[]) => {
    const trained = await train("--out", out, "--epochs", "40", "--json", ...words);
    expect(trained.stderr).toMatch(/texts {5}95 with 2 labels \((good 48, funny 47|funny 47, good 48)\)/);
    const { model } = JSON.parse(trained.stdout);
    const measured = await loam(["evaluate", model, "--data", "films.csv", "--json"], root);
    expect(JSON.parse(measured.stdout)).toMatchObject({ accuracy: 1, samples: 95 });
    return (await loam(["predict", model, "new.csv", "--csv", "-"], root)).stdout;
  };
  expect(await told("columns", "--target", "good,funny", "--drop", "tags")).toBe(
    "id,good,funny\nn1,1,no\nn2,0,yes\n",
  );
  expect(await told("marked", "--target", "tags", "--task", "multilabel")).toBe(
    "id,tags\nn1,good\nn2,funny\n",
  );
  expect((await train("--target", "good", "--task", "regression", "--out", "x")).stderr).toContain(
    "--task: of texts classes or labels are told, and no numbers.",
  );
  expect((await train("--target", "good,funy", "--out", "x")).stderr).toContain(
    'has no column "funy" (did you mean "funny"?)',
  );
});
