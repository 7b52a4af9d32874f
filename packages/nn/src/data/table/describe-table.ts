import type { ColumnFinding } from "./find-columns.js";
import { hasParts } from "./labels.js";
import { readNumber } from "./number-format.js";
import { sameAsTarget } from "./same-as-target.js";
import { isEmpty } from "./table.js";
import type { UnderstoodTable } from "./understand-table.js";

/** Wider tables are told of in numbers alone. */
const MOST_LINES = 40;
const MOST_NAMES = 8;

/**
 * What was understood of a table, in lines: the target; how many columns of each kind, where cells are empty, what is left out and why; and a
 * line for each column.
 */
export function describeTable(understood: UnderstoodTable): string[] {
  const { table, findings, pixels, weights } = understood;
  const lines = [`target    ${describeTarget(understood)}`];
  if (weights) {
    const counted = Array.from(understood.task.rows, (row) => weights.values[row]!);
    lines.push(`weights   ${weights.column}, ${range(counted)}`);
  }
  if (pixels) {
    lines.push("columns   the 784 pixels of a picture of 28x28, each 0 to 255");
    return [...lines, ...table.notes.map((note) => `noticed   ${note}`)];
  }
  lines.push(`columns   ${summary(understood)}`);
  const seen = findings.filter(({ kind }) => kind !== "identifier" && kind !== "left out");
  if (seen.length <= MOST_LINES) {
    const width = Math.min(32, Math.max(...seen.map(({ column }) => column.name.length)));
    for (const finding of seen)
      lines.push(`          ${finding.column.name.padEnd(width)}  ${describeColumn(finding)}`);
  }
  for (const name of sameAsTarget(understood).slice(0, MOST_NAMES)) {
    const target = understood.task.targets[0]!;
    lines.push(
      `noticed   ${name} says in every row what ${target} is; --drop ${name} leaves it out, where it is not known beforehand`,
    );
  }
  return [...lines, ...table.notes.map((note) => `noticed   ${note}`)];
}

function describeTarget({ table, task }: UnderstoodTable): string {
  const missing = table.rows - task.rows.length;
  const without = missing === 0 ? "" : `; ${missing} of ${table.rows} rows do not say it and are passed over`;
  const { classNames, targets, labels, holding } = task;
  if (labels) {
    const width = labels.labels.length;
    const counts = labels.labels.map(
      ({ name }, i) =>
        `${name} ${showNumber(holding!.reduce((sum, one, at) => (at % width === i ? sum + one : sum), 0))}`,
    );
    const shown = counts.slice(0, MOST_NAMES).join(", ");
    const where = labels.target === undefined ? "" : `${labels.target}, `;
    const all = `${where}${width} label${width === 1 ? "" : "s"}, of which any may hold`;
    return `${all} (in so many rows: ${shown}${width > MOST_NAMES ? ", …" : ""})${without}`;
  }
  if (classNames) {
    const shown = classNames.slice(0, MOST_NAMES).join(", ");
    const more = classNames.length > MOST_NAMES ? ", …" : "";
    const parts = classNames.some(hasParts) ? '; the task multilabel tells each word that "|" parts' : "";
    return `${targets[0]}, ${classNames.length} classes (${shown}${more})${parts}${without}`;
  }
  const ranges = targets.map((name, i) => {
    const values = task.values!.filter((_, at) => at % targets.length === i);
    return `${name}, a number, ${range(values)}`;
  });
  return `${ranges.join("; ")}${without}`;
}

