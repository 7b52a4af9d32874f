import { describe, expect, it } from "vitest";
import { readTable, type TableSource } from "./read-table.js";
import { type TableDatasetOptions, tableDataset } from "./table-dataset.js";
import { type KnowsTables, labelledTable, tableInputs } from "./use-table.js";

type Known = KnowsTables & { readonly scaling: { readonly kind: "none" } };

/** What a model keeps of the table that it is trained on. */
async function trainedOn(source: TableSource, options: TableDatasetOptions): Promise<Known> {
  const { schema, classNames } = await tableDataset(source, options);
  return { name: "model", schema, classNames, scaling: { kind: "none" } };
}

const rows = (count: number, row: (i: number) => object) => Array.from({ length: count }, (_, i) => row(i));

async function read(known: KnowsTables, source: TableSource) {
  const { inputs, identifiers, notes } = tableInputs(known, await readTable(source));
  return { data: Array.from(inputs.data), names: identifiers.map(({ name }) => name), notes };
}

const labels = async (known: Known, source: TableSource) => {
  const { dataset, notes } = labelledTable(known, await readTable(source));
  return { data: Array.from(dataset.labels.data), notes };
};

describe("yes and no", () => {
  const known = trainedOn(
    rows(20, (i) => ({ fit: i % 3 ? "TRUE" : "FALSE", y: i / 7 })),
    { target: "y" },
  );

  it("are understood in the usual words, whichever training had", async () => {
    const words = ["TRUE", "true", "Yes", "y", "T", "1", "1.0", "false", "no", "N", "f", "0"];
    const { data, notes } = await read(
      await known,
      words.map((fit) => ({ fit })),
    );
    expect(data).toEqual([1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1]);
    expect(notes).toEqual([]);
  });

  it("are refused where a cell says neither", async () => {
    await expect(read(await known, [{ fit: "yes" }, { fit: "maybe" }])).rejects.toMatchObject({
      code: "csv-not-yes-or-no",
      message:
        'table: row 3, column "fit": expected TRUE or FALSE, got "maybe"; mend it, or leave the cell empty.',
    });
  });

  it("may be two words of one's own, which alone are then known", async () => {
    const own = await trainedOn(
      rows(20, (i) => ({ sex: i % 2 ? "male" : "female", y: i / 7 })),
      { target: "y", types: { sex: "boolean" } },
    );
    expect((await read(own, [{ sex: "Male" }, { sex: "female" }])).data).toEqual([1, -1]);
    await expect(read(own, [{ sex: "1" }])).rejects.toMatchObject({ code: "csv-not-yes-or-no" });
  });

  it("are one column and two classes in whatever case they are written", async () => {
    const spelt = (i: number) => ["Yes", "yes", "no", "NO"][i % 4];
    const { schema, classNames } = await tableDataset(
      rows(40, (i) => ({ a: spelt(i + 1), b: i % 7, sold: spelt(i) })),
      { target: "sold" },
    );
    expect(classNames).toEqual(["Yes", "no"]);
    expect(schema.input).toMatchObject({
      columns: [{ kind: "boolean", yes: "yes", no: "no" }, { name: "b" }],
    });
  });

  it("are classes by whichever words a later table has", async () => {
    const sold = await trainedOn(
      rows(20, (i) => ({ x: i % 7, sold: i % 3 ? "TRUE" : "FALSE" })),
      { target: "sold" },
    );
    const cells = ["yes", "No", "1", "0", "true", "FALSE"];
    expect(
      (
        await labels(
          sold,
          cells.map((cell) => ({ x: 1, sold: cell })),
        )
      ).data,
    ).toEqual([1, 0, 1, 0, 1, 0]);
    await expect(labels(sold, [{ x: 1, sold: "maybe" }])).rejects.toMatchObject({
      code: "label-out-of-range",
    });
  });
});

