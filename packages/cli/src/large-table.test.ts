import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { fitTable, readTable, understandTable } from "@loam/nn/data/table";
import { expect, test } from "vitest";
import { temporaryFolder } from "../test/support.js";
import { readLargeTable } from "./large-table.js";

const ROWS = Array.from({ length: 300 }, (_, i) => [
  `${(i * 37) % 101},${i % 5 === 0 ? "" : (i * 0.25).toFixed(2)}`,
  `"${["Oak, old", 'Elm ""the""', "Ash\nby the lake", " Fir "][i % 4]}"`,
  `2026-0${1 + (i % 9)}-1${i % 10},${i % 2 ? "yes" : "no"},${3 * i + (i % 7)}`,
]);
const TABLES = {
  plain: `a,b,tree,day,garden,price\n${ROWS.map((row) => row.join(",")).join("\n")}\n`,
  "without an end of its last line": ROWS.map((row) => `${row.join(",")}`).join("\r\n"),
  "marked, and empty lines": `\uFEFFa,b,tree,day,garden,price\n\n${ROWS.map((row) => row.join(",")).join("\n\n")}\n`,
  "parted by semicolons, as it says": `sep=;\nx;y;x\n${ROWS.map((_, i) => `${i},5;${i % 3};w${i % 4}`).join("\n")}\n`,
  "with a separator at the end": `a,y,\n${ROWS.map((_, i) => `${i % 10}.5,${i % 3},`).join("\n")}\n`,
  "with a remark far below": `a,y,\n${ROWS.map((_, i) => `${i % 10}.5,${i % 3},${i > 280 ? "late" : ""}`).join("\n")}\n`,
};

test("a large table has the cells of one that is read at once", async (context) => {
  const folder = temporaryFolder(context);
  for (const [name, text] of Object.entries(TABLES)) {
    const path = join(folder, `${name}.csv`);
    const whole = await readTable(text, { name: path });
    for (const bytes of [Buffer.from(text), gzipSync(text)]) {
      writeFileSync(path, bytes);
      // Pieces of 50 characters: a column is put together of many.
      const large = (await readLargeTable(path, { large: 1, piece: 50 }))!;
      const plain = large.columns.map((column) => ({ name: column.name, cells: column.cells }));
      expect({ ...large, columns: plain }, name).toEqual(whole);
    }
  }
});

test("a network is given the same bits of a large table", async (context) => {
  const path = join(temporaryFolder(context), "trees.csv");
  writeFileSync(path, TABLES.plain);
  const tables = [
    await readTable(TABLES.plain, { name: path }),
    await readLargeTable(path, { large: 1, piece: 50 }),
  ];
  const [whole, large] = tables.map((table) => {
    const understood = understandTable(table!, { target: "price" });
    const training = Uint32Array.from({ length: 200 }, (_, i) => 299 - i);
    return fitTable(understood, training, "auto").dataset(training);
  });
  expect(large).toEqual(whole);
});

test("a fault of a large table is told as of a small one", async (context) => {
  const path = join(temporaryFolder(context), "faults.csv");
  const read = (text: string | Buffer) => {
    writeFileSync(path, text);
    return readLargeTable(path, { large: 1, piece: 50 });
  };
  const ragged = `${TABLES.plain.slice(0, -1)},1,2\n`;
  const message = await readTable(ragged, { name: path }).then(String, (error: Error) => error.message);
  expect(message).toContain("row 301");
  await expect(read(ragged)).rejects.toThrow(message);
  // What is read at once, and told of by who does so.
  expect(await read(Buffer.from(TABLES.plain, "utf16le"))).toBeUndefined();
  expect(await read(Buffer.from(`${TABLES.plain}Caf\u00e9`, "latin1"))).toBeUndefined();
  expect(await read('{"a": 1}\n{"a": 2}\n')).toBeUndefined();
  expect(await read(gzipSync(TABLES.plain).subarray(0, 15))).toBeUndefined();
});
