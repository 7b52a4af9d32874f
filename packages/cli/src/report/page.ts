import { classificationReport, type Model } from "@loam/nn";
import { showNumber, targetNames } from "@loam/nn/data/table";
import type { Answers } from "../answers.js";
import { type ClassLine, classLines } from "../class-report.js";
import type { Measured, NumberFigures } from "../figures.js";
import { showCount, showElapsed, showLoss, showPercent } from "../format.js";
import type { TrainingSettings } from "../network.js";
import { className } from "../predictions.js";
import { showFigure } from "../say-figures.js";
import { confusionTable } from "./confusion.js";
import { curves } from "./curves.js";
import type { FinishedRun } from "./finished-run.js";
import { type Html, html } from "./html.js";
import type { Importance } from "./importance.js";
import type { MeasuredData } from "./measured-data.js";
import { worstMistakes } from "./mistakes.js";
import { baseOf } from "./moments.js";
import { repeatCommand } from "./repeat-command.js";
import { scatter } from "./scatter.js";
import { page } from "./whole-page.js";

/** All that a report tells. */
export interface Report {
  readonly run: FinishedRun;
  readonly model: Model;
  /** Undefined where the data could not be read any more. */
  readonly measured?: (Measured & { readonly answers: Answers }) | undefined;
  readonly data?: MeasuredData | undefined;
  readonly importances: readonly Importance[];
}

/** The report as a page. */
export function reportPage(report: Report): string {
  const { run, model, measured, data } = report;
  const title = titleOf(model, run.settings);
  return page(
    title,
    html`<p class="lead">${run.path}, trained ${run.started.slice(0, 16).replace("T", " ")} UTC</p>
${headline(report)}
${curvesSection(run)}
${measured && data && qualitySection(report)}
${measured && data && measured.figures.kind !== "next" && mistakesSection(report)}
${importanceSection(report)}
${settingsSection(report)}`,
    run.versions.loam,
  );
}

function titleOf({ schema }: Model, { data }: TrainingSettings): string {
  const targets = schema ? targetNames(schema.task) : [];
  const source = data.replace(/[/\\]+$/, "").replace(/^.*[/\\]/, "");
  return targets.length > 0 ? `${targets.join(", ")} from ${source}` : `A network for ${source}`;
}

/** The few figures that are looked for first. */
function headline({ run, model, measured, data }: Report): Html {
  const { result } = run;
  const items: [string, string][] = [];
  if (measured) {
    const { figures, evaluation } = measured;
    if (figures.kind === "classes") {
      items.push(
        ["accuracy", showPercent(evaluation.accuracy ?? 0)],
        ["macro F1", figures.macroF1.toFixed(3)],
      );
    } else if (figures.kind === "labels") {
      items.push(
        ["every label right", showPercent(figures.accuracy)],
        ["macro F1", figures.macroF1.toFixed(3)],
      );
    } else if (figures.kind === "next") {
      items.push(
        ["loss a character", showLoss(evaluation.loss)],
        ["characters told right", showPercent(evaluation.accuracy ?? 0)],
      );
    } else
      items.push(
        ["RMSE", showFigure(figures.rmse)],
        ["MAE", showFigure(figures.mae)],
        ["R²", showFigure(figures.r2)],
      );
    items.push(["samples measured", showCount(evaluation.samples)]);
  }
  items.push(
    ["epochs", showCount(result.epochs)],
    ["time", showElapsed(result.seconds)],
    ["parameters", showCount(model.parameters)],
  );
  return html`<dl class="figures">${items.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${data && html`<p class="quiet note">Measured on ${data.what}.${measured && othersSaw(run, measured) && html` These were held out for the first of the networks that the model is made of, which alone reached ${aloneOf(run)}; the others have seen most of them. What to expect of new data, <code>--test-data</code> or <code>--folds</code> tells.`}</p>`}`;
}

/** Whether the rows held out were held out of one network of a committee alone: what training measured was that one. */
function othersSaw({ result }: FinishedRun, { evaluation }: Measured): boolean {
  return (
    typeof result.testLoss !== "number" &&
    typeof result.validationLoss === "number" &&
    Math.abs(result.validationLoss - evaluation.loss) > 1e-6 * Math.abs(evaluation.loss)
  );
}

