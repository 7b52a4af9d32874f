import { PLAIN_FORMAT, readNumber } from "./number-format.js";

/** How people and programs say yes and no. */
export const YES_NO: readonly (readonly [yes: string, no: string])[] = [
  ["true", "false"],
  ["yes", "no"],
  ["t", "f"],
  ["y", "n"],
];

/** The same as numbers, which a column of its own would be. */
const BITS = ["1", "0"] as const;

/** A number in its shortest form, so that `1`, `1.0` and `01` are one word. */
export function plainWord(cell: string): string {
  const value = readNumber(cell, PLAIN_FORMAT);
  return Number.isFinite(value) ? String(value) : cell;
}

/** What words that mean the same have in common: without regard to case, to how many blanks part them, to how an accent is composed, or to zeros about a number. */
export function foldedWord(cell: string): string {
  return plainWord(cell).normalize("NFC").toLowerCase().replace(/\s+/g, " ");
}

/**
 * The function that finds a word's place among those that are known: as it is written, or else where one alone is written in another case, with other blanks, or as
 * another form of the same number; −1 for one that is not among them.
 */
export function wordFinder(words: readonly string[]): (cell: string) => number {
  const places = new Map(words.map((word, place) => [word, place]));
  let folded: Map<string, number> | undefined;
  return (cell) => {
    const place = places.get(cell);
    if (place !== undefined) return place;
    folded ??= foldedPlaces(words);
    return folded.get(foldedWord(cell)) ?? -1;
  };
}

/** −1 for what several words have in common. */
function foldedPlaces(words: readonly string[]): Map<string, number> {
  const places = new Map<string, number>();
  words.forEach((word, place) => {
    const folded = foldedWord(word);
    places.set(folded, places.has(folded) ? -1 : place);
  });
  return places;
}

/** The function that says whether a cell means `yes` (1) or `no` (0), in these words or, where they are two of the usual ones, in others of these; −1 for neither. */
export function yesNoReader(yes: string, no: string): (cell: string) => 1 | 0 | -1 {
  const [one, other] = [foldedWord(yes), foldedWord(no)];
  const isUsual = [...YES_NO, BITS].some(([y, n]) => y === one && n === other);
  const meant = new Map<string, 1 | 0>();
  for (const [y, n] of isUsual ? [...YES_NO, BITS] : [[one, other]]) {
    meant.set(y!, 1);
    meant.set(n!, 0);
  }
  return (cell) => (cell === yes ? 1 : cell === no ? 0 : (meant.get(foldedWord(cell)) ?? -1));
}

/** Which of two classes say yes and no in the usual words, if they do. */
export function yesNoClasses(
  classNames: readonly string[],
): { readonly yes: number; readonly no: number } | undefined {
  if (classNames.length !== 2) return undefined;
  const folded = classNames.map(foldedWord);
  for (const [yes, no] of [...YES_NO, BITS]) {
    const found = { yes: folded.indexOf(yes), no: folded.indexOf(no) };
    if (found.yes >= 0 && found.no >= 0) return found;
  }
  return undefined;
}
