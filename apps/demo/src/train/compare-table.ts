import type { Site } from "../app/site.js";
import { element } from "../ui/element.js";
import type { Run } from "./run.js";

/** Settings and results of one or two runs, a run a column; what differs stands out. */
export function compareTable(
  site: Site,
  runs: readonly { readonly title: string; readonly run: Run }[],
): HTMLElement {
  const { say } = site;
  const rows = facts(site).map(([label, of]) => {
    const values = runs.map(({ run }) => of(run));
    const differ = new Set(values).size > 1;
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, label),
      values.map((value) => element("td", {}, differ ? element("strong", {}, value) : value)),
    );
  });
  return element(
    "div",
    { class: "table-frame", tabindex: 0, role: "region", "aria-label": say("train.compare") },
    element(
      "table",
      { class: "plain" },
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          element("td"),
          runs.map(({ title }) => element("th", { scope: "col" }, title)),
        ),
      ),
      element("tbody", {}, rows),
    ),
  );
}

function facts({ say, voice }: Site): [string, (run: Run) => string][] {
  return [
    [say("train.network"), ({ settings }) => say(`train.net.${settings.network}`)],
    [say("train.optimizer"), ({ settings }) => say(`train.opt.${settings.optimizer}`)],
    [say("train.learningRate"), ({ settings }) => String(settings.learningRate)],
    [say("train.batch"), ({ settings }) => voice.number(settings.batchSize)],
    [say("train.dropout"), ({ settings }) => String(settings.dropout ?? "–")],
    [say("train.l2"), ({ settings }) => String(settings.l2)],
    [say("train.epochs"), ({ settings }) => voice.number(settings.epochs)],
    [say("train.seed"), ({ settings }) => String(settings.seed)],
    [say("train.loss"), ({ progress }) => (progress ? voice.number(progress.loss, 4) : "–")],
    [
      say("train.accuracy"),
      ({ progress }) => (progress?.accuracy === undefined ? "–" : voice.percent(progress.accuracy, 2)),
    ],
    [
      say("train.heldOut"),
      ({ examination }) => {
        if (!examination) return "–";
        if (examination.kind !== "numbers") return voice.percent(examination.accuracy, 2);
        return examination.targets.map(({ mae }) => `± ${voice.significant(mae)}`).join(", ");
      },
    ],
    [say("train.timeTaken"), ({ seconds }) => (seconds === undefined ? "–" : voice.duration(seconds))],
    ["SHA-256", ({ weightsHash }) => (weightsHash ? `${weightsHash.slice(0, 12)}…` : "–")],
  ];
}
