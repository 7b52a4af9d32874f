import { describe, expect, it } from "vitest";
import { readDate } from "./date-cells.js";
import { findColumns } from "./find-columns.js";
import { describeColumn, parseTable } from "./index.js";

/** What a column of these cells is found to be, in a table beside a column of words. */
function found(cells: readonly string[], name = "x", options: Parameters<typeof findColumns>[1] = {}) {
  const rows = cells.map((cell, i) => `"${cell}",${i % 2 ? "b" : "a"}`);
  const [finding] = findColumns(
    parseTable(`${name},other\n${rows.join("\n")}\n`, { name: "t", header: true }),
    options,
  );
  const { column: _, ...rest } = finding!;
  return rest;
}

const repeat = (cells: readonly string[], times: number) => Array.from({ length: times }, () => cells).flat();

describe("findColumns", () => {
  it("finds numbers, however they are written", () => {
    const number = (cells: readonly string[]) => found(cells);
    expect(number(["1.5", "2", "-3e2", ""])).toMatchObject({
      kind: "number",
      whole: false,
      distinct: 3,
      empty: 1,
    });
    expect(number(["1", "2", "2"])).toMatchObject({ whole: true });
    expect(number(["1.0", "2.0", "2.0"])).toMatchObject({ whole: false });
    expect(number(["1,234.5", "1,000", "7"])).toMatchObject({ format: { decimal: ".", group: "," } });
    expect(number(["1.234,5", "1.000", "7"])).toMatchObject({ format: { decimal: ",", group: "." } });
    expect(number(["0,5", "1,25", "7"])).toMatchObject({ format: { decimal: "," } });
    expect(number(["1 234,5", "1 000,0", "7"])).toMatchObject({ format: { decimal: ",", group: " " } });
    expect(number(["12%", "7.5%", "80 %"])).toMatchObject({ kind: "number", distinct: 3 });
    expect(number(["$1,200", "$7", "€80"])).toMatchObject({ kind: "number", distinct: 3 });
    expect(number(["NA", "n/a", "?", "null", "NaN", "1", "2", "2"])).toMatchObject({
      kind: "number",
      empty: 5,
    });
  });

  it("takes numbers in parentheses for ones below 0, as accounts write them", () => {
    const table = parseTable("x,other\n($1.50),a\n$2,b\n($3),a\n", { header: true });
    expect(describeColumn(findColumns(table)[0]!)).toBe("number, -3 to 2");
    expect(found(["(a)", "(b)", "(a)"]).kind).toBe("word");
    expect(found(["(-1)", "(-2)", "(-1)"]).kind).toBe("word");
  });

  it("says where a column's numbers have several signs, which it does not convert", () => {
    const line = (cells: string) =>
      describeColumn(findColumns(parseTable(`x,other\n${cells}`, { header: true }))[0]!);
    expect(line("$5,a\n€7,b\n$6,a\n")).toBe("number, 5 to 7 (signs $, €, all counted alike)");
    expect(line("5%,a\n7,b\n6,a\n,b\n")).toBe("number, 5 to 7 (signs %, none, all counted alike), 1 empty");
    expect(line("5%,a\n7 %,b\nNone,a\n")).toBe("number, 5 to 7, 1 empty");
  });

  it("takes what says that there is no number for an empty cell, where the others are numbers", () => {
    const numbers = ["1", "2", "2", "5"];
    for (const none of ["None", "-", "--", "\u2014", "<NA>", "n.a.", ".", "missing", "unknown", "#DIV/0!"])
      expect(found([...numbers, none, none])).toMatchObject({
        kind: "number",
        lenient: true,
        empty: 2,
        distinct: 3,
      });
    // A word like others elsewhere: of garages, or where most cells are words.
    expect(found(["none", "attached", "none", "attached"])).toMatchObject({ kind: "word", distinct: 2 });
    expect(found(["1", "none", "none", "none"])).toMatchObject({ kind: "word", distinct: 2 });
    expect(found(["1", "2", "none", "two", "two", "none"]).kind).toBe("word");
  });

  it("does not take what only looks like numbers for them", () => {
    expect(found(["0x10", "0x11", "0x10", "0x11"]).kind).toBe("word");
    expect(found(["1-2", "3-4", "1-2", "3-4"]).kind).toBe("word");
    expect(found(["1,23,4", "2", "2"]).kind).toBe("word");
  });

  it("finds words, yes and no, and dates", () => {
    expect(found(["red", "blue", "red", ""])).toMatchObject({ kind: "word", distinct: 2, empty: 1 });
    expect(found(["Yes", "No", "Yes"])).toMatchObject({ kind: "boolean", yes: "Yes", no: "No" });
    expect(found(["TRUE", "FALSE", "TRUE"])).toMatchObject({ kind: "boolean", yes: "TRUE", no: "FALSE" });
    expect(found(["2020-01-31", "2020-02-29", "2020-02-29"])).toMatchObject({ kind: "date", order: "ymd" });
    expect(found(["31.12.2020", "1.2.2020", "1.2.2020"])).toMatchObject({
      kind: "date",
      order: "dmy",
      ambiguous: false,
    });
    expect(found(["12/31/2020", "1/2/2020", "1/2/2020"])).toMatchObject({
      kind: "date",
      order: "mdy",
      ambiguous: false,
    });
    expect(found(["1/2/2020", "3/4/2020", "3/4/2020"])).toMatchObject({
      kind: "date",
      order: "mdy",
      ambiguous: true,
    });
    expect(found(["2020-02-30", "2020-01-01", "2020-01-01"]).kind).toBe("word");
    expect(found(["2020-01-01 10:30", "2020-01-02T11:00:05Z", "2020-01-02T11:00:05Z"]).kind).toBe("date");
  });

  it("finds dates with the name of their month, and with a clock of twelve hours", () => {
    const days = (cells: readonly string[]) =>
      cells.map((cell) =>
        new Date(Math.round(readDate(cell, "ymd") * 86_400_000)).toISOString().slice(0, 16),
      );
    const named = [
      "28 Nov 2026",
      "28-Nov-2026",
      "November 28, 2026",
      "Sat, 28 Nov 2026 14:05",
      "Nov 28th, 2026 2:05 pm",
    ];
    expect(days(named)).toEqual([...Array(3).fill("2026-11-28T00:00"), ...Array(2).fill("2026-11-28T14:05")]);
    expect(found([...named, ...named])).toMatchObject({ kind: "date", ambiguous: false });
    expect(days(["2026-1-2 12:00 AM", "2026-1-2 12:30 PM", "2026-1-2 11:59 p.m."])).toEqual([
      "2026-01-02T00:00",
      "2026-01-02T12:30",
      "2026-01-02T23:59",
    ]);
    expect(found(["1/31/2026 3:04 PM", "2/1/2026 11:00 AM", "2/1/2026 11:00 AM"])).toMatchObject({
      kind: "date",
      order: "mdy",
    });
    for (const cell of ["31 Feb 2026", "28 Nov 26", "28 Nob 2026", "2026-01-02 13:00 PM", "model 28 2026"])
      expect(readDate(cell, "ymd")).toBeNaN();
  });

  it("leaves out what nothing can be learnt from, and says why", () => {
    expect(found(["", "NA", ""])).toMatchObject({ kind: "left out", why: "empty" });
    expect(found(["7", "7", "7"])).toMatchObject({ kind: "left out", why: 'always "7"' });
    expect(found(["Kim", "Lee", "Park"])).toMatchObject({ kind: "identifier", why: "all different" });
    expect(found(["1", "2", "3", "4"])).toMatchObject({ kind: "identifier", why: "counts the rows" });
    expect(found(["0", "1", "2", "3"], '""')).toMatchObject({ kind: "identifier", why: "row numbers" });
    expect(found(["17", "4", "99"], "CustomerID")).toMatchObject({
      kind: "identifier",
      why: "all different",
    });
    const tickets = Array.from({ length: 60 }, (_, i) => `T${i % 40}`);
    expect(found(tickets)).toMatchObject({ kind: "identifier", why: "40 different words in 60 rows" });
    // Decimals that all differ are measurements, and so are whole numbers that count nothing.
    expect(found(["1.5", "2.5", "3.5"]).kind).toBe("number");
    expect(found(["17", "4", "99"], "area").kind).toBe("number");
  });

  it("refuses a word among numbers, unless it is told what the column is", () => {
    const cells = [...repeat(["1", "2"], 10), "many"];
    expect(() => found(cells)).toThrowErrorMatchingInlineSnapshot(
      `[DataError: t: row 22, column "x": expected a number, as in the rows around it, got "many"; mend it, leave the cell empty, or say what the column is with types (x=word, or x=number to take such cells for empty).]`,
    );
    expect(found(cells, "x", { types: { x: "word" } })).toMatchObject({ kind: "word", distinct: 3 });
    expect(found(cells, "x", { types: { x: "number" } })).toMatchObject({ kind: "number", distinct: 2 });
  });

  it("refuses names and types that do not fit", () => {
    expect(() => found(["1", "2"], "x", { drop: ["y"] })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: t: has no column "y"; it has "x", "other".]`,
    );
    expect(() => found(["1", "a"], "x", { types: { x: "date" } })).toThrowErrorMatchingInlineSnapshot(
      `[DataError: t: the column "x" cannot be read as date: no order of day, month and year reads all cells.]`,
    );
  });
});
