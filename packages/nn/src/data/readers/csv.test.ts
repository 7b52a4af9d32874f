import { describe, expect, it } from "vitest";
import { readCsv } from "./csv.js";

const lines = (...rows: string[]) => rows.join("\n");

describe("readCsv", () => {
  it("reads the lessons' files: label first, then pixels, with or without a header", () => {
    const expected = {
      name: "CSV",
      inputs: { data: Uint8Array.of(0, 128, 255, 7, 0, 0), shape: [2, 3] },
      labels: { data: Uint8Array.of(5, 3), shape: [2] },
      scaling: { kind: "divide", by: 255 },
    };
    expect(readCsv("5,0,128,255\n3,7,0,0\n")).toEqual(expected);
    expect(readCsv("label,1x1,1x2,1x3\r\n5,0,128,255\r\n3,7,0,0\r\n")).toEqual(expected);
    expect(readCsv("label,0,1,2\n5,0,128,255\n3,7,0,0")).toEqual(expected);
    expect(readCsv(new TextEncoder().encode("\ufeff5,0,128,255\n\n3, 7,0,0"))).toEqual(expected);
  });

  it("takes the label from any column, by position, from the end, or by name", () => {
    const text = "a,b,c\n0.5,1,2\n1.5,0,4";
    for (const labelColumn of [1, -2, "b"]) {
      const { inputs, labels } = readCsv(text, { labelColumn, scaling: "none" });
      expect(inputs).toEqual({ data: Float32Array.of(0.5, 2, 1.5, 4), shape: [2, 2] });
      expect(labels.data).toEqual(Uint8Array.of(1, 0));
    }
  });

  it("turns words into classes in alphabetical order", () => {
    const { labels, classNames } = readCsv("1,2,oak\n3,4,ash\n5,6,oak", { labelColumn: 2 });
    expect([labels.data, classNames]).toEqual([Uint8Array.of(1, 0, 1), ["ash", "oak"]]);
  });

  it("keeps large classes and targets of a regression", () => {
    expect(readCsv("300,1\n0,2").labels.data).toEqual(Uint32Array.of(300, 0));
    const { labels } = readCsv("-0.5,1\n4,2", { labels: "values" });
    expect(labels).toEqual({ data: Float32Array.of(-0.5, 4), shape: [2, 1] });
  });

  it("standardises every column: mean 0, deviation 1", () => {
    // Column one: mean 2, deviation 1. Column two never changes.
    const { scaling, inputs } = readCsv("0,1,7\n1,3,7", { scaling: "standard" });
    expect(scaling).toEqual({ kind: "features", scale: [1, 0], shift: [-2, 0] });
    expect(inputs.data).toEqual(Uint8Array.of(1, 7, 3, 7));
  });

  it("finds semicolons and tabs", () => {
    expect(readCsv("1;2.5\n0;3.5").inputs.data).toEqual(Float32Array.of(2.5, 3.5));
    expect(readCsv("1\t2.5\n0\t3.5").inputs.data).toEqual(Float32Array.of(2.5, 3.5));
  });

  it("grows to many rows", () => {
    const text = Array.from({ length: 5000 }, (_, i) => `${i % 10},${i / 8},${-i}`).join("\n");
    const { inputs, labels } = readCsv(text);
    expect(inputs.shape).toEqual([5000, 2]);
    expect(Array.from(inputs.data.slice(-2))).toEqual([4999 / 8, -4999]);
    expect(labels.data[4999]).toBe(9);
  });

  it("refuses ragged rows and words for numbers, naming row and column", () => {
    const name = "train.csv";
    const read =
      (...rows: string[]) =>
      () =>
        readCsv(lines(...rows), { name });
    expect(read("1,2,3", "1,2", "1,2,3")).toThrowErrorMatchingInlineSnapshot(
      `[DataError: train.csv: row 2 has 2 columns where the first has 3; complete it or take it out.]`,
    );
    expect(read("1,2,3", "1,2,3,4")).toThrowErrorMatchingInlineSnapshot(
      `[DataError: train.csv: row 2 has 4 columns where the first has 3; complete it or take it out.]`,
    );
    expect(read("1,2,3", "1,two,3")).toThrowErrorMatchingInlineSnapshot(
      `[DataError: train.csv: row 2, column 2: expected a finite number, got "two".]`,
    );
    expect(read("label,width,height", "1,2,3", "1,2,")).toThrowErrorMatchingInlineSnapshot(
      `[DataError: train.csv: row 3, column 3 ("height"): expected a finite number, got "".]`,
    );
    expect(read("1,2,three", "1,2,3")).toThrowErrorMatchingInlineSnapshot(
      `[DataError: train.csv: row 1, column 3: expected a finite number, got "three".]`,
    );
    expect(read("1,2,3", "1,2,NaN")).toThrowErrorMatchingInlineSnapshot(
      `[DataError: train.csv: row 2, column 3: expected a finite number, got "NaN".]`,
    );
    expect(read("1,2,3", "1,2,1e39")).toThrowErrorMatchingInlineSnapshot(
      `[DataError: train.csv: row 2, column 3: expected a finite number, got "1e39".]`,
    );
    expect(read("1,2,3", "1,2,0x10")).toThrowErrorMatchingInlineSnapshot(
      `[DataError: train.csv: row 2, column 3: expected a finite number, got "0x10".]`,
    );
    expect(read("1,2,3", "-1,2,3")).toThrowErrorMatchingInlineSnapshot(
      `[DataError: train.csv: row 2, column 1: expected a class (a whole number from 0), got "-1".]`,
    );
    expect(read("1,2,3", "1.5,2,3")).toThrowErrorMatchingInlineSnapshot(
      `[DataError: train.csv: row 2, column 1: expected a class (a whole number from 0), got "1.5".]`,
    );
    expect(read("1,2,3", "cat,2,3")).toThrowErrorMatchingInlineSnapshot(
      `[DataError: train.csv: row 2, column 1: expected a class (a whole number from 0), got "cat".]`,
    );
    expect(read("cat,2,2", "1,2,3")).toThrowErrorMatchingInlineSnapshot(
      `[DataError: train.csv: row 2, column 1: expected a class (a word, as above), got "1".]`,
    );
    expect(read("cat,2,2", "dog,1,1", "1,2,3")).toThrowErrorMatchingInlineSnapshot(
      `[DataError: train.csv: row 3, column 1: expected a class (a word, as above), got "1".]`,
    );
    expect(read('1,2,"3', "1,2,3")).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: train.csv: row 1 has a quotation mark that is not closed.]`,
    );
  });

  it("refuses what is no table", () => {
    const name = "train.csv";
    expect(() => readCsv("", { name })).toThrowErrorMatchingInlineSnapshot(
      `[DataError: train.csv: has no samples.]`,
    );
    expect(() => readCsv("label,a,b\n", { name })).toThrowErrorMatchingInlineSnapshot(
      `[DataError: train.csv: has no samples.]`,
    );
    expect(() => readCsv("1\n2\n3", { name })).toThrowErrorMatchingInlineSnapshot(
      `[DataError: train.csv: has 1 column; expected a label and at least one value, separated by commas.]`,
    );
    expect(() => readCsv(Uint8Array.of(0x31, 0xff, 0x2c), { name })).toThrowErrorMatchingInlineSnapshot(
      `[FormatError: train.csv: is not UTF-8 text; save the table as CSV in UTF-8.]`,
    );
    expect(() => readCsv("a,b\n1,2", { name, labelColumn: "c" })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: train.csv: has no column "c"; its columns are a, b.]`,
    );
    expect(() => readCsv("1,2", { name, labelColumn: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: train.csv: labelColumn must be in [-2, 1], got 2.]`,
    );
  });
});
