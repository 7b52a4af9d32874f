import { showCount } from "../format.js";
import { type Html, html } from "./html.js";

/** Of more classes, what is most often taken for what says more than a matrix. */
const MATRIX = 20;
const LISTED = 12;

/** The confusion matrix as a table whose cells are the darker the greater their share of the row; of many classes a list. */
export function confusionTable(names: readonly string[], confusion: readonly (readonly number[])[]): Html {
  if (names.length > MATRIX) return mostConfused(names, confusion);
  return html`<p class="quiet">Rows are what is right, columns what was told.</p><div class="wide"><table class="matrix">
<thead><tr><td></td>${names.map((name) => html`<th scope="col"><span>${name}</span></th>`)}</tr></thead>
<tbody>${confusion.map((row, right) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return html`<tr><th scope="row">${names[right]}</th>${row.map((count, told) => {
      const share = total === 0 ? 0 : count / total;
      const kind = told === right ? "right" : "wrong";
      return html`<td class="${count === 0 ? "none" : kind}${share > 0.5 ? " strong" : ""}" style="--share:${Math.round(100 * share)}%">${showCount(count)}</td>`;
    })}</tr>`;
  })}</tbody></table></div>`;
}

function mostConfused(names: readonly string[], confusion: readonly (readonly number[])[]): Html {
  const wrong = confusion.flatMap((row, right) =>
    row.flatMap((count, told) => (told === right || count === 0 ? [] : [{ count, right, told }])),
  );
  wrong.sort((a, b) => b.count - a.count);
  if (wrong.length === 0) return html`<p>Nothing was taken for anything else.</p>`;
  return html`<div class="wide"><table><thead><tr><th scope="col">right</th><th scope="col">told</th><th scope="col" class="number">times</th></tr></thead>
<tbody>${wrong.slice(0, LISTED).map(({ count, right, told }) => html`<tr><td>${names[right]}</td><td>${names[told]}</td><td class="number">${showCount(count)}</td></tr>`)}</tbody></table></div>`;
}
