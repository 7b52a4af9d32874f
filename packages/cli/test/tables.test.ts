import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ended, loam, loamProcess, start, temporaryFolder } from "./support.js";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "loam-tables-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Wines of three qualities, told by acid and sugar, in an order that says nothing; the label is the last column. */
const WINES = Array.from({ length: 150 }, (_, i) => {
  const quality = (i * 7) % 3;
  return {
    acid: quality * 3 + (i % 5) / 5 + 0.25,
    sugar: 9 - quality * 2 + (i % 4) / 3,
    quality: quality + 5,
  };
});
const csv = (header: string, rows: readonly (readonly unknown[])[], separator = ",") =>
  `${[header, ...rows.map((row) => row.join(separator))].join("\n")}\n`;

async function train(
  file: string,
  ...words: string[]
): Promise<{ model: string; result: Record<string, unknown>; said: string }> {
  const out = `run-${file.replace(/\W/g, "-")}-${words.join("").replace(/\W/g, "")}`;
  const { code, stdout, stderr } = await loam(
    ["train", "--data", file, "--seed", "1", "--threads", "1", "--out", out, "--json", ...words],
    root,
  );
  expect({ code, stderr: stderr.includes("loam:") ? stderr : "" }).toEqual({ code: 0, stderr: "" });
  return { model: join(out, "model.safetensors"), result: JSON.parse(stdout), said: stderr };
}

async function evaluate(model: string, file: string): Promise<Record<string, number>> {
  const { code, stdout, stderr } = await loam(["evaluate", model, "--data", file, "--json"], root);
  expect({ code, stderr: stderr.includes("loam:") ? stderr : "" }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout);
}

/** The last column of what `--csv -` writes. */
function answers({ code, stdout, stderr }: Ended): string[] {
  expect({ code, stderr: stderr.includes("loam:") ? stderr : "" }).toEqual({ code: 0, stderr: "" });
  return stdout
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.slice(line.lastIndexOf(",") + 1));
}

const predict = (model: string, file: string, ...words: string[]) =>
  loam(["predict", model, file, "--csv", "-", ...words], root);

describe("rows and classes that count more or less", () => {
  // Of rows that look alike nine in ten are no, and one in ten is yes.
  const ROWS = Array.from({ length: 200 }, (_, i) => [
    i % 10 === 0 ? "yes" : "no",
    (i % 7) / 7,
    i % 10 === 0 ? 9.5 : 1,
  ]);
  beforeAll(() => writeFileSync(join(root, "rare.csv"), csv("answer,x,counts", ROWS)));
  const few = ["--target", "answer", "--members", "2", "--epochs", "60", "--validation-split", "0.2"];
  const yes = async (model: string) => {
    const told = answers(await predict(model, "rare.csv", "--probabilities"));
    return told.reduce((sum, one) => sum + Number(one), 0) / told.length;
  };

  test("move what a network says of rows that look alike", async () => {
    const plain = await train("rare.csv", ...few, "--drop", "counts");
    const classes = await train("rare.csv", ...few, "--drop", "counts", "--class-weight", "no=1,yes=9");
    const weights = await train("rare.csv", ...few, "--weight", "counts");
    const balanced = await train("rare.csv", ...few, "--drop", "counts", "--class-weight", "balanced");
    expect(weights.said).toContain("weights   counts, 1 to 9.5");
    // 1/10 by the rows, and 1/2 where all of one class count as much as all of the other.
    expect(await yes(plain.model)).toBeLessThan(0.25);
    for (const { model } of [classes, weights, balanced]) {
      const share = await yes(model);
      expect(share).toBeGreaterThan(0.35);
      expect(share).toBeLessThan(0.65);
    }
  });

  test("are refused where there are none", async () => {
    const refused = async (...words: string[]) =>
      (await loam(["train", "--data", "rare.csv", "--json", "--out", "no", ...words], root)).stderr;
    expect(await refused("--target", "x", "--class-weight", "balanced", "--drop", "counts")).toContain(
      "--class-weight is for classes, and numbers are to be predicted; weigh rows with --weight.",
    );
    expect(await refused("--target", "answer", "--class-weight", "maybe=2")).toContain('no class "maybe"');
    expect(await refused("--target", "answer", "--weight", "answers")).toContain("has no column");
  });
});

