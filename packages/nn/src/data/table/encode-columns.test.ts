import { expect, it } from "vitest";
import { describeColumn } from "./describe-table.js";
import { findColumns } from "./find-columns.js";
import { parseTable } from "./read-table.js";
import { tableDataset } from "./table-dataset.js";
import { tableInputs } from "./use-table.js";

/** A model of 40 rows in which x is 1,000 and 3,000 in turn: mean 2,000, standard deviation 1,000. */
async function trained(scaling: "standard" | "quantile") {
  const rows = Array.from({ length: 40 }, (_, i) => `${i % 2 ? 3000 : 1000},${i % 3 ? "a" : "b"}`);
  const dataset = await tableDataset(`x,kind\n${rows.join("\n")}\n`, { target: "kind", scaling });
  return { name: "m", schema: dataset.schema, classNames: dataset.classNames };
}

const table = (...cells: string[]) =>
  parseTable(`x,other\n${cells.map((cell) => `${cell},1`).join("\n")}\n`, { name: "new.csv" });

it.for<readonly [cells: readonly string[], far: string | undefined]>([
  [["1.5", "2.5", "3"], undefined], // two deviations below: as a quarter of training may lie
  [["5999", "-1999"], undefined], // 3.999 deviations
  [["6001", "-2001"], "2 of 2"],
  [["6001", "5999"], undefined], // no more than half of them
  [["6001", "5999", "7000"], "2 of 3"],
])("numbers of which most are none that training had are noticed: %j", async ([cells, far]) => {
  const { notes } = tableInputs(await trained("standard"), table(...cells));
  const said =
    far &&
    `new.csv: ${far} numbers in "x" are none that training had, which was about 2,000, give or take 1,000; are they in another unit, or written in another way?`;
  expect(notes).toEqual(['new.csv: not known to the network, and ignored: "other"', ...(said ? [said] : [])]);
});

it("where training's range is known, what lies outside of it", async () => {
  const model = await trained("quantile");
  expect(tableInputs(model, table("1000", "3000", "2000")).notes).toHaveLength(1);
  expect(tableInputs(model, table("1.5", "2.5", "3")).notes[1]).toBe(
    'new.csv: 3 of 3 numbers in "x" are none that training had, which was 1,000 to 3,000; are they in another unit, or written in another way?',
  );
});

it("numbers that begin with 0 may be codes", () => {
  const [zip, size] = findColumns(table("01234", "94110", "02139"));
  expect([zip, size].map((finding) => describeColumn(finding!))).toEqual([
    "number, 1,234 to 94,110 (2 begin with 0; if these are codes, --types x=word says so)",
    expect.stringContaining("1"),
  ]);
  expect(describeColumn(findColumns(table("0.5", "0", "-0.25"))[0]!)).toBe("number, -0.25 to 0.5");
});
