import { expect, it } from "vitest";
import { describeTable } from "./describe-table.js";
import { parseTable } from "./read-table.js";
import { understandTable } from "./understand-table.js";

const said = (row: (i: number) => string, header: string, target: string) => {
  const rows = Array.from({ length: 24 }, (_, i) => row(i));
  const table = parseTable(`${[header, ...rows].join("\n")}\n`, { name: "t" });
  return describeTable(understandTable(table, { target })).filter((line) => line.startsWith("noticed"));
};

it("names a column that says the class in other words", () => {
  const row = (i: number) => `${i % 3},${["low", "mid", "high"][i % 3]},${i % 5},${i % 3 === 0 ? "a" : "b"}`;
  expect(said(row, "y,level,x,half", "y")).toEqual([
    "noticed   level says in every row what y is; --drop level leaves it out, where it is not known beforehand",
  ]);
});

it("names a column of which the number is a linear function", () => {
  const row = (i: number) => `${0.5 + 1.1 * i * i},${100 - 3 * i * i},${i * i + (i === 9 ? 1 : 0)},${i % 4}`;
  expect(said(row, "y,cost,near,x", "y")).toEqual([
    "noticed   cost says in every row what y is; --drop cost leaves it out, where it is not known beforehand",
  ]);
});
