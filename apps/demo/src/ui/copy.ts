import { type ButtonOptions, button } from "./controls.js";
import { element } from "./element.js";
import { icon } from "./icons.js";

/** How long a button says that it has copied, in milliseconds. */
const TOLD = 1600;

/** A button that copies a text, as it is by then, and says so to eyes and ears. */
export function copyButton(
  options: ButtonOptions,
  text: string | (() => string),
  copied: string,
  announce: (text: string) => void,
): HTMLButtonElement {
  const control = button(options, async () => {
    const now = typeof text === "string" ? text : text();
    if (!(await writeToClipboard(now))) {
      // In a dialogue it can be marked and copied by hand.
      prompt(options.label, now);
      return;
    }
    announce(copied);
    const mark = icon("check");
    const before = control.querySelector(".icon");
    if (!before) return;
    before.replaceWith(mark);
    setTimeout(() => mark.replaceWith(before), TOLD);
  });
  return control;
}

/** @returns whether the text is in the clipboard. */
async function writeToClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Pages of hosts without TLS have no clipboard, and a frame or a window in the background may not use it: there the old way serves.
  }
  const field = element("textarea", { class: "unseen" });
  field.value = text;
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  return isCopied;
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
