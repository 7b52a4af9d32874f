/** No word, behind a text's end, and a word that is not in the vocabulary. */
const PADDING = 0;
const UNKNOWN = 1;
/** The id of the vocabulary's first word. */
export const FIRST_WORD = 2;

/** Letters and digits in a row, with an apostrophe between them; of scripts without spaces each character for itself; "!" and "?". */
const WORDS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}])[\p{L}\p{M}\p{N}])+(?:['’]\p{L}+)*|[!?]/gu;

/**
 * A text's words, in lower case: letters and digits in a row, as "don't" and "2nd" are; what else stands between them parts them, but "!" and "?"
 * are words. Of Chinese, Japanese and Thai, which have no spaces, each character is one.
 */
export function wordsOf(text: string): string[] {
  return text.normalize("NFC").toLowerCase().match(WORDS) ?? [];
}

/** How many texts a word must be in to be in the vocabulary, where there are more than a few words. */
const LEAST_TEXTS = 2;
const FEW_WORDS = 1000;

/** The words that most texts have, at most so many; those of equal counts in their order. Rare ones are left out where there are many. */
export function vocabularyOf(texts: readonly (readonly string[])[], most: number): string[] {
  const counts = new Map<string, number>();
  for (const words of texts) for (const word of new Set(words)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const least = counts.size > FEW_WORDS ? LEAST_TEXTS : 1;
  return [...counts]
    .filter(([, count]) => count >= least)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, most)
    .map(([word]) => word);
}

/** The ids of a text's first words [length], 0 behind its end. */
export function encodeWords(
  words: readonly string[],
  places: ReadonlyMap<string, number>,
  into: Uint32Array | Float32Array | Uint8Array,
): void {
  into.fill(PADDING);
  for (let i = 0; i < Math.min(words.length, into.length); i++) into[i] = places.get(words[i]!) ?? UNKNOWN;
}

/** Words by their ids. */
export function wordPlaces(vocabulary: readonly string[]): ReadonlyMap<string, number> {
  return new Map(vocabulary.map((word, i) => [word, i + FIRST_WORD]));
}
