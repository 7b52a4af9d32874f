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
  const words = [
    "--target",
    target,
    "--seed",
    "1",
    "--threads",
    "1",
    "--epochs",
    "40",
    "--members",
    "1",
    "--json",
  ];
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
    ["UTF-16 with the high byte first", utf16(table()).swap16()],
    ["UTF-16 without a mark", Buffer.from(table(), "utf16le")],
    ["gzip", gzipSync(table()), "table.csv.gz"],
    ["CR alone", table({ end: "\r" })],
    ["no line end at the end", table().trimEnd()],
    ["empty lines above, and lines of blanks", `\n\n${table().replaceAll("\n", "\n  \n")}`],
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
    ["thousands parted by apostrophes", table({ number: (value) => value.toLocaleString("de-CH") })],
    [
      "thousands parted by narrow blanks",
      table({ separator: ";", number: (value) => value.toLocaleString("fr-FR") }),
    ],
    ["exponents", table({ number: (value) => value.toExponential() })],
    ["minus signs of typesetters", table({ number: (value) => `\u2212${value}` })],
    ["parentheses in place of minus signs", table({ number: (value) => `(${value})` })],
    ["None and hyphens among numbers", table().replace("\n5.75,", "\nNone,").replace("\n0.5,", "\n-,")],
    ["columns without names", table({ header: ",,,kind" })],
    ["separators in names", table({ header: '"a,b","c;d","e\tf",kind' })],
    [
      "words that are names of prototypes",
      table().replaceAll("red", "__proto__").replaceAll("green", "constructor"),
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
      "a title above the header",
      `Sales of May\n${table()}`,
      "table.csv: row 2 has 4 columns where the first has 1; complete the first, or take it out where it is a title above the names of the columns.",
    ],
    [
      "two tables, one below the other",
      table() + table(),
      'table.csv: row 42, column "size": expected a number, as in the rows around it, got "size"; mend it,',
    ],
    [
      "a sum below the rows",
      `${table()}Total,50000,,\n`,
      'table.csv: row 42, column "size": expected a number, as in the rows around it, got "Total"; mend it,',
    ],
    [
      "an infinite number",
      table().replace("\n5.75,", "\ninf,"),
      'table.csv: row 3, column "size": expected a number, as in the rows around it, got "inf"; mend it,',
    ],
    [
      "commas that are decimal marks and separators",
      table({ number: comma }),
      "table.csv: row 2 has 5 columns where the first has 4; complete",
    ],
    [
      "nothing but the target",
      ROWS.map(({ kind }) => kind)
        .join("\n")
        .replace("small", "kind"),
      'table.csv: has no column to learn "kind" from: all others are empty, always the same, or tell only rows apart.',
    ],
    [
      "a web page",
      "<!DOCTYPE html>\n<html><body>Not found</body></html>\n",
      "table.csv: is a web page or XML, not a table; save the table as CSV in UTF-8.",
    ],
    [
      "lists in cells of JSON",
      JSON.stringify([{ size: [1, 2], kind: "large" }]),
      'table.csv: row 1 has [1, 2] as "size"; expected a number, a text, true or false, or null.',
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