describe("a table whose label is last", () => {
  let model: string;
  const right = WINES.map(({ quality }) => String(quality));
  const share = (told: readonly string[]) => told.filter((one, i) => one === right[i]).length / right.length;

  beforeAll(async () => {
    writeFileSync(
      join(root, "wine.csv"),
      csv(
        "acid;sugar;quality",
        WINES.map(({ acid, sugar, quality }) => [acid, sugar, quality]),
        ";",
      ),
    );
    const trained = await train("wine.csv", "--target", "quality");
    model = trained.model;
    expect(trained.said).toContain("target    quality, 3 classes (5, 6, 7)\n");
    expect(trained.said).toContain("columns   2 numeric columns\n");
    expect(await evaluate(model, "wine.csv")).toMatchObject({ accuracy: 1, macroF1: 1, samples: 150 });
  });

  test("is predicted without the label", async () => {
    writeFileSync(
      join(root, "new.csv"),
      csv(
        "acid;sugar",
        WINES.map(({ acid, sugar }) => [acid, sugar]),
        ";",
      ),
    );
    expect(share(answers(await predict(model, "new.csv")))).toBe(1);
  });

  test("is known in any order of the columns, with one more", async () => {
    const rows = WINES.map(({ acid, sugar, quality }, i) => [quality, sugar, i % 9, acid]);
    writeFileSync(join(root, "other.csv"), csv("quality,sugar,year,acid", rows));
    expect(await evaluate(model, "other.csv")).toMatchObject({ accuracy: 1 });
    const predicted = await predict(model, "other.csv");
    expect(share(answers(predicted))).toBe(1);
    expect(predicted.stderr).toContain('other.csv: not known to the network, and ignored: "year"');
  });

  test("is refused where a column is missing, the header is, or the classes are others", async () => {
    writeFileSync(
      join(root, "less.csv"),
      csv(
        "acid,quality",
        WINES.map(({ acid, quality }) => [acid, quality]),
      ),
    );
    expect(await predict(model, "less.csv")).toEqual({
      code: 1,
      stdout: "",
      stderr:
        'loam: less.csv: has no column "sugar", which the network was trained on; it has "acid", "quality".\n',
    });
    writeFileSync(
      join(root, "bare.csv"),
      WINES.map(({ acid, sugar, quality }) => [acid, sugar, quality].join(",")).join("\n"),
    );
    const bare = await predict(model, "bare.csv");
    expect([bare.code, bare.stderr]).toEqual([1, expect.stringContaining("bare.csv: has no header")]);
    const words = WINES.map(({ acid, sugar, quality }) => [
      acid,
      sugar,
      ["low", "middle", "high"][quality - 5],
    ]);
    writeFileSync(join(root, "words.csv"), csv("acid,sugar,quality", words));
    expect(await loam(["evaluate", model, "--data", "words.csv", "--json"], root)).toEqual({
      code: 1,
      stdout: "",
      stderr:
        'loam: words.csv: has the class "low", "middle", "high", but the network was trained on 5, 6, 7.\n',
    });
    const without = await loam(["evaluate", model, "--data", "new.csv"], root);
    expect([without.code, without.stderr]).toEqual([
      1,
      'loam: new.csv: has no column "quality", which is what the network predicts; without it nothing can be measured.\n',
    ]);
  });

  test("reads numbers with a decimal comma in one file and a point in another", async () => {
    const rows = WINES.map(({ acid, sugar }) => [acid, sugar].map((x) => String(x).replace(".", ",")));
    writeFileSync(join(root, "comma.csv"), csv("acid;sugar", rows, ";"));
    expect(share(answers(await predict(model, "comma.csv")))).toBe(1);
  });

  test("a table that is not read as it should be is no reason to leave the others undone", async () => {
    const { code, stdout, stderr } = await loam(
      ["predict", model, "less.csv", "new.csv", "--csv", "-"],
      root,
    );
    expect(code).toBe(1);
    expect(stdout.trimEnd().split("\n")).toHaveLength(151);
    expect(stderr).toMatch(
      /^loam: less\.csv: .+\n(?:.+\n)*loam: 1 file of 2 could not be read, as said above; the others are done\.\n$/,
    );
  });
});

