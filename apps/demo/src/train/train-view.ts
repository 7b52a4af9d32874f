import type { Site } from "../app/site.js";
import { element } from "../ui/element.js";
import { viewHead } from "../ui/view-head.js";
import { AskPanel } from "./ask-panel.js";
import { ComparePanel } from "./compare-panel.js";
import type { TrainingDesk } from "./desk.js";
import { DrawForIt } from "./draw-for-it.js";
import { LearningPanel } from "./learning-panel.js";
import { ResultsPanel } from "./results-panel.js";
import { RunControls } from "./run-controls.js";
import { RunCurves } from "./run-curves.js";
import { RunFigures } from "./run-figures.js";
import { readSettings } from "./settings.js";
import { SettingsForm } from "./settings-form.js";
import { TakePanel } from "./take-panel.js";

/** Choose a network, train it, see what came of it. */
export async function trainView(main: HTMLElement, site: Site): Promise<() => void> {
  const view = new TrainView(site, await site.desk());
  main.append(viewHead(site.say("train.title"), site.say("train.lead")), view.element);
  view.start();
  return () => view.close();
}

/** Puts the panels together and tells them of changes; what is trained belongs to the desk and outlives them. */
class TrainView {
  readonly element: HTMLElement;
  readonly #site: Site;
  readonly #desk: TrainingDesk;
  readonly #form: SettingsForm;
  readonly #controls: RunControls;
  readonly #figures: RunFigures;
  readonly #learning: LearningPanel;
  readonly #drawForIt: DrawForIt;
  readonly #curves: RunCurves;
  readonly #ask: AskPanel;
  readonly #results: ResultsPanel;
  readonly #compare: ComparePanel;
  readonly #take: TakePanel;
  #ends: (() => void)[] = [];
  #isDue = false;

  constructor(site: Site, desk: TrainingDesk) {
    this.#site = site;
    this.#desk = desk;
    this.#form = new SettingsForm(site, desk);
    this.#controls = new RunControls(site, desk);
    this.#figures = new RunFigures(site);
    this.#learning = new LearningPanel(site);
    this.#drawForIt = new DrawForIt(site);
    this.#curves = new RunCurves(site);
    this.#ask = new AskPanel(site);
    this.#results = new ResultsPanel(site);
    this.#compare = new ComparePanel(site, desk);
    this.#take = new TakePanel(site, desk, [
      this.#figures.element,
      this.#curves.element,
      this.#results.element,
    ]);
    this.element = element(
      "div",
      { class: "train" },
      // First what a visitor comes for: on a phone the settings stand below it.
      element(
        "section",
        { class: "card stack", "aria-label": site.say("train.controls") },
        element("h2", { class: "unseen" }, site.say("train.controls")),
        this.#controls.element,
        element("div", { class: "while-learning" }, this.#learning.element, this.#drawForIt.element),
        this.#figures.element,
        this.#curves.element,
      ),
      this.#form.element,
      element(
        "div",
        { class: "stack wide" },
        this.#ask.element,
        this.#results.element,
        this.#compare.element,
        this.#take.element,
      ),
    );
  }

  start(): void {
    this.#ends.push(
      this.#desk.onChange(() => this.#schedule()),
      this.#site.address.onChange(() => {
        this.#form.show();
        this.#steer();
        this.#schedule();
      }),
    );
    this.#show();
  }

  close(): void {
    for (const end of this.#ends) end();
    this.#curves.close();
    this.#drawForIt.close();
    this.#form.close();
  }

  /** A learning rate is taken over by the run that is under way, unless it came with another network or optimizer. */
  #steer(): void {
    const { run } = this.#desk;
    if (!run?.active) return;
    const settings = readSettings(this.#site.address);
    if (run.isLike(settings)) run.changeLearningRate(settings.learningRate);
  }

  /** At most one drawing a frame, however often a run tells of itself. */
  #schedule(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      this.#show();
    });
  }

  #show(): void {
    const { run, kept } = this.#desk;
    this.#controls.show(run);
    this.#learning.show(run);
    this.#form.showRun(run);
    this.#drawForIt.show(run);
    this.#figures.show(run);
    this.#curves.show(run, kept);
    this.#ask.show(run);
    this.#results.show(run);
    this.#compare.show(run);
    this.#take.show(run);
  }
}
