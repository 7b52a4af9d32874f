import { element } from "./element.js";

/** A view's title and the sentence under it. Titles of two sentences break between them, if at all. */
export function viewHead(title: string, lead: string): HTMLElement {
  const sentences = title.split(/(?<=\.)\s+/).flatMap((sentence) => [element("span", {}, sentence), " "]);
  return element("header", { class: "view-head" }, element("h1", {}, sentences), element("p", {}, lead));
}
