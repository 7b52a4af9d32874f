import { showLoss } from "./format.js";

/** A curve of one value an epoch, from the first on. */
export interface Curve {
  readonly name: string;
  readonly values: readonly (number | undefined)[];
}

export interface PlotOptions {
  readonly title: string;
  /** Characters a line. */
  readonly columns: number;
  readonly rows?: number;
  /** Dots of braille, eight a character; else letters of ASCII. */
  readonly unicode: boolean;
}

const MARKS = ["*", "o", "+", "x"];
/** The bits of a braille character's dots, [column][row]. */
const DOTS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;
/** Of several curves, every but the first is drawn with gaps, so that they are told apart without colours. */
const GAPS = [1, 3, 5, 7];

/**
 * Curves over epochs, as lines of text. On a logarithmic scale where the greatest value is over fifty times the least, which is above 0; values that
 * are not finite are left out.
 */
export function plotLines(
  curves: readonly Curve[],
  { title, columns, rows = 12, unicode }: PlotOptions,
): string[] {
  const finite = curves.flatMap(({ values }) =>
    values.filter((value): value is number => value !== undefined && Number.isFinite(value)),
  );
  if (finite.length === 0) return [];
  const epochs = Math.max(...curves.map(({ values }) => values.length));
  let [least, most] = [Math.min(...finite), Math.max(...finite)];
  const isLog = least > 0 && most / least > 50;
  if (least === most) [least, most] = [least - Math.abs(least) / 2 - 0.5, most + Math.abs(most) / 2 + 0.5];
  const scale = (value: number) => (isLog ? Math.log(value) : value);
  const labels = [most, isLog ? Math.sqrt(least * most) : (least + most) / 2, least].map(showLoss);
  const margin = Math.max(...labels.map(({ length }) => length));
  const width = Math.max(10, columns - margin - 3);
  const [across, down] = unicode ? [2, 4] : [1, 1];
  const grid = Array.from({ length: rows }, () => new Array<number | string>(width).fill(unicode ? 0 : " "));
  const put = (x: number, y: number, curve: number) => {
    const [column, row] = [Math.floor(x / across), Math.floor(y / down)];
    const line = grid[row]!;
    if (unicode) line[column] = (line[column] as number) | DOTS[x % 2]![y % 4]!;
    else if (line[column] === " ") line[column] = MARKS[curve % MARKS.length]!;
  };
  const [right, bottom] = [width * across - 1, rows * down - 1];
  const height = (value: number) =>
    Math.round((bottom * (scale(most) - scale(value))) / (scale(most) - scale(least)));
  curves.forEach(({ values }, curve) => {
    const gap = unicode ? GAPS[curve % GAPS.length]! : 1;
    let before: { x: number; y: number } | undefined;
    values.forEach((value, epoch) => {
      if (value === undefined || !Number.isFinite(value)) {
        before = undefined;
        return;
      }
      const at = { x: epochs === 1 ? 0 : Math.round((right * epoch) / (epochs - 1)), y: height(value) };
      for (const dot of between(before ?? at, at)) {
        if (gap === 1 || (dot.x + dot.y) % gap < gap / 2) put(dot.x, dot.y, curve);
      }
      before = at;
    });
  });
  const [upright, corner, floor] = unicode ? ["│", "└", "─"] : ["|", "+", "-"];
  const text = grid.map((line, row) => {
    const label =
      row === 0 ? labels[0]! : row === rows - 1 ? labels[2]! : row === rows >> 1 ? labels[1]! : "";
    const cells = line.map((cell) => (typeof cell === "number" ? braille(cell) : cell)).join("");
    return `${label.padStart(margin)} ${upright}${cells}`.trimEnd();
  });
  const legend =
    curves.length > 1
      ? curves.map(
          ({ name }, i) => `${unicode ? ["solid", "dotted", "dashed", "wide"][i % 4] : MARKS[i % 4]} ${name}`,
        )
      : [];
  const last = `epoch ${epochs}`;
  return [
    [title, isLog ? "(logarithmic)" : "", ...legend].filter((part) => part !== "").join("  "),
    ...text,
    `${" ".repeat(margin)} ${corner}${floor.repeat(width)}`,
    `${" ".repeat(margin)}  ${`1${last.padStart(width - 1)}`}`,
  ];
}

function braille(dots: number): string {
  return dots === 0 ? " " : String.fromCodePoint(0x2800 + dots);
}

/** The dots of a straight line, ends included. */
function between(a: { x: number; y: number }, b: { x: number; y: number }): { x: number; y: number }[] {
  const steps = Math.max(Math.abs(b.x - a.x), Math.abs(b.y - a.y), 1);
  return Array.from({ length: steps + 1 }, (_, i) => ({
    x: Math.round(a.x + ((b.x - a.x) * i) / steps),
    y: Math.round(a.y + ((b.y - a.y) * i) / steps),
  }));
}

/** Whether a terminal shows more than ASCII, by what its variables say. */
export function showsUnicode(env: Readonly<Record<string, string | undefined>>): boolean {
  if (env.TERM === "dumb") return false;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  // Nothing said: terminals of Windows and macOS know UTF-8 without a word.
  return locale === undefined || locale === "" ? env.TERM !== "linux" : /utf-?8/i.test(locale);
}
