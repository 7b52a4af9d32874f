import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../src/main.js";
import { Terminal } from "../src/terminal.js";

// Tables as people have them, each trained on by the command: it works right, or says in one sentence what is wrong, where, and what to do.

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "loam-dialects-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Row {
  readonly size: number;
  readonly weight: number;
  readonly colour: string;
  readonly kind: string;
}

/** Two kinds, told apart by their size; numbers below and above a thousand. */
const ROWS: readonly Row[] = Array.from({ length: 40 }, (_, i) => ({
  size: (i % 2) * 5 + (i % 4) / 4 + 0.5,
  weight: 900 + i * 13.5,
  colour: ["red", "green", "blue"][i % 3]!,
  kind: i % 2 ? "large" : "small",
}));

interface Writing {
  readonly separator?: string;
  readonly end?: string;
  readonly number?: (value: number) => string;
  readonly word?: (value: string) => string;
  readonly header?: string | undefined;
}

function table({
  separator = ",",
  end = "\n",
  number = String,
  word = String,
  header,
}: Writing = {}): string {
  const lines = ROWS.map(({ size, weight, colour, kind }) => [
    number(size),
    number(weight),
    word(colour),
    word(kind),
  ]);
  const names = header ?? ["size", "weight", "colour", "kind"].map(word).join(separator);
  return [names, ...lines.map((line) => line.join(separator))].map((line) => `${line}${end}`).join("");
}

async function train(content: string | Uint8Array, name = "table.csv", target = "kind") {
  const path = join(mkdtempSync(join(root, "one-")), name);
  writeFileSync(path, content);
  let [stdout, stderr] = ["", ""];
  const terminal = new Terminal({ write: (text) => (stdout += text) }, { write: (text) => (stderr += text) });
  const words = ["--target", target, "--seed", "1", "--threads", "1", "--epochs", "40", "--json"];
  const code = await run(["train", "--data", path, "--out", `${path}-run`, ...words], terminal);
  return { code, stdout, said: stderr.replaceAll(path, name) };
}

const utf16 = (text: string) => Buffer.from(`\uFEFF${text}`, "utf16le");
const comma = (value: number) => String(value).replace(".", ",");
const thousands = (value: number) => value.toLocaleString("en-US");
const quoted = (value: string) => `"${value}"`;

