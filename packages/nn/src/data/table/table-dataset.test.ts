import { describe, expect, it } from "vitest";
import {
  Dense,
  loadModel,
  meanSquaredError,
  Sequential,
  SGD,
  saveModel,
  softmaxCrossEntropy,
} from "../../index.js";
import { fitTable, holdOut, parseTable, predictRows, tableDataset, understandTable } from "./index.js";

const rowsOf = ({ inputs }: { inputs: { data: ArrayLike<number>; shape: readonly number[] } }) => {
  const width = inputs.shape[1]!;
  return Array.from({ length: inputs.shape[0]! }, (_, row) =>
    Array.from({ length: width }, (_, i) => inputs.data[row * width + i]!),
  );
};
/** Numbers to float32, for comparisons. */
const f32 = (rows: number[][]) => rows.map((row) => row.map(Math.fround));

describe("tableDataset", () => {
  it("standardises numbers, takes the median for empty cells and says so in an input", async () => {
    const table = await tableDataset("y,x\na,1\nb,2\na,\nb,6\n", { scaling: "standard" });
    // Of 1, 2 and 6: mean 3, variance (4 + 1 + 9) / 3, median 2.
    const s = Math.sqrt(14 / 3);
    expect(rowsOf(table)).toEqual(
      f32([
        [-2 / s, 0],
        [-1 / s, 0],
        [-1 / s, 1],
        [3 / s, 0],
      ]),
    );
    expect([...table.labels.data]).toEqual([0, 1, 0, 1]);
    expect(table.classNames).toEqual(["a", "b"]);
    expect(table.schema.task).toEqual({ kind: "classification", target: "y" });
  });

  it("takes weights from a column that is no input, of rows that say what is to be learnt", async () => {
    const text = "y;x;w\na;1;0,5\n;2;x\nb;4;2\na;5;0\n";
    const table = await tableDataset(text, { weight: "w", drop: ["w"] });
    expect(table.weights).toEqual(Float32Array.of(0.5, 2, 0));
    expect(table.inputs.shape).toEqual([3, 1]);
    expect(table.schema.input).toMatchObject({ weight: "w", leftOut: ["w"] });
    const understood = understandTable(parseTable(text), { weight: "w" });
    const rows = Uint32Array.of(2, 0);
    expect(fitTable(understood, rows, "auto").dataset(rows).weights).toEqual(Float32Array.of(0, 0.5));
    const wrong = tableDataset(text.replace("5;0\n", "5;-1\n"), { weight: "w", name: "t" });
    await expect(wrong).rejects.toMatchObject({ code: "weights-invalid", details: { row: 5, column: "w" } });
    await expect(tableDataset(text, { weight: "v" })).rejects.toMatchObject({ code: "column-unknown" });
  });

  it("takes words among numbers for empty cells where it is told that the column is of numbers", async () => {
    const table = await tableDataset("y,x\na,1\nb,2\na,lost\nb,6\n", {
      scaling: "standard",
      types: { x: "number" },
    });
    const s = Math.sqrt(14 / 3);
    expect(rowsOf(table)).toEqual(
      f32([
        [-2 / s, 0],
        [-1 / s, 0],
        [-1 / s, 1],
        [3 / s, 0],
      ]),
    );
  });

  it("gives each word an input, and the two words of yes and no one", async () => {
    const table = await tableDataset("y,colour,old\n1.5,red,yes\n2.5,blue,no\n0.5,red,\n");
    expect(rowsOf(table)).toEqual([
      [0, 1, 1, 0],
      [1, 0, -1, 0],
      [0, 1, 0, 1],
    ]);
    // Targets have mean 1.5 and deviation √(2/3).
    const s = Math.sqrt(2 / 3);
    expect(Array.from(table.labels.data)).toEqual([0, 1 / s, -1 / s].map(Math.fround));
    expect(table.schema.task).toEqual({
      kind: "regression",
      targets: [{ name: "y", shift: 1.5, scale: s }],
    });
  });

  it("takes skewed numbers by their quantiles", async () => {
    const values = Array.from({ length: 101 }, (_, i) => 10 ** (i / 20));
    const table = await tableDataset(`y,x\n${values.map((x, i) => `${i % 2},${x}`).join("\n")}\n`);
    const inputs = rowsOf(table).map(([x]) => x!);
    // In the middle the median, ±2.2 or more never, and always rising.
    expect(inputs[50]).toBeCloseTo(0, 2);
    expect(Math.max(...inputs.map(Math.abs))).toBeLessThan(2.5);
    inputs.slice(1).forEach((x, i) => {
      expect(x).toBeGreaterThanOrEqual(inputs[i]!);
    });
    // ln(0.75 / 0.25) / 1.702
    expect(inputs[75]).toBeCloseTo(0.6455, 2);
  });

  it("parts the range of numbers into pieces where there are rows enough", async () => {
    // 2,049 numbers from 0 to 2,048, of which 0, 64, 128 … 2,048 part 32 pieces; and one of few values, which has none.
    const text = (rows: number) =>
      `y,x,few\n${Array.from({ length: rows }, (_, i) => `${i % 2},${i},${i % 3}`).join("\n")}\n`;
    const table = await tableDataset(text(2049), { types: { x: "number", few: "number" } });
    expect(table.inputs.shape).toEqual([2049, 1 + 32 + 1]);
    const all = rowsOf(table);
    const pieces = (row: number) => all[row]!.slice(1, 33);
    const below = (whole: number, share: number) =>
      Array.from({ length: 32 }, (_, i) => (i < whole ? 1 : i === whole ? share : 0));
    expect(pieces(0)).toEqual(below(0, 0));
    expect(pieces(64)).toEqual(below(1, 0));
    expect(pieces(80)).toEqual(below(1, 0.25));
    expect(pieces(2048)).toEqual(below(32, 0));
    const model = new Sequential([new Dense({ units: 2 })], { inputShape: [34], seed: 1 });
    model.compile({ optimizer: new SGD({ learningRate: 0.1 }), loss: softmaxCrossEntropy() });
    await model.fit(table, { epochs: 1 });
    const bytes = await saveModel(model);
    const again = await loadModel(bytes);
    // What lies beyond the ends is no further piece, and a cell between two boundaries is read as in training.
    const probe = [
      { x: -500, few: 1 },
      { x: 80, few: 2 },
      { x: 9000, few: 0 },
    ];
    expect((await predictRows(again, probe)).rows).toEqual((await predictRows(model, probe)).rows);
    await Promise.all([model.close(), again.close()]);

    // With fewer than 64 rows to each of 16 pieces there are none, unless they are asked for.
    const options = { types: { x: "number", few: "number" } } as const;
    expect((await tableDataset(text(1023), options)).inputs.shape).toEqual([1023, 2]);
    expect((await tableDataset(text(1024), options)).inputs.shape).toEqual([1024, 18]);
    const asked = await tableDataset(text(1023), { ...options, scaling: "pieces" });
    expect(asked.inputs.shape).toEqual([1023, 2 + 15]);
    expect((await tableDataset(text(2049), { ...options, scaling: "standard" })).inputs.shape[1]).toBe(2);
  });

  it("has no piece where nothing lies between two boundaries", async () => {
    // Three in four are 0: of 33 boundaries the first 25 are alike.
    const rows = Array.from({ length: 2048 }, (_, i) => `${i % 2},${i < 1536 ? 0 : i}`);
    const table = await tableDataset(`y,x\n${rows.join("\n")}\n`, { types: { x: "number" } });
    const { input } = table.schema;
    const column = input.kind === "table" ? input.columns[0] : undefined;
    const at =
      column?.kind === "number" && column.encoding.kind === "pieces" ? column.encoding.at : expect.fail();
    expect(new Set(at).size).toBe(at.length);
    expect(table.inputs.shape[1]).toBe(at.length);
    for (const row of rowsOf(table)) for (const x of row) expect(Number.isFinite(x)).toBe(true);
  });

  it("parts dates", async () => {
    const days = ["2020-01-01", "2020-04-01", "2020-07-01", "2020-10-01"];
    const table = await tableDataset(`y,day\n${days.map((day, i) => `${i % 2},${day}`).join("\n")}\n`);
    expect(table.schema.input).toMatchObject({
      columns: [{ kind: "date", parts: [{ kind: "time" }, { kind: "year" }, { kind: "week" }] }],
    });
    const [first] = rowsOf(table);
    const year = (2 * Math.PI * (18262 % 365.2425)) / 365.2425; // 2020-01-01 is day 18,262 after 1970
    expect(first!.slice(1, 3)).toEqual([
      expect.closeTo(Math.sin(year), 5),
      expect.closeTo(Math.cos(year), 5),
    ]);
    const week = (2 * Math.PI * (18262 % 7)) / 7;
    expect(first!.slice(3)).toEqual([expect.closeTo(Math.sin(week), 5), expect.closeTo(Math.cos(week), 5)]);
  });

  it("takes everything that it knows from the rows that are trained on", () => {
    const understood = understandTable(
      parseTable("y,x,w\n0,1,a\n1,3,b\n0,100,c\n1,-50,d\n", { header: true }),
      {
        types: { w: "word" },
      },
    );
    const { schema, dataset } = fitTable(understood, Uint32Array.of(0, 1), "standard");
    expect(schema.input).toMatchObject({
      columns: [
        { name: "x", encoding: { shift: -2, scale: 1 } },
        { name: "w", words: ["a", "b"] },
      ],
    });
    expect(rowsOf(dataset(Uint32Array.of(2)))).toEqual([[98, 0, 0]]);
  });

  it("decides between classes and numbers", async () => {
    const kind = async (cells: readonly string[], task?: "classification" | "regression") => {
      const text = `y,x\n${cells.map((cell, i) => `${cell},${(i * 7) % 5}`).join("\n")}\n`;
      return (await tableDataset(text, { ...(task && { task }) })).schema.task.kind;
    };
    const many = (cells: string[]) => Array.from({ length: 30 }, (_, i) => cells[i % cells.length]!);
    expect(await kind(many(["0", "1"]))).toBe("classification");
    expect(await kind(many(["3", "5", "8"]))).toBe("classification");
    expect(await kind(many(["a", "b", "c"]))).toBe("classification");
    expect(await kind(many(["1.5", "2.5"]))).toBe("regression");
    expect(await kind(many(["18.0", "15.0"]))).toBe("regression");
    expect(await kind(Array.from({ length: 30 }, (_, i) => String(i * i)))).toBe("regression");
    expect(await kind(many(["0", "1"]), "regression")).toBe("regression");
    expect(await kind(many(["1.5", "2.5"]), "classification")).toBe("classification");
  });

  it("passes over rows without a target", async () => {
    const table = await tableDataset("y,x\n1.5,1\n,2\n3.5,4\n", { scaling: "standard" });
    expect(table.inputs.shape).toEqual([2, 1]);
  });

  it.each<[string, string, object, string, RegExp]>([
    ["no target named", "a,b\n1,2\n3,5\n", {}, "target-missing", /which column is to be predicted/],
    ["one class", "y,x\n1,2\n1,3\n", {}, "one-class", /every row has "1" as "y"/],
    [
      "words for numbers",
      "y,x\na,2\nb,3\n",
      { task: "regression" },
      "csv-label",
      /row 2, column "y".*got "a"/,
    ],
    [
      "an identifier as target",
      `y,x\n${["p", "q", "r", "s"].map((y, i) => `${y},${i % 2}`).join("\n")}\n`,
      {},
      "csv-label",
      /too many to be classes/,
    ],
    ["nothing to learn from", "y,x\n0,7\n1,7\n", {}, "no-inputs", /has no column to learn "y" from/],
  ])("refuses %s", async (_, text, options, code, says) => {
    const error = await tableDataset(text, { name: "t", ...options }).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code, message: expect.stringMatching(says) });
  });
});

