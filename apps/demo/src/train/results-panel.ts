import type { Site } from "../app/site.js";
import { Change } from "../ui/change.js";
import { element, fill } from "../ui/element.js";
import { confusionTable } from "./confusion-table.js";
import { labelsTable } from "./labels-table.js";
import { mistakesList } from "./mistakes-list.js";
import { numbersPicture } from "./numbers-picture.js";
import { numbersTable } from "./numbers-table.js";
import type { Run } from "./run.js";

/** What the network makes of the held-out samples: the confusion matrix and the worst mistakes, or how far off its numbers are, or how well it tells each label. */
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
    if (!this.#written.to([run !== undefined, run?.facts.task, examination?.loss])) return;
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
    if (run.facts.task === "numbers") {
      const targets = examination?.kind === "numbers" ? examination.targets : [undefined];
      const titled = (title: string, target: string | undefined) =>
        targets.length > 1 ? `${target}: ${title}` : title;
      fill(
        this.element,
        targets.flatMap((figures) => [
          part(
            titled(say("train.toldAndRight"), figures?.target),
            say("train.toldAndRightMore"),
            figures && numbersPicture(this.#site, figures),
          ),
          part(
            titled(say("train.howFar"), figures?.target),
            undefined,
            figures && numbersTable(this.#site, figures),
          ),
        ]),
      );
      return;
    }
    if (run.facts.task === "labels") {
      const labels = examination?.kind === "labels" ? examination : undefined;
      fill(this.element, part(say("train.byColumn"), undefined, labels && labelsTable(this.#site, labels)));
      return;
    }
    const classes = examination?.kind === "classes" ? examination : undefined;
    fill(
      this.element,
      part(say("train.confusion"), undefined, classes && confusionTable(this.#site, classes)),
      part(
        say("train.mistakes"),
        say("train.mistakesMore"),
        classes && test && mistakesList(this.#site, classes, test),
      ),
    );
  }
}
