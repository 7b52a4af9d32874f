/** How many characters a terminal gives to a text: wide ones of East Asia and pictures take two, marks that join take none. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{Mn}|\p{Me}|\p{Cf}/u.test(character)) continue;
    width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}]/u;

/** A text of at most so many characters, its end cut; what would move a cursor is taken out. */
export function cut(text: string, most: number): string {
  // Names come from people's files, and a terminal obeys more than it shows.
  const plain = text.replace(/\p{Cc}+/gu, " ");
  if (widthOf(plain) <= most) return plain;
  let kept = "";
  for (const character of plain) {
    if (widthOf(kept) + widthOf(character) > most - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

/**
 * Cells in columns, as lines: the first column at the left, the others at the right, or all at the left.
 * The first row is the head.
 */
export function textTable(
  rows: readonly (readonly string[])[],
  align: "first-left" | "left" = "first-left",
): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, widthOf(cell));
    });
  }
  return rows.map((row) =>
    row
      .map((cell, i) => {
        const blanks = " ".repeat(widths[i]! - widthOf(cell));
        return i === 0 || align === "left" ? cell + blanks : blanks + cell;
      })
      .join("  ")
      .trimEnd(),
  );
}
