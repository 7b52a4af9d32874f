import type { Site } from "../app/site.js";
import type { MessageName } from "../text/index.js";
import { Change } from "../ui/change.js";
import { button } from "../ui/controls.js";
import { element, fill } from "../ui/element.js";
import type { TrainingDesk } from "./desk.js";
import type { NumberFigures } from "./examination.js";
import { sizeOf } from "./network.js";
import type { Run } from "./run.js";
import { readSettings, type Settings } from "./settings.js";

/** Train, pause, one step, reset; and how far the run is. */
export class RunControls {
  readonly element: HTMLElement;
  readonly #site: Site;
  readonly #desk: TrainingDesk;
  readonly #buttons: HTMLElement;
  readonly #status = element("p", { class: "quiet run-status", "data-status": "" });
  readonly #later = element("p", { class: "quiet small", role: "status" });
  readonly #meter = element("div");
  readonly #written = new Change();
  #spoken: Run["state"] | undefined;
  #obstacle: MessageName | undefined;

  constructor(site: Site, desk: TrainingDesk) {
    this.#site = site;
    this.#desk = desk;
    this.#buttons = element("div", { class: "row", role: "group", "aria-label": site.say("train.controls") });
    this.element = element(
      "div",
      { class: "stack" },
      this.#buttons,
      element("div", { class: "meter", "aria-hidden": "true" }, this.#meter),
      this.#status,
      this.#later,
    );
  }

  show(run: Run | undefined): void {
    this.#showButtons(run);
    const text = this.#statusText(run);
    this.#status.textContent = text;
    if (run?.state !== this.#spoken) {
      this.#spoken = run?.state;
      if (run?.state === "done" || run?.state === "failed" || run?.state === "paused")
        this.#site.announce(text);
    }
    this.#later.textContent = this.#note(run);
    this.#meter.classList.toggle("bad", run?.state === "failed" || (run?.state === "done" && guesses(run)));
    this.#meter.style.transform = `scaleX(${shareDone(run)})`;
  }

  /** What became of settings that were changed on the way. */
  #note(run: Run | undefined): string {
    const { say } = this.#site;
    if (run?.active && !run.isLike(readSettings(this.#site.address))) return say("train.changedLater");
    if (run?.changedAt === undefined) return "";
    return say("train.rateNow", { rate: String(run.learningRate), step: run.changedAt });
  }

  #showButtons(run: Run | undefined): void {
    const settings = readSettings(this.#site.address);
    if (!this.#written.to([run?.state, settings, this.#desk.files?.facts])) return;
    this.#obstacle = this.#findObstacle(settings);
    const isReady = this.#obstacle === undefined;
    const { say } = this.#site;
    const focused = this.#buttons.contains(document.activeElement);
    // Read at the click: a change may be newer than the buttons, which are drawn with the next frame.
    const begin = (stepping: boolean) => this.#desk.start(readSettings(this.#site.address), stepping);
    const isPaused = run?.state === "paused";
    const first = this.#firstButton(run, isReady, () => begin(false));
    fill(
      this.#buttons,
      first,
      button({ label: say("train.step"), icon: "step", disabled: run?.active ? !isPaused : !isReady }, () =>
        isPaused ? run.step() : begin(true),
      ),
      button({ label: say("train.reset"), icon: "reset", disabled: !run }, () => this.#desk.reset()),
    );
    if (focused)
      (first.disabled ? this.#buttons.querySelector<HTMLElement>("button:enabled") : first)?.focus();
  }

  #firstButton(run: Run | undefined, isReady: boolean, begin: () => void): HTMLButtonElement {
    const { say } = this.#site;
    if (run?.state === "paused")
      return button({ label: say("train.resume"), icon: "play", main: true }, () => run.resume());
    if (!run?.active)
      return button({ label: say("train.start"), icon: "play", main: true, disabled: !isReady }, begin);
    // Before the first step there is nothing to pause.
    const disabled = run.state !== "training";
    return button({ label: say("train.pause"), icon: "pause", main: true, disabled }, () => run.pause());
  }

  /** What has to be there or to be put right before anything can be trained. */
  #findObstacle(settings: Settings): MessageName | undefined {
    const { files } = this.#desk;
    if (settings.data === "files" && !files) return "train.state.noFiles";
    return "error" in sizeOf(settings, files) ? "train.state.noFit" : undefined;
  }

  #doneText(run: Run): string {
    const { say, voice } = this.#site;
    const { examination } = run;
    if (!examination) return say("train.state.doneLoss");
    if (examination.kind === "numbers") {
      const [{ target, mae }, ...more] = examination.targets as [NumberFigures, ...NumberFigures[]];
      const values = { target, mae: voice.significant(mae) };
      if (more.length === 0) return say("train.state.doneNumbers", values);
      const far = examination.targets.map((one) => `${one.target} ${voice.significant(one.mae)}`).join(", ");
      return say("train.state.doneSeveral", { far });
    }
    const accuracy = voice.percent(examination.accuracy, examination.kind === "labels" ? 0 : 2);
    if (examination.kind === "labels") return say("train.state.doneLabels", { accuracy });
    return say(guesses(run) ? "train.state.guesses" : "train.state.done", { accuracy });
  }

  #statusText(run: Run | undefined): string {
    const { say, voice } = this.#site;
    switch (run?.state) {
      case "data":
        if (run.settings.data === "files") return say("train.state.building");
        return say("train.state.data", { done: run.drawn[0], total: run.drawn[1] });
      case "building":
        return say("train.state.building");
      case "training":
      case "paused": {
        const { epoch = 1, epochs = 1, step = 0, steps = 0 } = run.progress ?? {};
        return say(`train.state.${run.state}`, { epoch, epochs, step, steps });
      }
      case "done":
        return this.#doneText(run);
      case "failed":
        return say("train.state.failed", { message: voice.explain(run.error) });
      default:
        return say(this.#obstacle ?? "train.state.idle");
    }
  }
}

/** Whether a network that is done says one class of everything, as after steps that were too large. */
function guesses({ examination }: Run): boolean {
  if (examination?.kind !== "classes") return false;
  const { counts, classes } = examination;
  const said = Array.from({ length: classes }, (_, read) =>
    counts.some((count, i) => count > 0 && i % classes === read),
  );
  return classes > 1 && said.filter(Boolean).length === 1;
}

/** How much of what it is doing now a run has done. */
function shareDone(run: Run | undefined): number {
  if (run?.state === "data") return run.drawn[0] / run.drawn[1];
  // A run may stop before its last step.
  if (run?.state === "done") return 1;
  return run?.progress ? run.progress.step / run.progress.steps : 0;
}