describe("tables that were saved in ways that mislead", () => {
  test("a header that counts the columns is one", async () => {
    const rows = WINES.map(({ acid, sugar, quality }) => [acid, sugar, quality]);
    writeFileSync(join(root, "counted.csv"), csv("0,1,2", rows));
    const { model, said } = await train("counted.csv", "--target", "2");
    expect(said).toContain("data      counted.csv, 127 samples; 23 held out");
    writeFileSync(
      join(root, "counted-new.csv"),
      csv(
        "0,1",
        rows.map((row) => row.slice(0, 2)),
      ),
    );
    expect(answers(await predict(model, "counted-new.csv"))).toEqual(
      WINES.map(({ quality }) => String(quality)),
    );
  });

  test("a first column of row numbers is left out, and names the rows of what is predicted", async () => {
    const rows = WINES.map(({ acid, sugar, quality }, i) => [i, acid, sugar, quality]);
    writeFileSync(join(root, "index.csv"), csv(",acid,sugar,label", rows));
    const { model, said, result } = await train("index.csv");
    expect(said).toContain("left out: the first (row numbers)");
    expect(said).toContain("target    label, 3 classes");
    expect(result.validationAccuracy).toBe(1);
    expect(answers(await predict(model, "index.csv"))).toHaveLength(150);
  });

  test("a key that was left out as asked still names the rows of what is predicted", async () => {
    const rows = WINES.map(({ acid, sugar, quality }, i) => [901 + i, `wine ${i}`, acid, sugar, quality]);
    writeFileSync(join(root, "keys.csv"), csv("Key,name,acid,sugar,label", rows));
    const { model } = await train("keys.csv", "--drop", "Key,name");
    writeFileSync(
      join(root, "keys-new.csv"),
      csv(
        "Key,name,acid,sugar",
        rows.slice(0, 3).map((row) => row.slice(0, 4)),
      ),
    );
    const lines = async (...words: string[]) =>
      (await predict(model, "keys-new.csv", ...words)).stdout.trimEnd().split("\n");
    expect(await lines()).toEqual(["Key,name,label", "901,wine 0,5", "902,wine 1,6", "903,wine 2,7"]);
    expect(await lines("--id", "Key")).toEqual(["Key,label", "901,5", "902,6", "903,7"]);
    expect((await lines("--id", "sugar"))[0]).toBe("sugar,label");
    expect((await lines("--id", "Row", "--as", "Told")).slice(0, 2)).toEqual(["Row,Told", "1,5"]);
  });

  test("what names the rows of a later table is kept though training had none, and what does not is said", async () => {
    const rows = WINES.map(({ acid, sugar, quality }) => [acid, sugar, quality]);
    writeFileSync(join(root, "nameless.csv"), csv("acid,sugar,label", rows));
    const { model } = await train("nameless.csv");
    const later = rows.slice(0, 2).map(([acid, sugar], i) => [712 - 5 * i, acid, sugar]);
    writeFileSync(join(root, "named.csv"), csv("wine_id,acid,sugar", later));
    expect((await predict(model, "named.csv")).stdout).toBe("wine_id,label\n712,5\n707,6\n");
    const misspelt = await predict(model, "named.csv", "--id", "wine_Id");
    expect(misspelt.stdout).toBe("wine_Id,label\n1,5\n2,6\n");
    expect(misspelt.stderr).toContain(
      'there is no column "wine_Id" (did you mean "wine_id"?); rows are numbered from 1',
    );
    const { stdout, stderr } = await predict(model, "nameless.csv");
    expect(stdout.slice(0, 8)).toBe("label\n5\n");
    expect(stderr).toContain("--id <column> puts one in front, or numbers them");
  });

  test("words that occur in no training row are counted, and cells of other kinds refused", async () => {
    const rows = WINES.map(({ acid, quality }, i) => [acid, i % 2 ? "red" : "white", quality]);
    writeFileSync(join(root, "colour.csv"), csv("acid,colour,quality", rows));
    const { model } = await train("colour.csv", "--target", "quality");
    writeFileSync(join(root, "rose.csv"), "acid,colour\n3.5,rosé\n0.5,red\n");
    const { code, stderr } = await predict(model, "rose.csv", "--id", "acid");
    expect([code, stderr]).toEqual([
      0,
      'rose.csv: 1 row has a word in "colour" that training had not, such as "rosé"; taken as none of its words ("red", "white")\n',
    ]);
  });

  test("nothing is guessed by position: without a target the columns are listed, with what to type", async () => {
    writeFileSync(
      join(root, "wine2.csv"),
      csv(
        "acid,sugar,quality",
        WINES.slice(0, 9).map(({ acid, sugar, quality }) => [acid, sugar, quality]),
      ),
    );
    expect(await loam(["train", "--data", "wine2.csv", "--out", "none"], root)).toEqual({
      code: 2,
      stdout: "",
      stderr: `loam: wine2.csv: which column is to be predicted? None is called label, target, class or y.
  acid     9 different, such as "0.25"
  sugar    9 different, such as "9"
  quality  3 different, such as "5"
Name it with --target, such as: loam train --data wine2.csv --target quality
`,
    });
  });
});

