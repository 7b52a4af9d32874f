import type { DataSchema, Dataset, Model } from "@loam/nn";
import { showNumber, type Table, targetNames } from "@loam/nn/data/table";
import type { Answers } from "../answers.js";
import { showPercent } from "../format.js";
import { className } from "../predictions.js";
import { type Html, html } from "./html.js";
import { baseOf, momentsOf } from "./moments.js";
import { type Picture, pictureAddress } from "./png.js";

/** A sample that was told wrong, or the furthest from what is right. */
interface Mistake {
  readonly sample: number;
  readonly right: string;
  readonly told: string;
  /** How sure of it, or by how much too much. */
  readonly how: string;
}

const PICTURES = 24;
const ROWS = 12;
const COLUMNS = 8;

/** The worst mistakes, as pictures where the samples are some, else as rows of the table or their numbers. */
export function worstMistakes(
  model: Model,
  dataset: Dataset,
  answers: Answers,
  about: { readonly table?: Table | undefined; readonly columns: readonly string[] },
): Html {
  const isNumbers = model.schema?.task.kind === "regression";
  const isLabels = model.schema?.task.kind === "multilabel";
  const most = isNumbers ? farthest : isLabels ? leastLike : mostWrong;
  const mistakes = most(model, dataset, answers);
  if (mistakes.length === 0) return html`<p>None: every sample was told right.</p>`;
  const shown = (sample: number) => pictureAt(dataset, sample);
  if (!isNumbers && shown(0)) {
    return html`<ol class="pictures">${mistakes
      .slice(0, PICTURES)
      .map(
        ({ sample, right, told, how }) =>
          html`<li><img src="${pictureAddress(shown(sample)!)}" alt="sample ${sample + 1}"><span>${right}, told <b>${told}</b> <span class="quiet">${how}</span></span></li>`,
      )}</ol>`;
  }
  return mistakeRows(model, dataset, mistakes.slice(0, ROWS), { ...about, isNumbers });
}

function mistakeRows(
  { schema }: Model,
  dataset: Dataset,
  mistakes: readonly Mistake[],
  {
    table,
    columns,
    isNumbers,
  }: {
    readonly table?: Table | undefined;
    readonly columns: readonly string[];
    readonly isNumbers: boolean;
  },
): Html {
  const identifiers =
    schema?.input.kind === "table" || schema?.input.kind === "pixels" ? schema.input.identifiers : [];
  const targets = schema ? targetNames(schema.task) : [];
  const seen = [
    ...identifiers.slice(0, 2),
    ...columns.filter((name) => !targets.includes(name)).slice(0, COLUMNS),
  ];
  const byName = new Map(table?.columns.map((column) => [column.name, column]));
  const moments = momentsOf(dataset);
  const text = schema && textAt(schema, dataset);
  const head = text ? ["text"] : table ? seen : moments ? ["forecast of", "made on"] : ["sample"];
  return html`<div class="wide"><table><thead><tr><th scope="col">right</th><th scope="col">told</th><th scope="col">${isNumbers ? "error" : "sure"}</th>${head.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${mistakes.map(
    ({ sample, right, told, how }) =>
      html`<tr><td>${right}</td><td><b>${told}</b></td><td class="number">${how}</td>${
        text
          ? html`<td class="text">${text(sample)}</td>`
          : table
            ? seen.map((name) => html`<td>${byName.get(name)?.cells[sample] ?? ""}</td>`)
            : moments
              ? html`<td>${moments.of(sample)}</td><td>${moments.made(sample)}</td>`
              : html`<td class="number">${sample + 1}</td>`
      }</tr>`,
  )}</tbody></table></div>`;
}

/** So many words of a text are shown. */
const WORDS = 24;
/** The ids of what is no word: behind a text's end, and of words that the vocabulary lacks. */
const [NONE, UNKNOWN] = [0, 1];

/** The first words of a text as the network sees them, where samples are texts. */
function textAt({ input }: DataSchema, { inputs }: Dataset): ((sample: number) => string) | undefined {
  if (input.kind !== "text" || input.unit !== "word") return undefined;
  const { vocabulary } = input;
  const [, length = 0] = inputs.shape;
  return (sample) => {
    const ids = inputs.data.subarray(sample * length, (sample + 1) * length);
    const words = [...ids]
      .filter((id) => id !== NONE)
      .map((id) => (id === UNKNOWN ? "?" : vocabulary[id - 2]!));
    return words.length > WORDS ? `${words.slice(0, WORDS).join(" ")} …` : words.join(" ");
  };
}

