/** Text that is HTML already. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = string | number | Html | undefined | false | readonly Part[];

/**
 * HTML of a template: all that is put into it is escaped, in text and in attributes between double quotes, unless it was made by `html` itself; nothing
 * is left of undefined and false, and lists are put one after the other.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.reduce((text, string, i) => text + textOf(parts[i - 1]) + string));
}

function textOf(part: Part): string {
  if (part === undefined || part === false) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "object") return part.map(textOf).join("");
  return escaped(String(part));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  // Control characters have no place in HTML, whatever a file's names hold.
  return text.replace(/[&<>"']/g, (one) => ENTITIES[one]!).replace(/[^\P{Cc}\t\n]/gu, "\ufffd");
}
