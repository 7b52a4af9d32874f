import type { Site } from "../app/site.js";
import { Change } from "../ui/change.js";
import { button } from "../ui/controls.js";
import { element, fill } from "../ui/element.js";
import { compareTable } from "./compare-table.js";
import { confusionTable } from "./confusion-table.js";
import type { TrainingDesk } from "./desk.js";
import type { Run } from "./run.js";
import { changeSettings } from "./settings.js";

/** Keeps a run, and sets it beside the one of now. */
export class ComparePanel {
  readonly element = element("div", { class: "stack" });
  readonly #site: Site;
  readonly #desk: TrainingDesk;
  readonly #written = new Change();

  constructor(site: Site, desk: TrainingDesk) {
    this.#site = site;
    this.#desk = desk;
  }

  show(run: Run | undefined): void {
    const { say } = this.#site;
    const { kept } = this.#desk;
    const isKept = run !== undefined && kept === run;
    const other = isKept ? undefined : kept;
    const isOver = run !== undefined && !run.active;
    const results = [other, run].map((one) => [one?.weightsHash, one?.examination?.loss]);
    if (!this.#written.to([run !== undefined, isOver, isKept, results])) return;
    if (!run && !kept) {
      fill(this.element);
      return;
    }
    const keptTitle = say("train.keptRun");
    const runs = [
      ...(other ? [{ title: keptTitle, run: other }] : []),
      ...(run ? [{ title: isKept ? keptTitle : say("train.thisRun"), run }] : []),
    ];
    fill(
      this.element,
      element(
        "section",
        { class: "card stack" },
        element("h2", {}, say("train.compare")),
        element("p", { class: "quiet" }, say("train.compareMore")),
        element(
          "div",
          { class: "row" },
          run && !isKept && button({ label: say("train.keep"), disabled: !isOver }, () => this.#desk.keep()),
          kept && button({ label: say("train.forget") }, () => this.#desk.forget()),
          kept &&
            button({ label: say("train.swap") }, () => changeSettings(this.#site.address, kept.settings)),
        ),
        kept && compareTable(this.#site, runs),
      ),
      other?.examination?.kind === "classes" && run?.examination?.kind === "classes"
        ? element(
            "section",
            { class: "card stack" },
            element("h2", {}, `${say("train.confusion")}: ${keptTitle}`),
            confusionTable(this.#site, other.examination),
          )
        : undefined,
    );
  }
}
