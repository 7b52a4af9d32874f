/** A block of code in a document. */
export interface Snippet {
  readonly language: string;
  readonly code: string;
  /** The block of output right behind it, if there is one. */
  readonly output: string | undefined;
}

/** The blocks of a document, in order. */
export function snippetsOf(text: string): Snippet[] {
  const blocks = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map((match) => ({
    language: match[1]!,
    code: match[2]!,
    begin: match.index,
    end: match.index + match[0].length,
  }));
  return blocks.map(({ language, code, end }, i) => {
    const next = blocks[i + 1];
    const follows = next?.language === "text" && text.slice(end, next.begin).trim() === "";
    return { language, code, output: follows ? next.code : undefined };
  });
}
