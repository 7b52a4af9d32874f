import { peers } from "#peers";
import "./beside.css";
import type { Site } from "../../app/site.js";
import { Change } from "../../ui/change.js";
import { button, choice } from "../../ui/controls.js";
import { element, fill } from "../../ui/element.js";
import { type BesideText, besideTexts } from "./beside-text.js";
import { CHECKED, Contest, type Entry, ROUNDS } from "./contest.js";
import { CONTEST_NETWORKS, type ContestNetwork } from "./plan.js";

/** What was compared last, by network; it outlives the view. */
const contests = new Map<ContestNetwork, Contest>();
let chosen: ContestNetwork = "mlp";
let onContest: (() => void) | undefined;

const running = () => [...contests.values()].find(({ isOver }) => !isOver);

/** Loam beside other libraries, on the visitor's own device. */
export class BesidePanel {
  readonly element = element("section", { class: "card stack beside", "data-beside": "" });
  readonly #site: Site;
  readonly #text: BesideText;
  readonly #bar = element("div", { class: "row" });
  readonly #status = element("p", { class: "quiet", role: "status", "data-beside-status": "" });
  readonly #results = element("div", { class: "stack" });
  readonly #written = new Change();
  readonly #shown = new Change();

  constructor(site: Site) {
    this.#site = site;
    this.#text = besideTexts[site.voice.language];
    const text = this.#text;
    const libraries = peers.map(({ name, version }) => `${name} ${version}`).join(", ");
    this.element.append(
      element("h2", {}, text.title),
      element("p", { class: "quiet" }, text.lead),
      choice(
        {
          label: text.network,
          values: CONTEST_NETWORKS.map((value) => ({ value, label: site.say(`speed.steps.${value}`) })),
          value: chosen,
        },
        (network) => {
          chosen = network;
          this.show();
        },
      ),
      element("div", { class: "row" }, this.#bar, this.#status),
      element(
        "p",
        { class: "quiet small" },
        peers.length > 0 ? this.#say("fetches", { libraries }) : text.without,
      ),
      this.#results,
    );
    const show = () => this.show();
    onContest = show;
    this.close = () => {
      if (onContest === show) onContest = undefined;
    };
    this.show();
  }

  /** Ends what the view hears of a comparison; the comparison itself goes on. */
  readonly close: () => void;

  show(): void {
    const contest = contests.get(chosen);
    this.#showButton(contest);
    const status = this.#statusOf(contest);
    if (this.#status.textContent !== status) this.#status.textContent = status;
    const told = contest?.entries.map(({ loss, difference, turns, error }) => [
      loss,
      difference,
      turns.length,
      error,
    ]);
    if (this.#shown.to([chosen, contest?.state.kind, told ?? "none"])) this.#showResults(contest);
  }

  #say(name: keyof BesideText, values: Readonly<Record<string, string | number>> = {}): string {
    return this.#text[name].replace(/\{(\w+)\}/g, (_, key: string) => {
      const value = values[key]!;
      return typeof value === "number" ? this.#site.voice.number(value) : value;
    });
  }

