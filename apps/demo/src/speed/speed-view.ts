import type { Site } from "../app/site.js";
import { Change } from "../ui/change.js";
import { button } from "../ui/controls.js";
import { element, fill } from "../ui/element.js";
import { viewHead } from "../ui/view-head.js";
import { BesidePanel } from "./beside/beside-panel.js";
import { ladder, type Rung } from "./ladder.js";
import { NETWORKS, SIZES, Survey, type Task } from "./survey.js";

/** The last survey, over or not; it outlives the view. */
let survey: Survey | undefined;
let onSurvey: (() => void) | undefined;

/** How fast this device multiplies matrices and trains networks. */
export function speedView(main: HTMLElement, site: Site): () => void {
  const view = new SpeedView(site);
  const beside = new BesidePanel(site);
  main.append(
    viewHead(site.say("speed.title"), site.say("speed.lead")),
    element("div", { class: "stack wide" }, view.element, beside.element),
  );
  const show = () => view.show();
  onSurvey = show;
  show();
  return () => {
    if (onSurvey === show) onSurvey = undefined;
    beside.close();
  };
}

class SpeedView {
  readonly element = element("div", { class: "stack wide" });
  readonly #site: Site;
  readonly #bar = element("div", { class: "row" });
  readonly #status = element("p", { class: "quiet", role: "status", "data-speed": "" });
  readonly #panels = element("div", { class: "speed-grid" });
  readonly #written = new Change();

  constructor(site: Site) {
    this.#site = site;
    this.element.append(element("div", { class: "row" }, this.#bar, this.#status), this.#panels);
  }

  show(): void {
    this.#showButton();
    this.#status.textContent = this.#statusText();
    fill(this.#panels, this.#products(), this.#steps(), this.#sizes(), this.#device());
  }

  #showButton(): void {
    const running = survey?.task !== undefined;
    if (!this.#written.to([survey !== undefined, running])) return;
    const focused = this.#bar.contains(document.activeElement);
    const { say } = this.#site;
    const measure = running
      ? button({ label: say("speed.stop"), icon: "close", main: true }, () => survey?.stop())
      : button({ label: say(survey ? "speed.again" : "speed.run"), icon: "play", main: true }, () => {
          survey = new Survey(() => onSurvey?.());
          void survey.run();
        });
    fill(this.#bar, measure);
    if (focused) measure.focus();
  }

  #statusText(): string {
    const { say } = this.#site;
    if (survey?.error !== undefined) return say("site.failed", { message: survey.error });
    if (survey?.task) return say("speed.running", { what: this.#nameOf(survey.task) });
    if (this.#site.deskIfOpen()?.busy) return say("speed.busy");
    return say(survey?.isDone ? "speed.done" : "speed.idle");
  }

  #nameOf(task: Task): string {
    const { say } = this.#site;
    switch (task.kind) {
      case "loop":
        return say("speed.loop");
      case "product":
        return task.threads === 1 ? this.#loam(1, task.precision === "fast") : say("speed.products");
      case "sizes":
        return say("speed.sizes");
      case "steps":
        return this.#stepsName(task.network, task.precision === "fast");
    }
  }

  #loam(threads: number, isFast = false): string {
    const { say } = this.#site;
    if (threads === 1) return say(isFast ? "speed.fastOne" : "speed.plainOne");
    return say(isFast ? "speed.fast" : "speed.plain", { threads });
  }

  #stepsName(network: (typeof NETWORKS)[number], isFast: boolean): string {
    const name = this.#site.say(`speed.steps.${network}`);
    return isFast ? `${name}, fast` : name;
  }

  #gflops(value: number): string {
    const { say, voice } = this.#site;
    return say("speed.gflops", { value: voice.number(value, value < 10 ? 1 : 0) });
  }

  #panel(title: string, more: string, content: HTMLElement): HTMLElement {
    return element(
      "section",
      { class: "card stack" },
      element("h2", {}, title),
      more && element("p", { class: "quiet" }, more),
      content,
    );
  }

  #ladder(title: string, rungs: readonly Rung[], show: (value: number) => string): HTMLElement {
    const { say } = this.#site;
    return ladder(title, [say("speed.what"), say("speed.measured")], rungs, show);
  }

  #products(): HTMLElement {
    const { say, voice } = this.#site;
    const measured = (survey?.products ?? []).map(({ precision, threads, gflops }): Rung => {
      const isFast = precision === "fast";
      const label = this.#loam(threads, isFast);
      return { label, value: gflops, ...(isFast && { kind: "fast" }) };
    });
    const rungs: Rung[] = [
      { label: say("speed.loop"), value: survey?.loop, kind: "other" },
      ...(measured.length > 0 ? measured : [{ label: this.#loam(1), value: undefined }]),
    ];
    const best = Math.max(0, ...measured.map(({ value = 0 }) => value));
    const factor =
      survey?.loop && best > 0 ? say("speed.factor", { factor: voice.number(best / survey.loop, 0) }) : "";
    const title = say("speed.products");
    return this.#panel(
      title,
      `${say("speed.productsMore")} ${factor}`,
      this.#ladder(title, rungs, (value) => this.#gflops(value)),
    );
  }

  #steps(): HTMLElement {
    const { say, voice } = this.#site;
    const rungs = NETWORKS.flatMap((network): Rung[] => [
      { label: this.#stepsName(network, false), value: survey?.steps.get(`${network} standard`) },
      { label: this.#stepsName(network, true), value: survey?.steps.get(`${network} fast`), kind: "fast" },
    ]);
    const title = say("speed.training");
    const show = (value: number) => say("speed.steps", { value: voice.number(value, 0) });
    return this.#panel(title, say("speed.trainingMore"), this.#ladder(title, rungs, show));
  }

  #sizes(): HTMLElement {
    const { say } = this.#site;
    const threads = crossOriginIsolated ? Math.min(8, navigator.hardwareConcurrency) : 1;
    const rungs = SIZES.map((size) => ({ label: `${size}×${size}`, value: survey?.sizes.get(size) }));
    const title = say("speed.sizes");
    return this.#panel(
      title,
      this.#loam(threads),
      this.#ladder(title, rungs, (value) => this.#gflops(value)),
    );
  }

  #device(): HTMLElement {
    const { say, voice } = this.#site;
    const yesNo = (yes: boolean) => say(yes ? "speed.yes" : "speed.no");
    const facts = [
      [say("speed.cores"), voice.number(navigator.hardwareConcurrency)],
      [say("speed.isolated"), yesNo(crossOriginIsolated)],
      [say("speed.relaxed"), survey?.binary ? yesNo(survey.binary === "relaxed") : "–"],
    ];
    const rows = facts.map(([name = "", value = ""]) =>
      element("tr", {}, element("th", { scope: "row" }, name), element("td", { class: "number" }, value)),
    );
    return this.#panel(
      say("speed.device"),
      "",
      element("table", { class: "plain" }, element("tbody", {}, rows)),
    );
  }
}