function summary({ table, findings }: UnderstoodTable): string {
  const kinds = [
    ["number", "numeric"],
    ["word", "word"],
    ["boolean", "yes/no"],
    ["date", "date"],
  ] as const;
  const counts = kinds.flatMap(([kind, word]) => {
    const count = findings.filter((finding) => finding.kind === kind).length;
    return count > 0 ? [`${count} ${word}`] : [];
  });
  const last = counts.at(-1)!;
  const listed = counts.length > 1 ? `${counts.slice(0, -1).join(", ")} and ${last}` : last;
  const parts = [`${listed} ${last.startsWith("1 ") ? "column" : "columns"}`];
  const lacking = findings.filter(
    ({ empty, kind }) => empty > 0 && kind !== "identifier" && kind !== "left out",
  );
  if (lacking.length > 0) {
    const shown = lacking.slice(0, MOST_NAMES).map(({ empty, column }) => `${empty} lack ${column.name}`);
    if (lacking.length > MOST_NAMES)
      shown.push(`${lacking.length - MOST_NAMES} more columns have empty cells`);
    parts.push(`of ${table.rows} rows ${shown.join(", ")}`);
  }
  const out = findings.flatMap((finding) =>
    finding.kind === "identifier" || finding.kind === "left out"
      ? [[finding.column.name || "the first", finding.why] as const]
      : [],
  );
  if (out.length > 0) {
    const shown = out.slice(0, MOST_NAMES).map(([name, why]) => `${name} (${why})`);
    if (out.length > MOST_NAMES) shown.push(`${out.length - MOST_NAMES} more`);
    parts.push(`left out: ${shown.join(", ")}`);
  }
  return parts.join("; ");
}

/** What a column turned out to be, in words: `number, 1 to 80, 177 empty`. */
export function describeColumn(finding: ColumnFinding): string {
  const { column, empty } = finding;
  const without = empty > 0 ? `, ${empty} empty` : "";
  const filled = () => column.cells.filter((cell) => !isEmpty(cell));
  switch (finding.kind) {
    case "number": {
      const { format } = finding;
      const values = filled()
        .map((cell) => readNumber(cell, format))
        .filter(Number.isFinite);
      const has = (mark: string) => mark !== "" && column.cells.some((cell) => cell.includes(mark));
      const written = [
        format.decimal === "," && has(",") ? "decimal comma" : "",
        has(format.group) ? `thousands parted by ${JSON.stringify(format.group)}` : "",
        zeros(column.name, filled()),
        mixedSigns(filled().filter((cell) => Number.isFinite(readNumber(cell, format)))),
      ].filter((word) => word !== "");
      const how = written.length > 0 ? ` (${written.join(", ")})` : "";
      return `number, ${range(values)}${how}${without}`;
    }
    case "word":
      return `word, ${finding.distinct} different${without}`;
    case "boolean":
      return `${finding.yes}/${finding.no}${without}`;
    case "date": {
      const order = { ymd: "year-month-day", dmy: "day-month-year", mdy: "month-day-year" }[finding.order];
      const doubt = finding.ambiguous
        ? `, though nothing tells day from month: --types ${column.name}=date:… says it`
        : "";
      return `date, ${order}${doubt}${without}`;
    }
    default:
      return finding.why;
  }
}

/** Numbers that begin with 0 may be codes, of which the zeros count: 01234 is a place and 1234 none. */
function zeros(name: string, cells: readonly string[]): string {
  const count = cells.filter((cell) => /^0\d+$/.test(cell)).length;
  return count > 0 ? `${count} begin with 0; if these are codes, --types ${name}=word says so` : "";
}

/** What stands beside numbers, where that is not the same everywhere: nothing is converted. */
function mixedSigns(cells: readonly string[]): string {
  const signs = new Set<string>();
  for (const cell of cells) signs.add(/[$€£¥₩%]/.exec(cell)?.[0] ?? "none");
  return signs.size > 1 ? `signs ${[...signs].sort().join(", ")}, all counted alike` : "";
}

/** The least and the greatest, as `14,999 to 500,001`. */
function range(values: ArrayLike<number>): string {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    least = Math.min(least, values[i]!);
    most = Math.max(most, values[i]!);
  }
  return `${showNumber(least)} to ${showNumber(most)}`;
}

/** A number in few digits, English marks whatever the locale. */
export function showNumber(value: number): string {
  const short = Number(value.toPrecision(6));
  if (!Number.isFinite(short) || Math.abs(short) >= 1e15 || (short !== 0 && Math.abs(short) < 1e-4))
    return String(short);
  const [whole = "", fraction] = String(short).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
