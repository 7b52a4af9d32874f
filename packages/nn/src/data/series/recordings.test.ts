import { describe, expect, test } from "vitest";
import { parseTable, type Table } from "../table/index.js";
import {
  fitRecordings,
  labelledRecordings,
  meanProbabilities,
  partRecordings,
  recordingInputs,
  understandRecordings,
} from "./index.js";

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/** A recording of `rows` rows: a clock, a coordinate, a constant and a word. */
function recorded(name: string, rows: number, x: (row: number) => number): Table {
  const lines = range(rows).map((row) => `${row * 20},${x(row)},${(row * 7) % 5},left`);
  return { ...parseTable(["t,x,y,hand", ...lines].join("\n")), name };
}

const recordings = [
  { label: "shake", table: recorded("a.csv", 10, (row) => (row % 2 === 0 ? 1 : -1)) },
  { label: "circle", table: recorded("b.csv", 13, (row) => row * row) },
  { label: "shake", table: recorded("c.csv", 8, (row) => (row % 2 === 0 ? 2 : -2)) },
];

describe("recordings", () => {
  test("are cut into windows half a window apart, the last at the end", () => {
    const understood = understandRecordings(recordings);
    expect(understood.steps).toBe(8);
    expect(understood.columns.map(({ name }) => name)).toEqual(["x", "y"]);
    expect(understood.leftOut).toEqual([
      { name: "hand", why: 'always "left"' },
      { name: "t", why: "only rises, as a clock does" },
    ]);
    const fitted = fitRecordings(understood, Uint32Array.from([0, 1]));
    const { inputs, labels, classNames, recordings: of } = fitted.dataset(Uint32Array.from([1, 0, 2]));
    expect(classNames).toEqual(["circle", "shake"]);
    // 13 rows: windows at 0, 4 and 5; 10 rows: at 0 and 2; 8 rows: one.
    expect([...of]).toEqual([0, 0, 0, 1, 1, 2]);
    expect([...labels.data]).toEqual([0, 0, 0, 1, 1, 1]);
    expect(inputs.shape).toEqual([6, 8, 2]);
    // Means and deviations are those of the recordings that are trained on.
    const seen = [...range(10).map((row) => (row % 2 === 0 ? 1 : -1)), ...range(13).map((row) => row * row)];
    const mean = seen.reduce((sum, value) => sum + value, 0) / seen.length;
    const deviation = Math.sqrt(seen.reduce((sum, value) => sum + (value - mean) ** 2, 0) / seen.length);
    const x = (window: number, step: number) => inputs.data[(window * 8 + step) * 2]!;
    expect(x(1, 3)).toBeCloseTo((7 * 7 - mean) / deviation, 5);
    expect(x(2, 0)).toBeCloseTo((5 * 5 - mean) / deviation, 5);
    expect(x(5, 1)).toBeCloseTo((-2 - mean) / deviation, 5);
  });

  test("are read in the same way by a model that was trained on them", () => {
    const fitted = fitRecordings(understandRecordings(recordings), Uint32Array.from([0, 1, 2]));
    const known = { name: "m", schema: fitted.schema, classNames: ["circle", "shake"] };
    const { inputs, recordings: of } = recordingInputs(known, [recordings[1]!.table, recordings[2]!.table]);
    const { inputs: trained } = fitted.dataset(Uint32Array.from([1, 2]));
    expect(inputs).toEqual(trained);
    expect([...of]).toEqual([0, 0, 0, 1]);
  });

  test("of which a later one has other columns, or numbers in another unit, say so", () => {
    const fitted = fitRecordings(understandRecordings(recordings), Uint32Array.from([0, 1, 2]));
    const known = { name: "m", schema: fitted.schema, classNames: ["circle", "shake"] };
    const thousands = recorded("mm.csv", 10, (row) => 1000 * (row - 4.5));
    const more = parseTable(["x,y,z", ...range(9).map((row) => `${row},${row % 5},1`)].join("\n"), {
      name: "z.csv",
    });
    expect(recordingInputs(known, [recordings[0]!.table]).notes).toEqual([]);
    expect(recordingInputs(known, [thousands]).notes).toEqual([
      expect.stringMatching(
        /^mm\.csv: \d+ of 10 numbers in "x" are none that training had, which was about /,
      ),
    ]);
    expect(recordingInputs(known, [more]).notes).toEqual([
      'z.csv: not known to the network, and ignored: "z"',
    ]);
  });

  test("come from one table as well, where a column names them", () => {
    const rows = recordings.flatMap(({ label, table }) =>
      range(table.rows).map((row) => `${table.name},${table.columns[1]!.cells[row]},${label}`),
    );
    const table = { ...parseTable(["file,x,what", ...rows].join("\n")), name: "all.csv" };
    expect([...partRecordings(table, "file").keys()]).toEqual(["a.csv", "b.csv", "c.csv"]);
    const parts = labelledRecordings(table, "file", "what");
    expect(parts.map(({ label, table: { rows: count } }) => [label, count])).toEqual([
      ["shake", 10],
      ["circle", 13],
      ["shake", 8],
    ]);
    const wrong = parseTable("file,x,what\na,1,p\na,2,q\nb,1,p");
    expect(() => labelledRecordings(wrong, "file", "what")).toThrow(
      expect.objectContaining({ code: "csv-label" }),
    );
  });

  test("are told by the mean of their windows' probabilities", () => {
    const data = Float32Array.from([0.25, 0.75, 0.75, 0.25, 1, 0]);
    const means = meanProbabilities(Uint32Array.from([0, 0, 1]), { data, shape: [3, 2] });
    expect(means.map((row) => [...row])).toEqual([
      [0.5, 0.5],
      [1, 0],
    ]);
  });

  test("that begin with empty cells begin with the first that is known", () => {
    const table = parseTable("x,z\n,1\n,2\n5,1\n6,4\n7,1");
    const understood = understandRecordings(
      [
        { label: "a", table },
        { label: "b", table: parseTable("x,z\n1,1\n2,1\n1,2\n2,1\n5,2") },
      ],
      { window: 5 },
    );
    const { inputs } = fitRecordings(understood, Uint32Array.from([0, 1])).dataset(Uint32Array.from([0]));
    expect(inputs.data[0]).toBe(inputs.data[4]);
    expect(inputs.data[2]).toBe(inputs.data[4]);
  });

  test.each([
    ["none", [], {}, "no-samples"],
    ["one class", [recordings[0]!, recordings[2]!], {}, "one-class"],
    ["a window that is too long", recordings, { window: 12 }, "series-short"],
    [
      "no numbers in common",
      [{ label: "z", table: parseTable("q\na\nb\nc\nd") }, recordings[0]!],
      {},
      "no-inputs",
    ],
  ])("are refused: %s", (_, some, options, code) => {
    expect(() => understandRecordings(some, options)).toThrow(expect.objectContaining({ code }));
  });

  test("are refused by a model that cannot read them", () => {
    const { schema } = fitRecordings(understandRecordings(recordings), Uint32Array.from([0, 1, 2]));
    const known = { name: "m", schema, classNames: undefined };
    const refusal = (model: object, tables: readonly Table[]) => {
      try {
        recordingInputs(model as never, tables);
        return "nothing";
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(refusal(known, [recorded("d.csv", 7, Number)])).toBe("series-short");
    expect(refusal(known, [parseTable("x\n1\n2")])).toBe("columns-missing");
    expect(refusal({ ...known, schema: undefined }, [])).toBe("not-for-recordings");
    for (const damage of [
      { steps: 0 },
      { steps: 1e9 },
      { columns: [] },
      { columns: [{ name: "x" }] },
      { recording: 1 },
    ]) {
      const input = { ...schema.input, ...damage };
      expect(refusal({ ...known, schema: { ...schema, input } }, [])).toBe("schema-invalid");
    }
  });
});