  #showButton(contest: Contest | undefined): void {
    const now = running();
    if (!this.#written.to([now !== undefined, contest !== undefined])) return;
    const focused = this.#bar.contains(document.activeElement);
    const control = now
      ? button({ label: this.#text.stop, icon: "close" }, () => now.stop())
      : button({ label: contest ? this.#text.again : this.#text.compare, icon: "play" }, () => this.#start());
    fill(this.#bar, control);
    if (focused) control.focus();
  }

  #start(): void {
    const threads = crossOriginIsolated ? Math.min(8, navigator.hardwareConcurrency) : 1;
    const contest = new Contest(chosen, threads, () => onContest?.());
    contests.set(chosen, contest);
    void contest.run();
  }

  #statusOf(contest: Contest | undefined): string {
    // Whoever trains meanwhile measures the training too.
    const busy = this.#site.deskIfOpen()?.busy ? this.#text.training : "";
    return [contest && this.#stateOf(contest), busy].filter(Boolean).join(" ");
  }

  #stateOf({ state, rounds }: Contest): string {
    switch (state.kind) {
      case "digits":
      case "done":
      case "stopped":
        return this.#say(state.kind, { rounds });
      case "opening":
        return this.#say("opening", { name: state.name });
      case "round":
        return this.#say("round", { round: state.round, rounds: ROUNDS });
      case "failed":
        return this.#site.say("site.failed", { message: this.#site.voice.explain(state.error) });
    }
  }

  #showResults(contest: Contest | undefined): void {
    const text = this.#text;
    if (!contest) {
      fill(this.#results);
      return;
    }
    const heads = [text.contender, text.least, text.median, text.loss];
    const isTold = contest.isOver || contest.state.kind === "round";
    fill(
      this.#results,
      element(
        "table",
        { class: "beside-table" },
        element("caption", { class: "unseen" }, text.caption),
        element(
          "thead",
          {},
          element(
            "tr",
            {},
            heads.map((head) => element("th", { scope: "col" }, head)),
          ),
        ),
        element(
          "tbody",
          {},
          contest.entries.map((entry) => this.#row(entry)),
        ),
      ),
      isTold && this.#agreement(contest),
      element("p", { class: "quiet small" }, this.#say("how", { steps: CHECKED })),
      peers.length > 0 &&
        element(
          "p",
          { class: "quiet small" },
          text.alone,
          " ",
          element("a", { href: "./assets/peer-licences.txt" }, text.licences),
          ` (${peers.map(({ name, licence }) => `${name}: ${licence}`).join(", ")})`,
        ),
    );
  }

  #row({ contender, turns, loss, error }: Entry): HTMLElement {
    const { voice } = this.#site;
    const { name, version, threads } = contender;
    const told = threads === 1 ? this.#text.oneThread : this.#say("threads", { threads });
    const head = element(
      "th",
      { scope: "row" },
      element("span", {}, name),
      element("span", { class: "quiet small" }, `${version}, ${told}`),
    );
    if (error !== undefined) {
      const words = element(
        "span",
        { class: "peer-error mono small", lang: "en", "data-peer-error": "" },
        error,
      );
      return element(
        "tr",
        {},
        head,
        element("td", { colspan: 3 }, element("p", { class: "small" }, this.#text.cannot), words),
      );
    }
    const sorted = [...turns].sort((a, b) => a - b);
    const ms = (value: number | undefined) =>
      value === undefined ? "–" : this.#say("ms", { ms: voice.significant(value, 3) });
    const middle = sorted.length >> 1;
    const median =
      sorted.length === 0 ? undefined : (sorted[middle]! + sorted[sorted.length - 1 - middle]!) / 2;
    return element(
      "tr",
      { class: name === "Loam" ? "own" : undefined },
      head,
      element("td", { class: "number", "data-least": sorted[0] }, ms(sorted[0])),
      element("td", { class: "number" }, ms(median)),
      element("td", { class: "number" }, loss === undefined ? "–" : voice.number(loss, 5)),
    );
  }

  /** Whether all did the same: a fast library that computes something else has won nothing. */
  #agreement({ entries, limit = 0 }: Contest): HTMLElement | undefined {
    const others = entries.slice(1).filter(({ difference, error }) => difference !== undefined && !error);
    if (others.length === 0) return undefined;
    const far = others.filter(({ difference }) => !(difference! <= limit));
    const most = Math.max(...others.map(({ difference }) => difference!));
    const values = {
      steps: CHECKED,
      difference: most.toExponential(1),
      limit: limit.toExponential(1),
      names: far.map(({ contender }) => contender.name).join(", "),
    };
    return far.length === 0
      ? element("p", { "data-agree": "" }, this.#say("agree", values))
      : element("p", { class: "note bad" }, this.#say("differ", values));
  }
}