describe("a number to be predicted", () => {
  let model: string;
  let result: Record<string, unknown>;
  const HOUSES = Array.from({ length: 300 }, (_, i) => {
    const rooms = 1 + (i % 9);
    const area = 20 + ((i * 37) % 101) / 2;
    return {
      id: i + 1,
      rooms,
      area,
      town: i % 3 ? "Bad Ems" : "Köln, Süd",
      price: 100_000 + 9_000 * rooms + 2_000 * area + 0.5,
    };
  });
  const rows = HOUSES.map(({ id, rooms: r, area, town, price }) => [id, r, area, `"${town}"`, price]);

  beforeAll(async () => {
    writeFileSync(join(root, "houses.csv"), csv("id,rooms,area,town,price", rows));
    ({ model, result } = await train("houses.csv", "--target", "price"));
  });

  test("is learnt in its own unit, and told so", async () => {
    expect(result).toMatchObject({ testAccuracy: null, testLoss: null, validationAccuracy: null });
    expect(result.validationR2).toBeGreaterThan(0.99);
    const measured = await evaluate(model, "houses.csv");
    expect(Object.keys(measured)).toEqual(["loss", "accuracy", "rmse", "mae", "r2", "samples", "model"]);
    expect(measured.accuracy).toBeNull();
    expect(measured.rmse).toBeLessThan(5_000);
    expect(measured.rmse).toBeGreaterThanOrEqual(measured.mae!);
    const text = await loam(["evaluate", model, "--data", "houses.csv"], root);
    expect(text.stdout).toMatch(/^RMSE [\d,.]+, MAE [\d,.]+, R² 0\.9\d* of 300 samples\n$/);
  });

  test("is predicted as a number, beside what names the row", async () => {
    writeFileSync(
      join(root, "offers.csv"),
      csv("area,town,rooms,id", [
        [50, "Bad Ems", 3, 901],
        [30, '"Köln, Süd"', 5, 902],
      ]),
    );
    const { code, stdout } = await predict(model, "offers.csv");
    expect(code).toBe(0);
    const [header, ...lines] = stdout.trimEnd().split("\n");
    expect(header).toBe("id,price");
    const told = lines.map((line) => line.split(",").map(Number));
    expect(told.map(([id]) => id)).toEqual([901, 902]);
    expect(Math.abs(told[0]![1]! - 227_000.5)).toBeLessThan(6_000);
    expect(Math.abs(told[1]![1]! - 205_000.5)).toBeLessThan(6_000);
    const json = await loam(["predict", model, "offers.csv", "--json"], root);
    expect(JSON.parse(json.stdout).predictions).toEqual([
      { input: "offers.csv", index: 0, value: told[0]![1] },
      { input: "offers.csv", index: 1, value: told[1]![1] },
    ]);
    const lineText = await loam(["predict", model, "offers.csv"], root);
    expect(lineText.stdout).toMatch(
      /^offers\.csv\[0\] {2}2\d\d,\d{3}(\.\d+)?\noffers\.csv\[1\] {2}\d{3},\d{3}(\.\d+)?\n$/,
    );
  });

  test("comes from stdin and goes to a file as well", async (context) => {
    const folder = temporaryFolder(context);
    const { code, stderr } = await loamProcess(
      ["predict", join(root, model), "-", "--csv", "out.csv"],
      folder,
      {},
      readFileSync(join(root, "houses.csv")),
    );
    expect([code, stderr]).toEqual([0, "written   out.csv, 300 rows\n"]);
    expect(readFileSync(join(folder, "out.csv"), "utf8")).toMatch(/^id,price\n1,\d/);
  });

  test("may be several", async () => {
    const several = HOUSES.map(({ rooms, area, price }) => [rooms, area, price, price / 1000 + rooms]);
    writeFileSync(join(root, "two.csv"), csv("rooms,area,price,rent", several));
    const trained = await train("two.csv", "--target", "price,rent");
    const measured = (await evaluate(trained.model, "two.csv")) as unknown as Record<
      string,
      Record<string, number>
    >;
    expect(Object.keys(measured.r2!)).toEqual(["price", "rent"]);
    expect(measured.r2!.price).toBeGreaterThan(0.98);
    expect(measured.r2!.rent).toBeGreaterThan(0.98);
    const { stdout } = await predict(trained.model, "two.csv");
    expect(stdout.split("\n")[0]).toBe("price,rent");
  });

  test("goes on after it was stopped, with the same bits", async (context) => {
    const folder = temporaryFolder(context);
    writeFileSync(join(folder, "houses.csv"), csv("id,rooms,area,town,price", rows));
    const words = ["train", "--data", "houses.csv", "--target", "price", "--seed", "1", "--json"];
    words.push("--epochs", "120", "--patience", "120", "--threads", "1");
    const whole = await loam([...words, "--out", "whole"], folder);
    const running = start([...words, "--out", "run"], folder);
    await running.says("epoch ");
    running.kill("SIGINT");
    const { code } = await running.ended;
    const again = await loam(["train", "--resume", "run", "--json"], folder);
    expect(code).toBe(130);
    expect(JSON.parse(again.stdout).weightsHash).toBe(JSON.parse(whole.stdout).weightsHash);
  });
});

