import { gzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { parseTable, readTable, type Table } from "./index.js";

const columns = ({ columns: all }: Table) =>
  Object.fromEntries(all.map(({ name, cells }) => [name, [...cells]]));
const PLAIN = { a: ["1", "3"], b: ["x", "y, z"] };
const utf8 = (text: string) => new TextEncoder().encode(text);

function utf16(text: string, bigEndian: boolean, mark: boolean): Uint8Array {
  const units = [...(mark ? "\uFEFF" : ""), ...text].map((letter) => letter.charCodeAt(0));
  return Uint8Array.from(
    units.flatMap((unit) => (bigEndian ? [unit >> 8, unit & 255] : [unit & 255, unit >> 8])),
  );
}

describe("readTable", () => {
  const csv = 'a,b\n1,x\n3,"y, z"\n';
  it.each<[string, string | Uint8Array]>([
    ["CSV", csv],
    ["CRLF", csv.replaceAll("\n", "\r\n")],
    ["CR alone", csv.replaceAll("\n", "\r")],
    ["no line end behind the last row", csv.trimEnd()],
    ["empty lines", csv.replaceAll("\n", "\n\n")],
    ["blanks around cells", 'a , b\n 1 ,x\n3 ,"y, z"\n'],
    ["tabs", "a\tb\n1\tx\n3\ty, z\n"],
    ["semicolons", "a;b\n1;x\n3;y, z\n"],
    ["bars", "a|b\n1|x\n3|y, z\n"],
    ["a sep= line", "sep=;\r\na;b\r\n1;x\r\n3;y, z\r\n"],
    ["a separator at the end of each line", 'a,b,\n1,x,\n3,"y, z",\n'],
    ["a separator at the end of the rows", 'a,b\n1,x,\n3,"y, z",\n'],
    ["UTF-8 with a mark", utf8(`\uFEFF${csv}`)],
    ["UTF-16, little end first, with a mark", utf16(csv, false, true)],
    ["UTF-16, big end first, with a mark", utf16(csv, true, true)],
    ["UTF-16, little end first, without a mark", utf16(csv, false, false)],
    ["gzip", gzipSync(utf8(csv))],
    ["JSON lines", '{"a": 1, "b": "x"}\n{"a": 3, "b": "y, z"}\n'],
    ["a JSON list", '[{"a": 1, "b": "x"}, {"b": "y, z", "a": 3}]'],
  ])("reads %s", async (_, source) => {
    expect(columns(await readTable(source))).toEqual(PLAIN);
  });

  it("reads rows as objects, whatever their keys are called", async () => {
    const rows = [{ a: 1, b: null }, JSON.parse('{"__proto__": "p", "constructor": true, "a": 2.5}')];
    expect((await readTable(rows)).columns.map(({ name, cells }) => [name, ...cells])).toEqual([
      ["a", "1", "2.5"],
      ["b", "", ""],
      ["__proto__", "", "p"],
      ["constructor", "", "true"],
    ]);
  });

  it("names the columns of objects as a file's header would be named", async () => {
    const { columns, notes } = await readTable([{ " age ": 22, sex: "male", "sex ": "m" }]);
    expect(columns.map(({ name }) => name)).toEqual(["age", "sex", "sex (2)"]);
    expect(notes).toEqual(['the column "sex" occurs again and is called "sex (2)"']);
  });

  it("says how it read bytes that are no UTF-8", async () => {
    const table = await readTable(Uint8Array.of(...utf8("name,city\nJos"), 0xe9, ...utf8(",Paris\n")));
    expect(table.notes).toEqual(["read as Windows-1252"]);
    expect(table.columns[0]!.cells).toEqual(["José"]);
  });

  it("gives names that occur again a number, and says so", () => {
    const table = parseTable("x,x,x (2),\n1,2,3,4\n");
    expect(table.columns.map(({ name }) => name)).toEqual(["x", "x (2)", "x (2) (2)", "column 4"]);
    expect(table.notes).toHaveLength(2);
  });

  it.each<[string, string | Uint8Array | object[], string, string]>([
    ["nothing", "", "no-samples", "t: is empty."],
    ["a header alone", "a,b\n", "no-samples", ""],
    [
      "a short row",
      "a,b\n1,2\n3\n",
      "csv-ragged",
      "t: row 3 has 1 columns where the first has 2; complete it or take it out.",
    ],
    [
      "a long row",
      "a,b\n1,2,3\n",
      "csv-ragged",
      "t: row 2 has 3 columns where the first has 2; complete it or take it out.",
    ],
    ["an open quote", 'a,b\n1,"2\n', "csv-quotes", "t: row 2 has a quotation mark that is not closed."],
    [
      "a workbook",
      Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 0, 0, 9, 9),
      "csv-not-text",
      "t: is a ZIP archive, as workbooks (.xlsx) are; save the table as CSV in UTF-8.",
    ],
    [
      "no objects",
      [[1], [2]],
      "row-not-an-object",
      't: expected rows like { "age": 22, "sex": "male" }, got [1] as row 1.',
    ],
    [
      "a list in a cell",
      [{ a: [1] }],
      "cell-not-a-value",
      't: row 1 has [1] as "a"; expected a number, a text, true or false, or null.',
    ],
    ["broken JSON lines", '{"a": 1}\n{"a": \n', "json-lines-invalid", ""],
  ])("refuses %s", async (_, source, code, says) => {
    const error = await readTable(source, { name: "t" }).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code });
    if (says !== "") expect((error as Error).message).toBe(says);
  });
});

describe("a table's header", () => {
  it("reads the file of a page, which it calls by its name", async () => {
    const file = new File(["name,city\nKim,Seoul\n"], "people.csv");
    const { name, columns: of } = await readTable(file);
    expect([name, of.map((one) => one.cells[0])]).toEqual(["people.csv", ["Kim", "Seoul"]]);
    await expect(readTable(new Blob([""]))).rejects.toThrow("table: is empty.");
  });

  it.each<[string, string, boolean]>([
    ["names above numbers", "a,b\n1,2\n", true],
    ["numbers alone", "1,2\n3,4\n", false],
    ["0, 1, 2 …, as of an array that was saved without names", "0,1,2\n5.5,3,1\n4,4,4\n", true],
    ["the same behind row numbers", ",0,1\n0,5,6\n1,7,8\n", true],
    ["a label's word and numbers that are names", "label,28,29\n3,0,255\n", true],
    ["years", "region,1990,1991\n7,5,6\n", true],
    ["words above words", "name,city\nKim,Seoul\nLee,Busan\n", true],
    ["words that come again below", "Kim,Seoul\nLee,Seoul\nKim,Busan\n", false],
    ["a fault in a row of numbers", "x,2,3.5\n1,5,6\n2,8,9\n", false],
    ["an empty cell among names", "a,,c\n1,2,3\n", true],
  ])("%s", (_, text, header) => {
    expect(parseTable(text).header).toBe(header);
  });

  it("is known by the names that a model knows", () => {
    expect(parseTable("red,blue\nred,green\n").header).toBe(false);
    expect(parseTable("red,blue\nred,green\n", { known: ["blue"] }).header).toBe(true);
  });
});