describe("holdOut", () => {
  it("takes each class's share, and the last of none", () => {
    const classes = [...new Array(60).fill(0), ...new Array(30).fill(1), ...new Array(9).fill(2), 3];
    const { training, held } = holdOut(100, 0.2, 5, classes);
    const count = (places: Uint32Array) =>
      [0, 1, 2, 3].map((one) => places.filter((place) => classes[place] === one).length);
    expect(count(held)).toEqual([12, 6, 2, 0]);
    expect([...training, ...held].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(holdOut(100, 0.2, 5, classes)).toEqual({ training, held });
    expect(holdOut(100, 0.2, 6, classes).held).not.toEqual(held);
    expect(holdOut(10, 0, 1).held).toHaveLength(0);
  });
});

describe("a model that was trained on a table", () => {
  const csv = `name,colour,size,sold\n${Array.from(
    { length: 40 },
    (_, i) => `n${i},${i % 2 ? "red" : "blue"},${i % 7}.5,${i % 2 ? "yes" : "no"}`,
  ).join("\n")}\n`;

  async function trained(): Promise<Sequential> {
    const dataset = await tableDataset(csv, { target: "sold" });
    const model = new Sequential([new Dense({ units: 2 })], {
      inputShape: dataset.inputs.shape.slice(1),
      threads: 1,
    });
    model.compile({ optimizer: new SGD({ learningRate: 0.5 }), loss: softmaxCrossEntropy() });
    await model.fit(dataset, { epochs: 40 });
    return model;
  }

  it("answers for rows as people have them, in any order of columns, from its file too", async () => {
    await using model = await trained();
    await using again = await loadModel(await saveModel(model));
    for (const one of [model, again]) {
      const { rows, notes } = await predictRows(one, [
        { size: 3.5, colour: "red" },
        { colour: "blue", size: 1.5, sold: "yes", extra: 1 },
        { colour: "green", size: null },
      ]);
      expect(rows.slice(0, 2).map(({ answer }) => answer)).toEqual([{ sold: "yes" }, { sold: "no" }]);
      expect(Object.keys(rows[0]!.probabilities!)).toEqual(["no", "yes"]);
      expect(notes).toEqual([
        'table: not known to the network, and ignored: "extra"',
        'table: 1 row has a word in "colour" that training had not, such as "green"; taken as none of its words ("blue", "red")',
        'table: 1 row lacks "size", unlike those of training; taken as its median',
      ]);
    }
  });

  it.each<[string, string, string, RegExp]>([
    [
      "a column that is missing",
      "size\n1.5\n",
      "columns-missing",
      /has no column "colour", which the network was trained on/,
    ],
    ["a column by another spelling", "Colour,size\nred,1.5\n", "columns-missing", /\(is it "Colour"\?\)/],
    [
      "a misspelt column",
      "color,size\nred,1.5\n",
      "columns-missing",
      /trained on \(is it "color"\?\); it has/,
    ],
    [
      "no header",
      "red,1.5\nblue,2.5\nred,3.5\n",
      "header-missing",
      /put a first row of names there: "colour", "size"/,
    ],
    [
      "a word for a number",
      "colour,size\nred,big\n",
      "csv-not-a-number",
      /row 2, column "size": expected a number, got "big"/,
    ],
  ])("refuses %s", async (_, text, code, says) => {
    await using model = await trained();
    const error = await predictRows(model, text).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code, message: expect.stringMatching(says) });
  });

  it("reads numbers as each file writes them", async () => {
    const rows = Array.from({ length: 30 }, (_, i) => [`${i % 10}.5`, `${(i % 10) * 2 + 1}`] as const);
    const dataset = await tableDataset(`x,y\n${rows.map((row) => row.join(",")).join("\n")}\n`, {
      target: "y",
      task: "regression",
    });
    await using model = new Sequential([new Dense({ units: 1 })], { inputShape: [1], threads: 1 });
    model.compile({ optimizer: new SGD({ learningRate: 0.1 }), loss: meanSquaredError() });
    await model.fit(dataset, { epochs: 200 });
    const [point, comma] = await Promise.all([
      predictRows(model, "x,z\n3.5,0\n7.5,0\n"),
      predictRows(model, "x;z\n3,5;0\n7,5;0\n"),
    ]);
    // y = 2x, in its own unit.
    expect(point.rows.map(({ answer }) => answer.y)).toEqual([expect.closeTo(7, 2), expect.closeTo(15, 2)]);
    expect(comma.rows).toEqual(point.rows);
  });

  it("knows a table without a header by its positions, with the target or without", async () => {
    const rows = Array.from({ length: 40 }, (_, i) => `${(i % 7) + 0.5},${i % 2},${i % 2 ? "b" : "a"}`);
    const dataset = await tableDataset(`${rows.join("\n")}\n`, { target: "2" });
    await using model = new Sequential([new Dense({ units: 2 })], { inputShape: [2], threads: 1 });
    model.compile({ optimizer: new SGD({ learningRate: 0.5 }), loss: softmaxCrossEntropy() });
    await model.fit(dataset, { epochs: 40 });
    const answers = async (text: string) =>
      (await predictRows(model, text)).rows.map(({ answer }) => answer["2"]);
    expect(await answers("1.5,1\n2.5,0\n4.5,1\n")).toEqual(["b", "a", "b"]);
    expect(await answers("1.5,1,a\n2.5,0,a\n4.5,1,a\n")).toEqual(["b", "a", "b"]);
    await expect(answers("1.5\n2.5\n")).rejects.toMatchObject({ code: "columns-missing" });
    await expect(answers("p,q\n1.5,1\n")).rejects.toMatchObject({ code: "header-surplus" });
  });
});

it("a column of hundreds of words has an input for each that occurs twice, up to 1,024", async () => {
  const table = (words: number) =>
    ["word,x,y", ...Array.from({ length: 2 * words }, (_, i) => `w${i % words},${i % 5}.5,${i % 9}.25`)].join(
      "\n",
    );
  const inputs = async (words: number) => (await tableDataset(table(words), { target: "y" })).inputs.shape[1];
  expect([await inputs(300), await inputs(1024), await inputs(1100)]).toEqual([301, 1025, 1025]);
});