describe("loam train works right on", () => {
  test.each<[string, string | Uint8Array, string?]>([
    ["commas", table()],
    ["semicolons with a decimal comma", table({ separator: ";", number: comma })],
    ["semicolons with a decimal point", table({ separator: ";" })],
    ["tabs", table({ separator: "\t" }), "table.tsv"],
    ["bars", table({ separator: "|" }), "table.txt"],
    ["a sep= line", `sep=;\r\n${table({ separator: ";", end: "\r\n" })}`],
    ["CRLF", table({ end: "\r\n" })],
    ["a UTF-8 mark", `\uFEFF${table()}`],
    ["UTF-16", utf16(table())],
    ["Windows-1252", Buffer.from(table().replaceAll("green", "gr\u00fcn"), "latin1")],
    ["gzip", gzipSync(table()), "table.csv.gz"],
    ["quotes around all", table({ word: quoted, number: (value) => quoted(String(value)) })],
    [
      "commas and quotes in words",
      table({ word: (value) => `"${value}, ""so"""` })
        .replaceAll(', ""so"""', '"')
        .replaceAll('red"', 'red, ""so"""'),
    ],
    ["line ends in words", table({ word: quoted }).replaceAll('"red"', '"red\nish"')],
    ["empty lines", table({ end: "\n\n" })],
    ["blanks around cells", table({ separator: " , " })],
    ["a comma at each line's end", table({ end: ",\n" })],
    ["thousands in groups", table({ number: (value) => quoted(thousands(value)) })],
    [
      "thousands parted by points",
      table({ separator: ";", number: (value) => value.toLocaleString("de-DE") }),
    ],
    ["percent signs", table({ number: (value) => `${value}%` })],
    ["currencies", table({ number: (value) => `$${value}` })],
    [
      "empty cells",
      table()
        .replaceAll(",red,", ",,")
        .replaceAll(/^0\.75,/gm, "NA,"),
    ],
    [
      "a column with nothing in it",
      table()
        .replace("size,", "none,size,")
        .replaceAll(/^(?=\d)/gm, ","),
    ],
    ["names that occur twice", table({ header: "size,size,colour,kind" })],
    ["names of prototypes", table({ header: "__proto__,constructor,toString,kind" })],
    ["JSON lines", ROWS.map((row) => `${JSON.stringify(row)}\n`).join(""), "table.jsonl"],
    ["a JSON list", JSON.stringify(ROWS), "table.json"],
    [
      "a thousand columns",
      [
        ["size", "kind", ...Array.from({ length: 998 }, (_, i) => `x${i}`)],
        ...ROWS.map(({ size, kind }, row) => [
          size,
          kind,
          ...Array.from({ length: 998 }, (_, i) => size + ((row * i) % 7) / 7),
        ]),
      ]
        .map((line) => line.join(","))
        .join("\n"),
    ],
    [
      "dates",
      table()
        .replace("size,", "day,size,")
        .replaceAll(/^(?=\d)/gm, "2026-11-28,")
        .replace("2026-11-28,", "2026-11-27,"),
    ],
  ])("%s", async (_, content, name) => {
    const { code, stdout, said } = await train(content, name);
    expect({ code, fault: said.includes("loam:") ? said : "" }).toEqual({ code: 0, fault: "" });
    expect(JSON.parse(stdout).validationAccuracy).toBe(1);
    expect(said).toMatch(/target {4}kind, 2 classes \("?large.*, .*small.*\)/);
  });
});

describe("loam train says in one sentence what is wrong with", () => {
  test.each<[string, string | Uint8Array, string, string?]>([
    [
      "a ragged row",
      table().replace("red,small", "small"),
      "table.csv: row 2 has 3 columns where the first has 4; complete it or take it out.",
    ],
    [
      "a word among numbers",
      table().replace("\n5.75,", "\nlarge,"),
      'table.csv: row 3, column "size": expected a number, as in the rows around it, got "large"; mend it, leave the cell empty, or say what the column is with types (size=word, or size=number to take such cells for empty).',
    ],
    [
      "one row",
      table().split("\n").slice(0, 2).join("\n"),
      'table.csv: every row has "small" as "kind", and there is nothing to tell it from; give data of two classes or more.',
    ],
    [
      "one class",
      table().replaceAll("large", "small"),
      'table.csv: every row has "small" as "kind", and there is nothing to tell it from; give data of two classes or more.',
    ],
    ["a header alone", "size,kind\n", "table.csv: has names of columns, and no rows below them."],
    ["nothing", "", "table.csv: is empty."],
    [
      "a quote that is not closed",
      table({ word: quoted }).replace('"red"', '"red'),
      "table.csv: row 2 has a quotation mark that is not closed.",
    ],
    [
      "a target without a cell",
      table().replaceAll(/,(large|small)$/gm, ","),
      'table.csv: no row has "kind", which is to be learnt.',
    ],
    [
      "a target that the table does not have",
      table(),
      'table.csv: has no column "sort"; it has "size", "weight", "colour", "kind".',
      "sort",
    ],
    [
      "a target that names rows",
      table()
        .split("\n")
        .map((line, i) => line.replace(/red|green|blue/, `n${i}`))
        .join("\n"),
      'table.csv: the column "colour" has 40 different words in 40 rows, too many to be classes; name another column as the target.',
      "colour",
    ],
    [
      "a workbook",
      Buffer.from("PK\u0003\u0004\u0000\u0000\u0000\u0000", "latin1"),
      "table.csv: is a ZIP archive, as workbooks (.xlsx) are; save the table as CSV in UTF-8.",
    ],
    [
      "bytes that are no text",
      Buffer.from([1, 2, 0, 0, 0, 7, 0, 9]),
      "table.csv: is not text; save the table as CSV in UTF-8.",
    ],
    [
      "lines of JSON with one that is none",
      `${JSON.stringify(ROWS[0])}\n{"size": \n`,
      "table.csv: line 2 is not JSON",
    ],
  ])("%s", async (_, content, says, target) => {
    const { code, stdout, said } = await train(content, "table.csv", target);
    expect(stdout).toBe("");
    expect([1, 2]).toContain(code);
    expect(said.trimEnd().split("\n")).toHaveLength(1);
    expect(said).toContain(`loam: ${says}`);
  });
});