/** Wrong ones, those first of which the right class was thought least probable. */
function mostWrong(model: Model, { labels }: Dataset, { told, probabilities }: Answers): Mistake[] {
  if (!told || !probabilities) return [];
  const classes = probabilities.shape[1]!;
  const of = (sample: number, label: number) => probabilities.data[sample * classes + label]!;
  const wrong = [...told.keys()].filter((sample) => told[sample] !== labels.data[sample]);
  wrong.sort((a, b) => of(a, labels.data[a]!) - of(b, labels.data[b]!) || a - b);
  return wrong.map((sample) => ({
    sample,
    right: className(model, labels.data[sample]!),
    told: className(model, told[sample]!),
    how: showPercent(of(sample, told[sample]!), 0),
  }));
}

/** Those with a label told wrong, first the one that was surest of it. */
function leastLike({ schema }: Model, dataset: Dataset, { told, probabilities }: Answers): Mistake[] {
  if (!told || !probabilities || schema?.task.kind !== "multilabel") return [];
  const { labels } = schema.task;
  const width = labels.length;
  const right = dataset.labels.data;
  const names = (holds: ArrayLike<number>, sample: number) =>
    labels.flatMap(({ name }, i) => (holds[sample * width + i] === 1 ? [name] : [])).join(", ") || "none";
  const wrong = Array.from({ length: dataset.labels.shape[0]! }, (_, sample) => {
    let sure = 0;
    for (let at = sample * width; at < (sample + 1) * width; at++) {
      const p = probabilities.data[at]!;
      if (told[at] !== right[at]) sure = Math.max(sure, told[at] === 1 ? p : 1 - p);
    }
    return { sample, sure };
  }).filter(({ sure }) => sure > 0);
  wrong.sort((a, b) => b.sure - a.sure || a.sample - b.sample);
  return wrong.map(({ sample, sure }) => ({
    sample,
    right: names(right, sample),
    told: names(told, sample),
    how: showPercent(sure, 0),
  }));
}

/** Those furthest from what is right, of several targets by the one that is furthest in its deviations. */
function farthest({ schema }: Model, dataset: Dataset, { outputs }: Answers): Mistake[] {
  if (!outputs || schema?.task.kind !== "regression") return [];
  const { targets } = schema.task;
  const { labels } = dataset;
  const base = baseOf(dataset);
  const width = targets.length;
  const errorAt = (at: number) => outputs.data[at]! - labels.data[at]!;
  const places = Array.from({ length: labels.shape[0]! }, (_, sample) => {
    let worst = sample * width;
    for (let i = 1; i < width; i++)
      if (Math.abs(errorAt(sample * width + i)) > Math.abs(errorAt(worst))) worst = sample * width + i;
    return worst;
  });
  places.sort((a, b) => Math.abs(errorAt(b)) - Math.abs(errorAt(a)) || a - b);
  return places.map((at) => {
    const { name, scale, shift } = targets[at % width]!;
    const unit = (value: number) =>
      `${width > 1 ? `${name} ` : ""}${showNumber(value * scale + shift + base(at))}`;
    const error = errorAt(at) * scale;
    return {
      sample: Math.floor(at / width),
      right: unit(labels.data[at]!),
      told: unit(outputs.data[at]!),
      how: `${error > 0 ? "+" : "−"}${showNumber(Math.abs(error))}`,
    };
  });
}

/** A sample as a picture, where it is one of bytes. */
function pictureAt({ inputs }: Dataset, sample: number): Picture | undefined {
  const [, channels, height, width, ...more] = inputs.shape;
  if (!(inputs.data instanceof Uint8Array) || width === undefined || height === undefined || more.length > 0)
    return undefined;
  if (channels !== 1 && channels !== 3) return undefined;
  const size = channels * height * width;
  return { data: inputs.data.subarray(sample * size, (sample + 1) * size), channels, height, width };
}
