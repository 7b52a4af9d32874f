import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Leaderboard } from "@loam/nn/sweep";
import type { Config } from "../config.js";
import { showCount, showLoss } from "../format.js";
import { curves } from "../report/curves.js";
import { rowsOf } from "../report/finished-run.js";
import { type Html, html } from "../report/html.js";
import { page } from "../report/whole-page.js";
import { VERSION } from "../version.js";
import { settingsLine, showMetric, showSetting, showValue } from "./board-text.js";
import { METRICS } from "./metric.js";
import { parallelCoordinates } from "./parallel-coordinates.js";
import type { PreparedSweep } from "./prepare.js";
import { bestCommand } from "./run-sweep.js";
import type { SweepFolder } from "./sweep-folder.js";

/** How many configurations have their curves drawn. */
const CURVES = 4;

/** A sweep's report: a page that needs nothing but itself. */
export async function sweepPage(
  folder: Pick<SweepFolder, "path" | "trialFolder" | "record">,
  prepared: PreparedSweep,
  board: Leaderboard<Config>,
): Promise<string> {
  const { config, metric, plan } = prepared;
  const [best] = board;
  const title = `Sweep ${config.name}`;
  const trials = board.reduce((sum, one) => sum + one.trials.length, 0);
  const figures: [string, string][] = [
    ...(best && best.value !== null ? [[`best ${metric}`, showValue(metric, best)] as [string, string]] : []),
    ["configurations", showCount(plan.configurations.length)],
    ["trials", showCount(trials)],
    ["search", plan.search],
  ];
  return page(
    title,
    html`<p class="lead">${folder.path}, begun ${folder.record.started.slice(0, 16).replace("T", " ")} UTC</p>
<dl class="figures">${figures.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${parallelCoordinates(board, metric)}
${await curvesSection(folder, board)}
${tableSection(board, prepared)}
${best && best.value !== null && html`<section><h2>To train the best</h2><pre>${bestCommand(folder.path)}</pre><p class="quiet">${settingsLine(best.settings)}</p></section>`}`,
    VERSION,
  );
}

/** Validation losses over the epochs, of the first trial of each of the best. */
async function curvesSection(
  folder: Pick<SweepFolder, "trialFolder">,
  board: Leaderboard<Config>,
): Promise<Html | undefined> {
  const drawn: Html[] = [];
  for (const [i, one] of board.slice(0, CURVES).entries()) {
    const [trial] = one.trials;
    if (one.value === null || trial === undefined) continue;
    const { training, validation } = await lossesOf(folder.trialFolder(trial.id));
    const figure = curves(
      [
        { name: "training", kind: "a", values: training },
        ...(validation.some((value) => value !== undefined)
          ? [{ name: "held out", kind: "b" as const, values: validation }]
          : []),
      ],
      { title: `${i + 1}. ${settingsLine(one.settings)}`, show: showLoss },
    );
    if (figure) drawn.push(figure);
  }
  if (drawn.length === 0) return undefined;
  return html`<section><h2>Losses of the best</h2><div class="pair">${drawn}</div></section>`;
}

interface Losses {
  readonly training: readonly (number | undefined)[];
  readonly validation: readonly (number | undefined)[];
}

/** The losses of a run's history; none where it lies on another machine. */
async function lossesOf(path: string): Promise<Losses> {
  const text = await readFile(join(path, "history.csv"), "utf8").catch(() => "");
  const rows = rowsOf(text);
  const column = (name: string) => rows.map((row) => row[name]);
  return { training: column("loss"), validation: column("validationLoss") };
}

function tableSection(board: Leaderboard<Config>, { plan, metric, config }: PreparedSweep): Html {
  const names = Object.keys(config.space);
  const rungs = plan.budgets.length;
  return html`<section><h2>Leaderboard</h2>
<p class="quiet">The ${METRICS[metric] === "max" ? "greatest" : "least"} ${metric} ${config.folds === undefined ? "on what was held out of the training data" : "on the folds"} first${rungs > 1 && ", after those that came to a higher rung"}.</p>
<div class="wide"><table><thead><tr><th scope="col">#</th>${names.map((name) => html`<th scope="col">${name}</th>`)}${rungs > 1 && html`<th scope="col" class="number">rung</th>`}<th scope="col" class="number">${metric}</th></tr></thead>
<tbody>${board.map((one, i) => {
    const settings = one.settings as Readonly<Record<string, unknown>>;
    const error = one.trials.find(({ outcome }) => outcome.error !== undefined)?.outcome.error;
    return html`<tr><th scope="row">${i + 1}</th>${names.map((name) => html`<td>${showSetting(settings[name])}</td>`)}${rungs > 1 && html`<td class="number">${one.rung + 1} of ${rungs}</td>`}<td class="number">${one.value === null ? html`<span class="quiet" title="${error ?? ""}">failed</span>` : html`${showMetric(metric, one.value)}${one.deviation !== null && html` <span class="quiet">± ${showMetric(metric, one.deviation)}</span>`}`}</td></tr>`;
  })}</tbody></table></div>${failures(board)}</section>`;
}

function failures(board: Leaderboard<Config>): Html | undefined {
  const failed = board.flatMap(({ trials }) => trials.filter(({ outcome }) => outcome.error !== undefined));
  if (failed.length === 0) return undefined;
  return html`<p class="note">Failed:</p><ul>${failed.slice(0, 20).map(({ id, outcome }) => html`<li>${id}: ${outcome.error}</li>`)}</ul>${failed.length > 20 && html`<p class="quiet">And ${failed.length - 20} more.</p>`}`;
}