test("Kaggle's digits: pixels by name, and answers numbered from 1", async () => {
  const names = Array.from({ length: 784 }, (_, i) => `pixel${i}`);
  // A bright upper or lower half.
  const picture = (label: number, i: number) =>
    names.map((_, pixel) => (pixel < 392 === (label === 0) ? 200 + ((i + pixel) % 50) : (i * pixel) % 3));
  const rows = Array.from({ length: 60 }, (_, i) => [i % 2, ...picture(i % 2, i)]);
  writeFileSync(join(root, "digits-train.csv"), csv(["label", ...names].join(","), rows));
  writeFileSync(
    join(root, "digits-test.csv"),
    csv(
      names.join(","),
      rows.slice(0, 7).map((row) => row.slice(1)),
    ),
  );
  const { model, said } = await train("digits-train.csv", "--model", "softmax", "--epochs", "5");
  expect(said).toContain("columns   the 784 pixels of a picture of 28x28, each 0 to 255\n");
  const { code, stdout } = await predict(model, "digits-test.csv", "--id", "ImageId", "--as", "Label");
  expect(code).toBe(0);
  expect(stdout).toBe("ImageId,Label\n1,0\n2,1\n3,0\n4,1\n5,0\n6,1\n7,0\n");
});

test("a committee of networks that cannot be made one is refused before anything is trained", async () => {
  writeFileSync(
    join(root, "branched.json"),
    JSON.stringify({
      layers: [
        { type: "Dense", units: 4, name: "a" },
        { type: "Dense", units: 4, name: "b" },
        { type: "Add", inputs: ["a", "b"] },
        { type: "Dense" },
      ],
    }),
  );
  writeFileSync(
    join(root, "branched.csv"),
    csv(
      "acid,sugar,label",
      WINES.map(({ acid, sugar, quality }) => [acid, sugar, quality]),
    ),
  );
  const { code, stderr } = await loam(
    ["train", "--data", "branched.csv", "--config", "branched.json", "--members", "2", "--out", "branched"],
    root,
  );
  expect(code).toBe(2);
  expect(stderr).toMatch(/--members is for networks of dense layers/);
  expect(stderr).not.toContain("epoch");
  const { result } = await train("branched.csv", "--config", "branched.json");
  expect(result.validationAccuracy).toBe(1);
});

test("a model of a table is measured on one and tells of one, by its run's folder too", async () => {
  writeFileSync(
    join(root, "kind.csv"),
    csv(
      "acid,sugar,label",
      WINES.map(({ acid, sugar, quality }) => [acid, sugar, quality]),
    ),
  );
  const { model } = await train("kind.csv", "--epochs", "2", "--members", "1");
  writeFileSync(join(root, "kind.png"), "PNG");
  const said = async (...words: string[]) => {
    const { code, stderr } = await loam(words, root);
    return `${code} ${stderr}`;
  };
  expect(await said("evaluate", model)).toBe(
    "2 loam: --data: the model was trained on a table; name what it is to be measured on.\n",
  );
  expect(await said("evaluate", model, "--data", "digits")).toBe(
    "2 loam: digits: the model was trained on a table, and this is something else.\n",
  );
  expect(await said("predict", model, "kind.png")).toBe(
    "1 loam: kind.png: the model was trained on a table, and this is no table (.csv and the like).\n",
  );
  const run = model.replace(/.model\.safetensors$/, "");
  expect((await predict(run, "kind.csv")).stdout).toBe((await predict(model, "kind.csv")).stdout);
  expect(await said("train", "--data", "digits", "--target", "label")).toBe(
    "2 loam: --target is for the columns of a table; this data has none.\n",
  );
});
