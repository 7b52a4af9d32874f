import { type ColumnFinding, describeColumn, findColumns, isEmpty } from "@loam/nn/data/table";
import type { DataSource } from "../data-source.js";
import { showCount } from "../format.js";
import { readTableSource } from "../load-table.js";
import { countOf, type Samples, shapeOfOne } from "../samples.js";
import { cut, textTable } from "../text-table.js";
import { classCounts, readSamples } from "./arrays.js";
import { type LabelledFiles, labelledFiles } from "./labelled-files.js";

export interface DataInfo {
  readonly lines: readonly string[];
  readonly json: object;
}

/** What would be understood of data: of a table what each column is, of samples their shape and classes. */
export async function dataInfo(source: DataSource): Promise<DataInfo> {
  if (source.kind === "table" || source.kind === "pixels") return tableInfo(source);
  const labelled = await labelledFiles(source);
  if (labelled) return filesInfo(source.kind, labelled);
  const { dataset, test } = await readSamples(source);
  const parts: [string, Samples][] = [
    ["training", dataset],
    ...(test ? [["test", test] as [string, Samples]] : []),
  ];
  const json = Object.fromEntries(parts.map(([name, part]) => [name, partJson(part)]));
  return {
    lines: parts.flatMap(([name, part]) => partLines(name, part)),
    json: { kind: source.kind, ...json },
  };
}

function filesInfo(kind: string, { what, parts }: LabelledFiles): DataInfo {
  const counted = parts.map(([name, files]) => {
    const counts = new Map<string, number>();
    for (const { label } of files) counts.set(label, (counts.get(label) ?? 0) + 1);
    return { name, samples: files.length, counts };
  });
  const json = counted.map(({ name, samples, counts }) => [
    name,
    { samples, classes: Object.fromEntries(counts) },
  ]);
  return {
    lines: counted.flatMap(({ name, samples, counts }) => [
      `${name}: ${showCount(samples)} ${what}`,
      ...classLine(counts),
    ]),
    json: { kind, ...Object.fromEntries(json) },
  };
}

async function tableInfo(source: { readonly path: string; readonly bytes?: Uint8Array }): Promise<DataInfo> {
  const table = await readTableSource(source);
  const findings = findColumns(table);
  const columns = findings.map((finding) => ({
    name: finding.column.name,
    kind: finding.kind,
    empty: finding.empty,
    distinct: new Set(finding.column.cells.filter((cell) => !isEmpty(cell))).size,
    what: describeColumn(finding),
  }));
  const rows = findings.map((finding) => [cut(finding.column.name || "(no name)", 32), describe(finding)]);
  return {
    lines: [
      `${table.name}: ${showCount(table.rows)} rows, ${showCount(table.columns.length)} columns${table.header ? "" : ", without a header"}`,
      ...textTable(rows, "left").map((line) => `  ${line}`),
      ...table.notes.map((note) => `noticed   ${note}`),
    ],
    json: { kind: "table", rows: table.rows, header: table.header, columns, notes: table.notes },
  };
}

function describe(finding: ColumnFinding): string {
  const what = describeColumn(finding);
  return finding.kind === "identifier" || finding.kind === "left out" ? `would be left out: ${what}` : what;
}

function partJson(dataset: Samples): object {
  const counts = classCounts(dataset);
  const [samples, shape] = [countOf(dataset), shapeOfOne(dataset)];
  return { samples, shape, ...(counts && { classes: Object.fromEntries(counts) }) };
}

const NAMED = 20;

function partLines(part: string, dataset: Samples): string[] {
  const [samples, shape] = [countOf(dataset), shapeOfOne(dataset)];
  const [channels, height, width] = shape;
  const what =
    width === undefined
      ? `[${shape.join(", ")}] numbers each`
      : `pictures of ${height}x${width}, ${channels === 1 ? "grey" : `${channels} channels`}`;
  return [`${part}: ${showCount(samples)} ${what}`, ...classLine(classCounts(dataset) ?? new Map())];
}

function classLine(classes: ReadonlyMap<string, number>): string[] {
  const counts = [...classes];
  const shown = counts.slice(0, NAMED).map(([name, count]) => `${cut(name, 24)} ${showCount(count)}`);
  const more = counts.length > NAMED ? `, and ${counts.length - NAMED} more` : "";
  return counts.length > 0 ? [`  ${counts.length} classes: ${shown.join(", ")}${more}`] : [];
}