describe("words of a later table", () => {
  const known = trainedOn(
    rows(30, (i) => ({ street: ["Oak Road", "Élm", "07"][i % 3], y: i / 7 })),
    { target: "y" },
  );

  it("are known in another case, with other blanks, composed otherwise, or without a zero in front", async () => {
    const { data, notes } = await read(await known, [
      { street: "oak  road" },
      { street: "ÉLM".normalize("NFD") },
      { street: "7" },
    ]);
    // Words are sorted: "07", "Oak Road", "Élm".
    expect(data).toEqual([0, 1, 0, 0, 0, 1, 1, 0, 0]);
    expect(notes).toEqual([]);
  });

  it("are none of several that differ by what is not looked at", async () => {
    const both = await trainedOn(
      rows(30, (i) => ({ w: ["a", "A", "b"][i % 3], y: i / 7 })),
      { target: "y" },
    );
    const { data } = await read(both, [{ w: "a" }, { w: "A" }, { w: "B" }]);
    expect(data).toEqual([0, 1, 0, 1, 0, 0, 0, 0, 1]);
    const { notes } = await read(both, [{ w: "b" }, { w: "ä" }]);
    expect(notes).toEqual([
      'table: 1 row has a word in "w" that training had not, such as "ä"; taken as none of its words ("A", "a", "b")',
    ]);
  });

  it.each<[string, readonly string[], string, RegExp]>([
    [
      "numbers for words",
      ["female", "male"],
      "1",
      /expected words as in training, such as "female", "male", got only numbers, such as "1"/,
    ],
    [
      "words for codes",
      ["1", "2"],
      "first",
      /expected codes as in training, such as "1", "2", got only words, such as "first"/,
    ],
  ])("are refused as %s", async (_, words, cell, says) => {
    const coded = await trainedOn(
      rows(30, (i) => ({ w: words[i % 2], y: i / 7 })),
      { target: "y", types: { w: "word" } },
    );
    await expect(read(coded, [{ w: cell }, { w: cell }])).rejects.toMatchObject({
      code: "csv-not-a-word",
      message: expect.stringMatching(says),
    });
  });

  it("may be numbers in a few rows where training had many words and none of them was one", async () => {
    const houses = await trainedOn(
      rows(60, (i) => ({ house: `${i % 12}b`, y: i / 7 })),
      { target: "y" },
    );
    expect((await read(houses, [{ house: "7" }])).notes).toHaveLength(1);
    await expect(
      read(
        houses,
        rows(10, () => ({ house: "7" })),
      ),
    ).rejects.toMatchObject({ code: "csv-not-a-word" });
  });

  it("name classes in another case too", async () => {
    const species = await trainedOn(
      rows(20, (i) => ({ x: i % 7, species: i % 3 ? "Gentoo" : "Adelie" })),
      { target: "species" },
    );
    expect(
      (
        await labels(species, [
          { x: 1, species: "gentoo" },
          { x: 1, species: "ADELIE" },
        ])
      ).data,
    ).toEqual([1, 0]);
  });
});

describe("dates of a later table", () => {
  const day = (i: number) =>
    `${String((i % 28) + 1).padStart(2, "0")}/${String((i % 12) + 1).padStart(2, "0")}/2025`;
  const known = trainedOn(
    rows(60, (i) => ({ when: day(i), y: i / 7 })),
    { target: "y" },
  );

  it("may begin with the year, whatever order training had", async () => {
    const { data } = await read(await known, [{ when: "31/12/2025" }, { when: "2025-12-31" }]);
    const width = data.length / 2;
    expect(data.slice(width)).toEqual(data.slice(0, width));
  });

  it("are refused in the other order, with the one that is expected", async () => {
    await expect(read(await known, [{ when: "12/31/2025" }])).rejects.toMatchObject({
      code: "csv-not-a-date",
      message:
        'table: row 2, column "when": expected a date with the day first, such as 31/12/2025, or as 2025-12-31, got "12/31/2025"; mend it, or leave the cell empty.',
    });
  });

  it("are one column where some begin with the year and others do not", async () => {
    const { schema } = await tableDataset(
      rows(60, (i) => ({
        when: i % 2 ? day(i) : `2025-${day(i).slice(3, 5)}-${day(i).slice(0, 2)}`,
        y: i / 7,
      })),
      { target: "y" },
    );
    expect(schema.input).toMatchObject({ columns: [{ kind: "date", order: "dmy" }] });
  });
});