function aloneOf({ result: { validationAccuracy, validationRmse } }: FinishedRun): string {
  if (typeof validationAccuracy === "number") return `an accuracy of ${showPercent(validationAccuracy)}`;
  return validationRmse === undefined ? "less" : `an RMSE of ${showFigure(validationRmse)}`;
}

function curvesSection({ history, settings }: FinishedRun): Html | undefined {
  const column = (name: string) => history.map((row) => row[name]);
  const has = (name: string) => history.some((row) => row[name] !== undefined);
  const kept =
    settings.patience === undefined
      ? undefined
      : keptEpoch(history.map((row) => row.validationLoss ?? row.loss));
  const pair = (training: string, validation: string) => [
    { name: "training", kind: "a" as const, values: column(training) },
    ...(has(validation) ? [{ name: "held out", kind: "b" as const, values: column(validation) }] : []),
  ];
  const loss = curves(pair("loss", "validationLoss"), { title: "Loss", show: shortLoss, kept });
  if (!loss) return undefined;
  const accuracy =
    has("accuracy") &&
    curves(pair("accuracy", "validationAccuracy"), {
      title: "Accuracy",
      show: (share) => showPercent(share, 0),
      kept,
      rises: true,
    });
  return html`<section><h2>How training went</h2><div class="pair">${loss}${accuracy}</div></section>`;
}

/** The epoch with the lowest loss, whose weights early stopping keeps. */
function keptEpoch(losses: readonly (number | undefined)[]): number {
  let best = 0;
  losses.forEach((loss, i) => {
    if ((loss ?? Number.POSITIVE_INFINITY) < (losses[best] ?? Number.POSITIVE_INFINITY)) best = i;
  });
  return best + 1;
}

function shortLoss(value: number): string {
  return Math.abs(value) >= 0.001 && Math.abs(value) < 1000
    ? String(Number(value.toPrecision(3)))
    : showLoss(value);
}

function qualitySection({ model, measured, data }: Report): Html {
  const { figures, answers } = measured!;
  if (figures.kind === "next") return html``;
  if (figures.kind === "numbers") {
    const { dataset } = data!;
    const task = model.schema!.task;
    const targets = task.kind === "regression" ? task.targets : [];
    const plots = targets.slice(0, PLOTS).map(({ name, scale, shift }, i) => {
      const places = spread(dataset.labels.shape[0]!, POINTS);
      const base = baseOf(dataset);
      const of = (values: ArrayLike<number>) =>
        places.map((row) => {
          const at = row * targets.length + i;
          return values[at]! * scale + shift + base(at);
        });
      return scatter(name, of(dataset.labels.data), of(answers.outputs!.data));
    });
    return html`<section><h2>Predicted and true values</h2><p class="quiet">On the line they agree.</p><div class="pair">${plots}</div></section>${baselinesSection(figures)}`;
  }
  if (figures.kind === "labels") {
    return html`<section><h2>Each label</h2>${figuresTable("label", classLines(model, figures))}
<p class="quiet">Precision: of the samples that were told to have the label, the share that has it. Recall: of those that have it, the share that was told so.</p></section>`;
  }
  const names = figures.confusion.map((_, label) => className(model, label));
  const { macro } = classificationReport(figures.confusion);
  return html`<div class="${names.length <= 6 ? "pair cards" : "stack"}"><section><h2>What is taken for what</h2>${confusionTable(names, figures.confusion)}</section>
<section><h2>Each class</h2>${figuresTable("class", [...classLines(model, figures), { class: "mean", ...macro, samples: macro.support }])}
<p class="quiet">Precision: of what was told as the class, the share that is it. Recall: of the class, the share that was told as it.</p></section></div>`;
}

/** A network that forecasts beside what needs none. */
function baselinesSection({ rmse, mae, baselines }: NumberFigures): Html | undefined {
  if (!baselines) return undefined;
  const lines = [{ rule: "the network", rmse, mae }, ...Object.values(baselines)];
  return html`<section><h2>Beside forecasts without a network</h2><div class="wide"><table><thead><tr><th scope="col">forecast</th><th scope="col" class="number">RMSE</th><th scope="col" class="number">MAE</th></tr></thead>
<tbody>${lines.map((line) => html`<tr><th scope="row">${line.rule}</th><td class="number">${showFigure(line.rmse)}</td><td class="number">${showFigure(line.mae)}</td></tr>`)}</tbody></table></div>
<p class="quiet">A network is worth its training where its error is less than all of these.</p></section>`;
}

