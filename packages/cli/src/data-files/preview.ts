import type { Dataset } from "@loam/nn";
import type { DataSource } from "../data-source.js";
import { readTableSource } from "../load-table.js";
import { firstOf, isStream } from "../samples.js";
import { cut, textTable, widthOf } from "../text-table.js";
import { readSamples } from "./arrays.js";
import { labelledFiles } from "./labelled-files.js";

export interface PreviewOptions {
  /** Characters a line. */
  readonly columns: number;
  readonly rows?: number | undefined;
}

const CELL = 24;
/** Values of a vector that are shown. */
const VALUES = 12;

/** The first rows or samples, as lines of a terminal. */
export async function dataPreview(source: DataSource, { columns, rows }: PreviewOptions): Promise<string[]> {
  if (source.kind === "table") return rowsPreview(source, columns, rows ?? 10);
  if (source.kind === "pixels") {
    const table = await readTableSource(source);
    const picked = { ...table, columns: table.columns.slice(0, 9) };
    const lines = textTable(cellsOf(picked, rows ?? 10), "left");
    return [...lines, "", `and ${table.columns.length - 9} more columns: a picture of 28x28 in each row`];
  }
  const labelled = await labelledFiles(source);
  if (labelled) {
    const [, files] = labelled.parts[0]!;
    const line = (text: string) => text.trim().replace(/\s+/g, " ");
    return files.slice(0, rows ?? 10).map(({ label, begin }) => cut(`${label}: ${line(begin)}`, columns));
  }
  const { dataset } = await readSamples(source);
  const most = rows ?? 3;
  const first = isStream(dataset) ? await firstOf(dataset, most) : dataset;
  return samplesPreview(first, columns, most);
}

async function rowsPreview(
  source: { readonly path: string; readonly bytes?: Uint8Array },
  columns: number,
  most: number,
): Promise<string[]> {
  const table = await readTableSource(source);
  const cells = cellsOf(table, most);
  // As many columns as fit; the others are named below.
  let fitting = 0;
  let width = 0;
  while (fitting < table.columns.length) {
    const own = Math.max(...cells.map((row) => widthOf(row[fitting]!)));
    if (fitting > 0 && width + 2 + own > columns) break;
    width += own + (fitting > 0 ? 2 : 0);
    fitting++;
  }
  const hidden = table.columns.slice(fitting).map(({ name }) => cut(name, CELL));
  const shown = hidden.slice(0, 12).join(", ");
  return [
    ...textTable(
      cells.map((row) => row.slice(0, fitting)),
      "left",
    ),
    ...(table.rows > most ? [`and ${table.rows - most} more rows`] : []),
    ...(hidden.length > 0
      ? [`and ${hidden.length} more columns: ${shown}${hidden.length > 12 ? ", …" : ""}`]
      : []),
  ];
}

function cellsOf(
  {
    columns,
    rows,
  }: {
    readonly columns: readonly { readonly name: string; readonly cells: readonly string[] }[];
    readonly rows: number;
  },
  most: number,
): string[][] {
  const places = Array.from({ length: Math.min(rows, most) }, (_, row) => row);
  return [
    columns.map(({ name }) => cut(name, CELL)),
    ...places.map((row) => columns.map(({ cells }) => cut(cells[row]!, CELL))),
  ];
}

function samplesPreview(dataset: Dataset, columns: number, most: number): string[] {
  const { inputs, labels, classNames } = dataset;
  const [samples = 0, ...shape] = inputs.shape;
  const size = shape.reduce((product, side) => product * side, 1);
  return Array.from({ length: Math.min(samples, most) }, (_, sample) => {
    const label = labels.data[sample * (labels.data.length / samples)]!;
    const values = inputs.data.subarray(sample * size, (sample + 1) * size);
    const title = `${sample}: ${classNames?.[label] ?? label}`;
    const [channels = 1, height, width] = shape;
    if (height === undefined || width === undefined) {
      const shown = Array.from(values.subarray(0, VALUES), (value) => Number(value.toPrecision(4)));
      return [`${title}  ${shown.join(" ")}${size > VALUES ? " …" : ""}`];
    }
    return [title, ...pictureLines(values, { channels, height, width }, columns), ""];
  }).flat();
}

/** From dark to light, as a terminal of light characters on dark shows them. */
const SHADES = " .:-=+*#%@";

/** A picture in characters, which are twice as high as wide: two rows of pixels a line, and fewer where the terminal is narrow. */
function pictureLines(
  values: ArrayLike<number>,
  { channels, height, width }: { readonly channels: number; readonly height: number; readonly width: number },
  columns: number,
): string[] {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, values[i]!);
  const step = Math.max(1, Math.ceil(width / Math.max(1, columns)));
  const lines: string[] = [];
  for (let y = 0; y < height; y += 2 * step) {
    let line = "";
    for (let x = 0; x < width; x += step) {
      let [sum, count] = [0, 0];
      for (let c = 0; c < channels; c++) {
        for (let dy = 0; dy < 2 * step && y + dy < height; dy++) {
          for (let dx = 0; dx < step && x + dx < width; dx++) {
            sum += values[(c * height + y + dy) * width + x + dx]!;
            count++;
          }
        }
      }
      const share = most > 0 ? Math.max(0, sum / count / most) : 0;
      line += SHADES[Math.min(SHADES.length - 1, Math.floor(share * SHADES.length))]!;
    }
    lines.push(line.trimEnd());
  }
  return lines;
}
