import type { Sequential, TableColumn } from "@loam/nn";
import type { RowPrediction } from "@loam/nn/data/table";
import type { Site } from "../app/site.js";
import { Change } from "../ui/change.js";
import { button, field, select } from "../ui/controls.js";
import { element, fill } from "../ui/element.js";
import type { TableFacts } from "./file-facts.js";
import type { Run } from "./run.js";

/** More columns than this make a form that nobody fills in; the others keep what the row has in them. */
const MOST_FIELDS = 24;
/** Classes of which the probability is shown. */
const MOST_CLASSES = 5;
const NOTHING = "";

/** A row of the visitor's own table as a form: the network answers whatever is in it. */
export class AskPanel {
  readonly element = element("div");
  readonly #site: Site;
  readonly #written = new Change();
  readonly #answer = element("div", { class: "asked", role: "status", "data-asked": "" });
  readonly #fields = element("div", { class: "row-fields" });
  #model: Sequential | undefined;
  #table: TableFacts | undefined;
  #at = 0;
  #row: Record<string, string> = {};
  /** Whether the row is as the table has it. */
  #isWhole = true;
  #asked = 0;

  constructor(site: Site) {
    this.#site = site;
  }

  show(run: Run | undefined): void {
    const isDone = run?.state === "done";
    if (!this.#written.to([isDone, isDone && run.weightsHash])) return;
    this.#model = isDone ? run.model : undefined;
    this.#table = run?.settings.data === "files" ? run.files?.facts.table : undefined;
    if (!this.#model || !this.#table || this.#columns.length === 0) {
      fill(this.element);
      return;
    }
    const { say } = this.#site;
    fill(
      this.element,
      element(
        "section",
        { class: "card stack" },
        element("h2", {}, say("train.ask")),
        element("p", { class: "quiet" }, say("train.askMore")),
        element("div", { class: "asking" }, this.#fields, this.#answer),
        element(
          "div",
          { class: "row" },
          button({ label: say("train.askAnother") }, () => this.#take(this.#at + 1)),
        ),
      ),
    );
    this.#take(0);
  }

  get #columns(): readonly TableColumn[] {
    const input = this.#model?.schema?.input;
    return input?.kind === "table" ? input.columns : [];
  }

  /** Fills the form with a row of the table. */
  #take(at: number): void {
    const { rows } = this.#table!;
    this.#at = at % rows.length;
    this.#row = { ...rows[this.#at] };
    this.#isWhole = true;
    fill(
      this.#fields,
      this.#columns.slice(0, MOST_FIELDS).map((column) => field(column.name, this.#control(column))),
    );
    void this.#ask();
  }

  #control(column: TableColumn): HTMLElement {
    const { name } = column;
    const value = this.#row[name] ?? NOTHING;
    const put = (text: string) => {
      this.#row[name] = text;
      this.#isWhole = false;
      void this.#ask();
    };
    if (column.kind === "word" || column.kind === "boolean") {
      const words = column.kind === "word" ? column.words : [column.yes, column.no];
      const options = [...new Set([value, ...words, NOTHING])].map((word) => ({
        value: word,
        label: word === NOTHING ? this.#site.say("train.askNothing") : word,
      }));
      return select(options, value, put);
    }
    const input = element("input", {
      type: "text",
      value,
      autocomplete: "off",
      ...(column.kind === "number" && { inputmode: "decimal" }),
      oninput: () => put(input.value.trim()),
    });
    return input;
  }

  async #ask(): Promise<void> {
    const turn = ++this.#asked;
    const model = this.#model!;
    const table = this.#table!;
    const { say, voice } = this.#site;
    try {
      const { predictRows } = await import("./ask-row.js");
      const { rows } = await predictRows(model, [withoutTargets(table, this.#row)]);
      if (turn !== this.#asked) return;
      const right = table.targets.map((target) => this.#row[target]).join(", ");
      fill(
        this.#answer,
        this.#says(rows[0]!),
        this.#isWhole && right
          ? element("p", { class: "quiet small" }, say("train.askRight", { answer: right }))
          : undefined,
      );
    } catch (error) {
      // The run was reset meanwhile, and its network is gone; or a cell cannot be read.
      if (turn === this.#asked && model === this.#model)
        fill(this.#answer, element("p", { class: "note bad" }, voice.explain(error)));
    }
  }

  /** Each answer in the data's own words, or in its own unit; and how probable each class is, or each label. */
  #says({ answer, probabilities = {} }: RowPrediction): HTMLElement[] {
    const { voice } = this.#site;
    const shares = Object.entries(probabilities)
      .sort(([, a], [, b]) => b - a)
      .slice(0, MOST_CLASSES);
    return [
      ...Object.entries(answer).flatMap(([target, told]) => [
        element("p", { class: "quiet small" }, target),
        element(
          "p",
          { class: "asked-answer", "data-asked-answer": "" },
          typeof told === "number" ? voice.significant(told, 4) : told,
        ),
      ]),
      element(
        "ul",
        { class: "asked-shares" },
        shares.map(([name, share]) =>
          element(
            "li",
            {},
            element("span", {}, name),
            element("meter", { min: 0, max: 1, value: share, "aria-label": name }),
            element("span", { class: "number" }, voice.percent(share, 0)),
          ),
        ),
      ),
    ];
  }
}

/** A row without what the network is to tell. */
export function withoutTargets(
  { targets }: TableFacts,
  row: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !targets.includes(name)));
}
