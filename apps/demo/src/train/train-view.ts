import type { Site } from "../app/site.js";
import { element } from "../ui/element.js";
import { viewHead } from "../ui/view-head.js";
import { AskPanel } from "./ask-panel.js";
import { ComparePanel } from "./compare-panel.js";
import { DataForm } from "./data-form.js";
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
  const head = viewHead(site.say("train.title"), site.say("train.lead"));
  const view = new TrainView(site, await site.desk(), head.querySelector("p")!);
  main.append(head, view.element);
  view.start();
  return () => view.close();
}

/** Puts the panels together and tells them of changes; what is trained belongs to the desk and outlives them. */
class TrainView {
  readonly element: HTMLElement;
  readonly #site: Site;
  readonly #desk: TrainingDesk;
  readonly #data: DataForm;
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
  /** Figures and curves: like all that follows from the data, they are not there before it is. */
  readonly #seen: HTMLElement;
  readonly #after = element("div", { class: "results stack wide" });
  #ends: (() => void)[] = [];
  #isDue = false;

  constructor(
    site: Site,
    desk: TrainingDesk,
    /** The sentence under the title, which speaks of what is learned from. */
    private readonly lead: HTMLElement,
  ) {
    this.#site = site;
    this.#desk = desk;
    this.#data = new DataForm(site, desk);
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
    this.#seen = element("div", { class: "stack" }, this.#figures.element, this.#curves.element);
    // What is set on the left, what comes of it on the right; on a phone the settings stand below the training.
    const left = element("div", {}, this.#data.element, this.#form.element);
    const right = element(
      "div",
      {},
      element(
        "section",
        { class: "training card stack", "aria-label": site.say("train.controls") },
        element("h2", { class: "unseen" }, site.say("train.controls")),
        this.#controls.element,
        element("div", { class: "while-learning" }, this.#learning.element, this.#drawForIt.element),
        this.#seen,
      ),
      this.#after,
    );
    this.#after.append(this.#ask.element, this.#results.element, this.#compare.element, this.#take.element);
    this.element = element("div", { class: "train" }, left, right);
  }

  start(): void {
    this.#ends.push(
      this.#desk.onChange(() => this.#schedule()),
      this.#site.address.onChange(() => {
        this.#data.show();
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
    this.#data.close();
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
    const { run, kept, files } = this.#desk;
    const isOwn = readSettings(this.#site.address).data === "files";
    this.lead.textContent = this.#site.say(isOwn ? "train.leadFiles" : "train.lead");
    const isChoosing = isOwn && !files && !run;
    this.element.classList.toggle("choosing", isChoosing);
    this.#form.element.hidden = this.#seen.hidden = this.#after.hidden = isChoosing;
    this.#controls.show(run);
    this.#learning.show(run);
    this.#form.show();
    this.#data.showRun(run);
    this.#drawForIt.show(run);
    this.#figures.show(run);
    this.#curves.show(run, kept);
    this.#ask.show(run);
    this.#results.show(run);
    this.#compare.show(run);
    this.#take.show(run);
  }
}
