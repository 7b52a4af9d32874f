// Rows as aligned text: words to the left, numbers to the right.

const isNumber = (cell) => /^[-+]?[\d.,]+ ?[%a-zµ/]*$/i.test(cell);

/** @param columns [heading, row → cell] pairs. */
export function table(title, columns, rows) {
  if (rows.length === 0) return "";
  const cells = [
    columns.map(([heading]) => heading),
    ...rows.map((row) => columns.map(([, cell]) => String(cell(row)))),
  ];
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => line[i].length)));
  const right = columns.map((_, i) => cells.slice(1).every((line) => isNumber(line[i])));
  const lines = cells.map((line) =>
    line
      .map((cell, i) => (right[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join("  ")
      .trimEnd(),
  );
  return `\n${title}\n${lines[0]}\n${widths.map((width) => "-".repeat(width)).join("  ")}\n${lines.slice(1).join("\n")}\n`;
}

export const fixed = (digits) => (value) => value.toFixed(digits);
export const percent = (share) => `${(100 * share).toFixed(0)} %`;