it("refuses a share for a percentage", async () => {
  const known = await trainedOn(
    rows(30, (i) => ({ rate: `${i % 9}5 %`, y: i / 7 })),
    { target: "y" },
  );
  await expect(read(known, [{ rate: "0.45" }])).rejects.toMatchObject({
    code: "csv-not-a-number",
    message: expect.stringContaining('expected a number with "%", as in training, got "0.45"'),
  });
  expect((await read(known, [{ rate: "45%" }])).notes).toEqual([]);
});

describe("cells that are empty where training had none", () => {
  it("are counted, as what they are taken for", async () => {
    const known = await trainedOn(
      rows(30, (i) => ({ age: i % 9, town: i % 2 ? "A" : "B", y: i / 7 })),
      { target: "y" },
    );
    const { notes } = await read(known, [
      { age: 1, town: "" },
      { age: "", town: "" },
    ]);
    expect(notes).toEqual([
      'table: 1 row lacks "age", unlike those of training; taken as its median',
      'table: all 2 rows lack "town", unlike those of training; taken as none of what training had',
    ]);
  });

  it("are no surprise where training had some, unless nothing else is there", async () => {
    const known = await trainedOn(
      rows(30, (i) => ({ age: i % 9 || "", x: i % 4, y: i / 7 })),
      { target: "y" },
    );
    expect((await read(known, [{ age: "", x: 1 }])).notes).toEqual([]);
    expect(
      (
        await read(
          known,
          rows(12, () => ({ age: "", x: 1 })),
        )
      ).notes,
    ).toEqual(['table: all 12 rows lack "age", unlike those of training; taken as its median']);
  });
});

it("names the target that a table to measure on lacks, of several", async () => {
  const known = await trainedOn(
    rows(30, (i) => ({ x: i % 9, price: i / 7, km: (i * i) % 50 })),
    { target: ["price", "km"] },
  );
  await expect(labels(known, [{ x: 1, km: 3 }])).rejects.toMatchObject({
    code: "target-column-missing",
    message: expect.stringMatching(/^table: has no column "price", which is/),
  });
});

it("says that the numbers to be measured against are in another unit", async () => {
  const known = await trainedOn(
    rows(50, (i) => ({ x: i % 9, price: 200_000 + 1000.5 * (i % 30) })),
    { target: "price" },
  );
  const { notes } = await labels(
    known,
    rows(5, (i) => ({ x: i, price: 210 + i })),
  );
  expect(notes).toEqual([
    expect.stringMatching(
      /^table: 5 of 5 numbers in "price" are none that training had, which was about 210,000, give or take \d/,
    ),
  ]);
});

describe("columns that name the rows of a later table", () => {
  const known = trainedOn(
    rows(30, (i) => ({ x: i % 9, y: i / 7 })),
    { target: "y" },
  );

  it("are kept where training had none: keys by their name, words that all differ, and what counts", async () => {
    const { names, notes } = await read(
      await known,
      rows(3, (i) => ({ id: [901, 17, 44][i], who: `p${i}`, paid: [5, 9, 7][i], x: i })),
    );
    expect(names).toEqual(["id", "who"]);
    expect(notes).toEqual(['table: not known to the network, and ignored: "id", "who", "paid"']);
    expect((await read(await known, [{ userId: 12, x: 1 }])).names).toEqual(["userId"]);
  });
});

it("takes shuffled row numbers for these, and what is only called like a key for a number", async () => {
  const { schema } = await tableDataset(
    rows(50, (i) => ({ nr: ((i * 7) % 50) + 1, paid: (i * i + 3) * 2, y: i / 7 })),
    { target: "y" },
  );
  expect(schema.input).toMatchObject({ identifiers: ["nr"], columns: [{ name: "paid", kind: "number" }] });
});
