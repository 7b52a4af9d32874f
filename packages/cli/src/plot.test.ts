import { expect, test } from "vitest";
import { plotLines, showsUnicode } from "./plot.js";

test("ASCII: a falling line from corner to corner", () => {
  const curves = [{ name: "loss", values: [3, 2, 1] }];
  expect(plotLines(curves, { title: "loss", columns: 19, rows: 3, unicode: false })).toEqual([
    "loss",
    "3.0000 |***",
    "2.0000 |   ****",
    "1.0000 |       ***",
    "       +----------",
    "        1  epoch 3",
  ]);
});

test("braille has eight dots a character", () => {
  const curves = [{ name: "loss", values: [2, 1] }];
  const lines = plotLines(curves, { title: "loss", columns: 19, rows: 1, unicode: true });
  // Twenty dots across and four down: one in each of a character's two columns.
  expect(lines[1]!.slice(8)).toMatch(/^[\u2801-\u28ff]{10}$/);
  const dots = [...lines[1]!.slice(8)].map(
    (c) => (c.codePointAt(0)! - 0x2800).toString(2).replaceAll("0", "").length,
  );
  expect(dots).toEqual(new Array(10).fill(2));
});

test("no line is wider than the terminal, whatever the values", () => {
  for (const values of [
    [],
    [1],
    [5, 5, 5],
    [Number.NaN, 1, undefined, 1e9],
    [1e-9, 1e6],
    [-1, 0, Number.POSITIVE_INFINITY],
  ]) {
    for (const unicode of [true, false]) {
      const lines = plotLines([{ name: "a", values }], { title: "x", columns: 40, unicode });
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
      expect(lines.length === 0).toBe(
        values.every((value) => value === undefined || !Number.isFinite(value)),
      );
    }
  }
});

test("a terminal says whether it knows more than ASCII", () => {
  expect(showsUnicode({ LANG: "de_DE.UTF-8" })).toBe(true);
  expect(showsUnicode({ LANG: "C" })).toBe(false);
  expect(showsUnicode({ LC_ALL: "C", LANG: "de_DE.UTF-8" })).toBe(false);
  expect(showsUnicode({ TERM: "dumb", LANG: "de_DE.UTF-8" })).toBe(false);
  expect(showsUnicode({})).toBe(true);
});
