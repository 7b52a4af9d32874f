import type { Site } from "../app/site.js";
import { OPTIMIZERS, type OptimizerName } from "../train/settings.js";
import { numberInput } from "../ui/controls.js";
import { element, fill, freshId } from "../ui/element.js";
import { LANDSCAPES } from "./landscapes.js";
import type { Race } from "./race.js";
import type { RaceSettings } from "./race-settings.js";

export interface RacerChanges {
  onresting(name: OptimizerName, resting: boolean): void;
  onrate(name: OptimizerName, rate: number): void;
}

/** Who races, how fast, and how high up each one is: the numbers of the map for whoever cannot see it. */
export class RacerList {
  readonly element = element("div", { class: "stack racers" });
  readonly #site: Site;
  readonly #changes: RacerChanges;
  readonly #heights = new Map<OptimizerName, HTMLElement>();

  constructor(site: Site, changes: RacerChanges) {
    this.#site = site;
    this.#changes = changes;
  }

  /** Writes the list anew. */
  write({ rates, resting }: RaceSettings): void {
    const { say } = this.#site;
    fill(
      this.element,
      element(
        "div",
        { class: "racer racer-heads quiet small", "aria-hidden": "true" },
        element("span"),
        element("span", {}, say("train.learningRate")),
      ),
      OPTIMIZERS.map((name, i) => {
        const id = freshId("racer");
        const label = say(`train.opt.${name}`);
        const height = element("span", { class: "quiet small", "data-height": name }, "–");
        this.#heights.set(name, height);
        const box = element("input", {
          type: "checkbox",
          id,
          checked: !resting.has(name),
          onchange: () => this.#changes.onresting(name, !box.checked),
        });
        const rate = numberInput(
          { value: rates[name], min: 1e-6, max: 1000, label: say("race.rate", { name: label }) },
          (changed) => this.#changes.onrate(name, changed),
        );
        return element(
          "div",
          { class: "racer" },
          box,
          element("span", { class: `dot r${i}`, "aria-hidden": "true" }),
          element("div", {}, element("label", { for: id }, label), element("br"), height),
          rate,
        );
      }),
    );
  }

  /** Shows how high up everybody is by now. */
  showHeights({ hill }: RaceSettings, { ways }: Race): void {
    const { say, voice } = this.#site;
    for (const name of OPTIMIZERS) {
      const height = LANDSCAPES[hill].height(ways[name].at(-2)!, ways[name].at(-1)!);
      const isLost = !Number.isFinite(height) || Math.abs(height) >= 1e6;
      this.#heights.get(name)!.textContent =
        `${say("race.height")} ${isLost ? say("race.lost") : voice.number(height, 4)}`;
    }
  }
}
