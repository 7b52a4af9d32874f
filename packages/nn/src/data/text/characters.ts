import { DataError } from "../../errors.js";

/** A text as it is learnt: without a byte order mark, lines ended by "\n". */
export function plainText(text: string): string {
  return text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
}

/** The characters (code points) of a text, each once, in their order in Unicode. */
export function charactersOf(text: string): string[] {
  const points = new Set<number>();
  for (const character of plainText(text)) points.add(character.codePointAt(0)!);
  return [...points].sort((a, b) => a - b).map((point) => String.fromCodePoint(point));
}

/** A text as numbers. */
export interface EncodedText {
  /** Places in the vocabulary. */
  readonly ids: Uint32Array;
  /** The characters that the vocabulary lacks, which were left out, each with how often it came. */
  readonly unknown: ReadonlyMap<string, number>;
}

/** The ids of a text's characters; those that the vocabulary lacks are left out. */
export function encodeCharacters(text: string, vocabulary: readonly string[]): EncodedText {
  const places = new Map(vocabulary.map((character, id) => [character, id]));
  const plain = plainText(text);
  const ids = new Uint32Array(plain.length);
  const unknown = new Map<string, number>();
  let length = 0;
  for (const character of plain) {
    const id = places.get(character);
    if (id === undefined) unknown.set(character, (unknown.get(character) ?? 0) + 1);
    else ids[length++] = id;
  }
  return { ids: ids.slice(0, length), unknown };
}

/**
 * A text in two: its last part, in characters, is held out. @throws {DataError} `text-too-short` where one of them has less than `context` + 1.
 */
export function holdOutTail(
  text: string,
  share: number,
  context: number,
  name = "text",
): { readonly training: string; readonly held: string } {
  const characters = [...plainText(text)];
  const kept = Math.ceil(characters.length * (1 - share));
  const parts = [characters.slice(0, kept), characters.slice(kept)];
  const short = parts.find((part) => part.length <= context && !(share === 0 && part.length === 0));
  if (short) {
    throw new DataError(
      "text-too-short",
      `${name}: has ${characters.length} characters, of which ${parts[1]!.length} are held out, and windows need ${context + 1} on both sides; give a longer text or a shorter context.`,
    );
  }
  return { training: parts[0]!.join(""), held: parts[1]!.join("") };
}
