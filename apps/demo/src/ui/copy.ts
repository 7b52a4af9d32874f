import { type ButtonOptions, button } from "./controls.js";
import { element } from "./element.js";
import { icon } from "./icons.js";

/** How long a button says that it has copied, in milliseconds. */
const TOLD = 1600;

/** A button that copies a text, and says so to eyes and ears. */
export function copyButton(
  options: ButtonOptions,
  text: string,
  copied: string,
  announce: (text: string) => void,
): HTMLButtonElement {
  const control = button(options, async () => {
    await writeToClipboard(text);
    announce(copied);
    const mark = icon("check");
    const before = control.querySelector(".icon");
    if (!before) return;
    before.replaceWith(mark);
    setTimeout(() => mark.replaceWith(before), TOLD);
  });
  return control;
}

/** Pages of hosts without TLS have no clipboard: there the old way serves. */
async function writeToClipboard(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = element("textarea", { class: "unseen" });
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

/** A command, or some lines of code, with a button that copies it. */
export function copyable(
  text: string,
  words: { copy: string; copied: string },
  announce: (text: string) => void,
): HTMLElement {
  const isCode = text.includes("\n");
  const options = { label: words.copy, icon: "copy", iconOnly: true, plain: true } as const;
  return element(
    "div",
    { class: `code-line${isCode ? " code-lines" : ""}` },
    isCode ? element("pre", {}, element("code", {}, text)) : element("code", {}, text),
    copyButton(options, text, words.copied, announce),
  );
}
