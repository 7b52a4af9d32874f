import type { Site } from "../app/site.js";
import { Change } from "../ui/change.js";
import { element, fill } from "../ui/element.js";
import { confusionTable } from "./confusion-table.js";
import { mistakesList } from "./mistakes-list.js";
import type { Run } from "./run.js";

/** What the network makes of the held-out samples: the confusion matrix and the worst mistakes. */
export class ResultsPanel {
  readonly element = element("div", { class: "halves" });
  readonly #site: Site;
  readonly #written = new Change();

  constructor(site: Site) {
    this.#site = site;
  }

  show(run: Run | undefined): void {
    const { say } = this.#site;
    const { examination, test } = run ?? {};
    if (!this.#written.to([run !== undefined, examination?.loss])) return;
    if (!run) {
      fill(this.element);
      return;
    }
    const part = (title: string, more: string | undefined, content: HTMLElement | undefined) =>
      element(
        "section",
        { class: "card stack" },
        element("h2", {}, title),
        content && more ? element("p", { class: "quiet small" }, more) : undefined,
        content ?? element("p", { class: "quiet" }, say("train.later")),
      );
    fill(
      this.element,
      part(say("train.confusion"), undefined, examination && confusionTable(this.#site, examination)),
      part(
        say("train.mistakes"),
        say("train.mistakesMore"),
        examination && test && mistakesList(this.#site, examination, test),
      ),
    );
  }
}
