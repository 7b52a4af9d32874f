/**
 * A text as a terminal may be given it: names and cells come from files of strangers, and a terminal obeys what they hold. Line feeds, tabs and
 * changes of colour stay; every other control character becomes U+FFFD.
 */
export function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/\x1b(?!\[[\d;]*m)|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]/g, "\ufffd");
}