/** Precision, recall and F1, a line each. */
function figuresTable(what: string, lines: readonly ClassLine[]): Html {
  return html`<div class="wide"><table><thead><tr><th scope="col">${what}</th><th scope="col" class="number">precision</th><th scope="col" class="number">recall</th><th scope="col" class="number">F1</th><th scope="col" class="number">samples</th></tr></thead>
<tbody>${lines.map(
    (line) =>
      html`<tr><th scope="row">${line.class}</th>${[line.precision, line.recall, line.f1].map((value) => html`<td class="number">${value.toFixed(3)}</td>`)}<td class="number">${showCount(line.samples)}</td></tr>`,
  )}</tbody></table></div>`;
}

/** More dots hide each other. */
const POINTS = 2000;
const PLOTS = 4;

/** At most so many places, evenly spread. */
function spread(count: number, most: number): number[] {
  const kept = Math.min(count, most);
  return Array.from({ length: kept }, (_, i) => Math.floor((i * count) / kept));
}

function mistakesSection({ model, measured, data, importances }: Report): Html {
  const { dataset, table } = data!;
  const columns =
    importances.length > 0
      ? importances.map(({ column }) => column)
      : (table?.columns.map(({ name }) => name) ?? []);
  return html`<section><h2>Worst mistakes</h2>${worstMistakes(model, dataset, measured!.answers, { table, columns })}</section>`;
}

const LISTED = 20;

function importanceSection({ model, importances }: Report): Html | undefined {
  if (importances.length === 0) return undefined;
  const isNumbers = model.schema?.task.kind === "regression";
  const greatest = Math.max(...importances.map(({ loss }) => loss), 1e-9);
  const show = (value: number) =>
    isNumbers ? showNumber(Number(value.toPrecision(2))) : `${(100 * value).toFixed(1)} points`;
  return html`<section><h2>Which columns matter</h2>
<p class="quiet">How much ${isNumbers ? "greater the error gets, in deviations of the target," : "accuracy is lost"} when a column's cells are exchanged among the rows; the mean of five exchanges ± their deviation. Columns that say the same stand in for each other.</p>
<table class="bars"><tbody>${importances
    .slice(0, LISTED)
    .map(
      ({ column, loss, deviation }) =>
        html`<tr><th scope="row">${column}</th><td><span class="bar" style="--share:${Math.max(0, Math.round((100 * loss) / greatest))}%"></span></td><td class="number">${show(loss)} <span class="quiet">± ${isNumbers ? showNumber(Number(deviation.toPrecision(1))) : (100 * deviation).toFixed(1)}</span></td></tr>`,
    )}</tbody></table>${importances.length > LISTED && html`<p class="quiet">And ${importances.length - LISTED} more columns, which matter less.</p>`}</section>`;
}

function isNames(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one !== "object");
}

function settingsSection({ run, model }: Report): Html {
  const { settings, versions, engine, result } = run;
  const { command, config } = repeatCommand(settings);
  const rows: [string, string][] = [
    ...Object.entries(settings)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]): [string, string] => [
        name,
        typeof value === "object" && !isNames(value) ? JSON.stringify(value) : [value].flat().join(", "),
      ]),
    ["Loam", versions.loam],
    ["Node", versions.node],
    ...(engine ? [["engine", `${engine.threads} threads, ${engine.binary} binary`] as [string, string]] : []),
    ["weights (SHA-256)", result.weightsHash],
  ];
  return html`<section><h2>To repeat it</h2>
<pre>${command}</pre>${config && html`<p class="quiet">with layers.json:</p><pre>${config}</pre>`}
<p class="quiet">From the folder ${run.directory}. The same seed gives the same weights, to the last bit.</p>
<h2>Settings</h2><dl class="settings">${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl></section>
<section><h2>Layers</h2><pre class="table">${model.summaryText()}</pre></section>`;
}
