import type { Site } from "../app/site.js";
import { element } from "../ui/element.js";
import type { Examination } from "./examination.js";
import type { Run } from "./run.js";

const FIGURES = ["loss", "accuracy", "speed", "time"] as const;
type FigureName = (typeof FIGURES)[number];

/** Four figures of a run, large. */
export class RunFigures {
  readonly element: HTMLElement;
  readonly #site: Site;
  readonly #texts: Readonly<Record<FigureName, { label: HTMLElement; value: HTMLElement }>>;

  constructor(site: Site) {
    this.#site = site;
    const figure = (name: FigureName) => ({
      label: element("dt"),
      value: element("dd", { "data-figure": name }),
    });
    this.#texts = {
      loss: figure("loss"),
      accuracy: figure("accuracy"),
      speed: figure("speed"),
      time: figure("time"),
    };
    this.element = element(
      "dl",
      { class: "figures" },
      FIGURES.map((name) => element("div", {}, this.#texts[name].label, this.#texts[name].value)),
    );
  }

  show(run: Run | undefined): void {
    const { say, voice } = this.#site;
    const { progress, examination, samplesPerSecond, seconds } = run ?? {};
    const isOver = run?.state === "done";
    const { task } = run?.facts ?? {};
    const told = examination?.kind === "classes" ? examination.accuracy : undefined;
    const accuracy = told ?? progress?.accuracy;
    const values = {
      loss: [say("train.loss"), progress ? voice.number(progress.loss, 3) : "–"],
      accuracy:
        task === "numbers"
          ? numbersFigure(this.#site, examination)
          : task === "labels"
            ? [
                say("train.allRight"),
                examination?.kind === "labels" ? voice.percent(examination.accuracy, 0) : "–",
              ]
            : [
                say(examination ? "train.heldOut" : "train.accuracy"),
                accuracy === undefined ? "–" : voice.percent(accuracy, examination ? 2 : 1),
              ],
      speed: [say("train.speed"), samplesPerSecond ? voice.number(Math.round(samplesPerSecond)) : "–"],
      time: [
        say(isOver ? "train.timeTaken" : "train.left"),
        progress ? voice.duration(isOver ? seconds! : progress.secondsLeft) : "–",
      ],
    } as const;
    for (const name of FIGURES) {
      const { label, value } = this.#texts[name];
      if (label.textContent !== values[name][0]) label.textContent = values[name][0];
      if (value.textContent !== values[name][1]) value.textContent = values[name][1];
    }
  }
}

/** How far off one number is, in its own unit; of several, which have no unit in common, how much of their differences is told. */
function numbersFigure(
  { say, voice }: Site,
  examination: Examination | undefined,
): readonly [string, string] {
  const targets = examination?.kind === "numbers" ? examination.targets : [];
  if (targets.length < 2) return [say("train.offBy"), targets[0] ? voice.significant(targets[0].mae) : "–"];
  const explained = targets.reduce((sum, { r2 }) => sum + r2, 0) / targets.length;
  return [say("train.explained"), voice.percent(explained, 0)];
}
