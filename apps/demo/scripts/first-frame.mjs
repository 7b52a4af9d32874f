// Writes the first view down as HTML, in both languages, by running the program that makes it in the page: node scripts/first-frame.mjs.
// The build puts it into index.html, where it is painted before the program has come.
import process from "node:process";
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";
import { paperWindow } from "./paper.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
/** What a page has once, the program brings. */
const ONCE = ["id", "aria-labelledby", "aria-live", "tabindex"];

async function frameIn(language) {
  for (const [name, value] of Object.entries(paperWindow(language)))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  const file = `${root}scripts/show-first-view.ts`;
  const { module } = await runnerImport(file, { root, configFile: false, logLevel: "error" });
  const { element } = module.shell;
  const main = element.querySelector("main");
  if (main.dataset.view !== "draw") throw new Error("The first view could not be written down.");
  main.tag = "div";
  // Nobody can press what does nothing yet; the links to the views do.
  main.setAttribute("inert", "");
  for (const node of [element, ...element.within()]) for (const name of ONCE) node.removeAttribute(name);
  return `<div class="frame" lang="${language}">${element}</div>`;
}

const frames = [];
for (const language of ["en", "ko"]) frames.push(await frameIn(language));
process.stdout.write(frames.join("\n"));
