import type { Site } from "../app/site.js";
import { element } from "../ui/element.js";
import { commandLine } from "./command-line.js";
import { compareTable } from "./compare-table.js";
import type { Run } from "./run.js";

/**
 * A run as a page of its own, which needs nothing but itself: what is seen of it here, with nothing to press, its settings and the command that makes
 * it again. It has no script and asks for nothing, which its own policy forbids as well.
 */
export function reportPage(site: Site, run: Run, seen: readonly HTMLElement[]): string {
  const { say, voice } = site;
  const { facts } = run.files ?? {};
  const isOwn = run.settings.data === "files" && facts !== undefined;
  const targets = isOwn ? facts.table?.targets.join(", ") : undefined;
  const title = isOwn
    ? say("train.reportTitle", { name: targets === undefined ? facts.name : `${targets} · ${facts.name}` })
    : say("train.reportTitle", { name: say("train.digits") });
  const main = element(
    "main",
    { class: "site-main report stack wide", "data-view": "report" },
    element("h1", {}, title),
    ...seen.map(asPicture),
    element(
      "section",
      { class: "card stack" },
      element("h2", {}, say("train.settings")),
      asPicture(compareTable(site, [{ title: say("train.thisRun"), run }])),
      element("h2", {}, say("train.reproduce")),
      element("pre", {}, element("code", {}, commandLine(run.settings, isOwn ? run.files : undefined))),
      element("p", { class: "hash mono" }, run.weightsHash),
    ),
  );
  const { theme = "" } = document.documentElement.dataset;
  const looks = [...document.styleSheets]
    .flatMap((sheet) => [...sheet.cssRules])
    .map(({ cssText }) => cssText)
    .join("\n");
  return `<!doctype html>
<html lang="${voice.language}" data-theme="${theme}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
${element("title", {}, title).outerHTML}
<style>
${looks}
</style>
</head>
<body>
${main.outerHTML}
</body>
</html>
`;
}

/** A copy without anything to press, whose canvases are pictures. */
function asPicture(seen: HTMLElement): HTMLElement {
  const copy = seen.cloneNode(true) as HTMLElement;
  const canvases = seen.querySelectorAll("canvas");
  for (const [i, canvas] of copy.querySelectorAll("canvas").entries()) {
    const picture = element("img", {
      src: canvases[i]!.toDataURL(),
      alt: canvas.getAttribute("aria-label") ?? "",
      class: canvas.className,
    });
    picture.style.cssText = canvas.style.cssText;
    canvas.replaceWith(picture);
  }
  for (const control of copy.querySelectorAll("button, input, select")) control.remove();
  return copy;
}
