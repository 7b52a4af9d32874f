import type { Site } from "../app/site.js";
import { Change } from "../ui/change.js";
import { Chart } from "../ui/chart.js";
import { element, fill } from "../ui/element.js";
import { mergeCurves } from "./curve.js";
import type { Run } from "./run.js";
import { readSettings } from "./settings.js";

/** How often curves are drawn while training, in milliseconds: more often would only warm the room. */
const EVERY = 250;

/** Loss and accuracy, step by step, of the run of now and of the kept one. */
export class RunCurves {
  readonly element: HTMLElement;
  readonly #site: Site;
  readonly #loss: Chart;
  readonly #accuracy: Chart;
  readonly #legend = element("ul", { class: "legend", "aria-hidden": "true" });
  readonly #legendWritten = new Change();
  #drawnAt = 0;

  constructor(site: Site) {
    const { say, voice } = site;
    this.#site = site;
    const series = [
      { label: say("train.thisRun"), colour: "--accent" },
      { label: say("train.heldOutCurve"), colour: "--accent", sparse: true },
      { label: say("train.keptRun"), colour: "--second" },
      { label: say("train.keptHeldOut"), colour: "--second", sparse: true },
    ] as const;
    const common = { xLabel: say("train.stepColumn"), tableLabel: say("site.table"), series };
    this.#loss = new Chart({
      ...common,
      title: say("train.lossCurve"),
      range: [0, null],
      show: (value) => voice.number(value, 2),
    });
    this.#accuracy = new Chart({
      ...common,
      title: say("train.accuracyCurve"),
      range: [0, 1],
      show: (value) => voice.percent(value, 0),
    });
    this.element = element(
      "div",
      { class: "stack" },
      element("div", { class: "charts" }, this.#loss.element, this.#accuracy.element),
      this.#legend,
    );
  }

  close(): void {
    this.#loss.close();
    this.#accuracy.close();
  }

  show(run: Run | undefined, kept: Run | undefined): void {
    const now = performance.now();
    if (run?.state === "training" && now - this.#drawnAt < EVERY) return;
    this.#drawnAt = now;
    const other = kept === run ? undefined : kept;
    const curves = [run?.curve, other?.curve];
    // Numbers are never right or wrong, only near or far; and of several labels some are right.
    this.#accuracy.element.hidden = run !== undefined && run.facts.task !== "classes";
    this.#loss.set(mergeCurves(curves, "loss"));
    this.#accuracy.set(mergeCurves(curves, "accuracy"));
    const isDigits = (run?.settings ?? readSettings(this.#site.address)).data === "digits";
    this.#showLegend(other !== undefined, isDigits);
  }

  #showLegend(withKept: boolean, isDigits: boolean): void {
    if (!this.#legendWritten.to([withKept, isDigits])) return;
    const { say } = this.#site;
    const entry = (swatch: string, text: string) =>
      element("li", {}, element("span", { class: `swatch ${swatch}` }), text);
    fill(
      this.#legend,
      entry("", say("train.thisRun")),
      entry("pale", say(isDigits ? "train.heldOutHow" : "train.heldOutCurve")),
      withKept && entry("second", say("train.keptRun")),
      withKept && entry("second pale", say("train.keptHeldOut")),
    );
  }
}
