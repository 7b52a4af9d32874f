import { saveModel } from "@loam/nn";
import type { Site } from "../app/site.js";
import { Chart } from "../ui/chart.js";
import { button, copyable } from "../ui/controls.js";
import { element, fill } from "../ui/element.js";
import { viewHead } from "../ui/view-head.js";
import { commandLine, configFile } from "./command-line.js";
import { compareTable } from "./compare-table.js";
import { confusionTable } from "./confusion-table.js";
import { mergeCurves } from "./curve.js";
import type { TrainingDesk } from "./desk.js";
import { mistakesList } from "./mistakes-list.js";
import type { Run } from "./run.js";
import { changeSettings, linkTo, readSettings } from "./settings.js";
import { SettingsForm } from "./settings-form.js";

/** How often curves are drawn while training, in milliseconds: more often would only warm the room. */
const CHART_EVERY = 250;

/** Choose a network, train it, see what came of it. */
export async function trainView(main: HTMLElement, site: Site): Promise<() => void> {
  const view = new TrainView(site, await site.desk());
  main.append(viewHead(site.say("train.title"), site.say("train.lead")), view.element);
  view.start();
  return () => view.close();
}

const FIGURES = ["loss", "accuracy", "speed", "time"] as const;
type FigureName = (typeof FIGURES)[number];
type Part = "buttons" | "results" | "compare" | "take" | "spoken";

class TrainView {
  readonly element: HTMLElement;
  readonly #site: Site;
  readonly #desk: TrainingDesk;
  readonly #form: SettingsForm;
  readonly #buttons = element("div", { class: "row", role: "group" });
  readonly #status = element("p", { class: "quiet", "data-status": "" });
  readonly #meter = element("div");
  readonly #figureTexts: Readonly<Record<FigureName, { label: HTMLElement; value: HTMLElement }>>;
  readonly #results = element("div", { class: "halves" });
  readonly #compare = element("div", { class: "stack" });
  readonly #take = element("div", { class: "halves" });
  readonly #message = element("p", { class: "small", role: "status" });
  readonly #loss: Chart;
  readonly #accuracy: Chart;
  #ends: (() => void)[] = [];
  #due = false;
  #chartsAt = 0;
  #shown: Partial<Record<Part, string>> = {};

  constructor(site: Site, desk: TrainingDesk) {
    const { say, voice } = site;
    this.#site = site;
    this.#desk = desk;
    this.#form = new SettingsForm(site, desk);
    this.#buttons.setAttribute("aria-label", say("train.controls"));
    const series = [
      { label: say("train.thisRun"), colour: "--accent" },
      { label: say("train.heldOutCurve"), colour: "--accent", sparse: true },
      { label: say("train.keptRun"), colour: "--second" },
      { label: say("train.keptHeldOut"), colour: "--second", sparse: true },
    ] as const;
    const common = { xLabel: say("train.stepColumn"), tableLabel: say("site.table"), series };
    this.#loss = new Chart({
      ...common,
      title: say("train.lossCurve"),
      range: [0, null],
      show: (v) => voice.number(v, 2),
    });
    this.#accuracy = new Chart({
      ...common,
      title: say("train.accuracyCurve"),
      range: [0, 1],
      show: (v) => voice.percent(v, 0),
    });
    const figure = (name: FigureName) => ({
      label: element("dt"),
      value: element("dd", { "data-figure": name }),
    });
    this.#figureTexts = {
      loss: figure("loss"),
      accuracy: figure("accuracy"),
      speed: figure("speed"),
      time: figure("time"),
    };
    this.element = element(
      "div",
      { class: "train" },
      this.#form.element,
      element(
        "div",
        { class: "stack wide" },
        element(
          "section",
          { class: "card stack", "aria-label": say("train.controls") },
          element("div", { class: "row spread" }, this.#buttons, this.#status),
          element("div", { class: "meter", "aria-hidden": "true" }, this.#meter),
          element(
            "dl",
            { class: "figures" },
            FIGURES.map((name) =>
              element("div", {}, this.#figureTexts[name].label, this.#figureTexts[name].value),
            ),
          ),
          element("div", { class: "charts" }, this.#loss.element, this.#accuracy.element),
          this.#legend(),
        ),
        this.#results,
        this.#compare,
        this.#take,
      ),
    );
  }

  start(): void {
    this.#ends.push(
      this.#desk.onChange(() => this.#schedule()),
      this.#site.address.onChange(() => {
        this.#form.show();
        this.#schedule();
      }),
    );
    this.#show();
  }

  close(): void {
    for (const end of this.#ends) end();
    this.#loss.close();
    this.#accuracy.close();
  }

  #legend(): HTMLElement {
    const { say } = this.#site;
    const entry = (classes: string, text: string) =>
      element("li", {}, element("span", { class: `swatch ${classes}` }), text);
    return element(
      "ul",
      { class: "legend", "aria-hidden": "true" },
      entry("", say("train.thisRun")),
      entry("pale", say("train.heldOutCurve")),
      this.#desk.kept && entry("second", say("train.keptRun")),
    );
  }

  /** At most one drawing a frame, however often a run tells of itself. */
  #schedule(): void {
    if (this.#due) return;
    this.#due = true;
    requestAnimationFrame(() => {
      this.#due = false;
      this.#show();
    });
  }

  #show(): void {
    const { run } = this.#desk;
    this.#showButtons(run);
    this.#showStatus(run);
    this.#showFigures(run);
    this.#showCharts(run);
    this.#showResults(run);
    this.#showCompare(run);
    this.#showTake(run);
  }

  /** Writes a part only when what it shows became another, so that focus and open tables stay. */
  #changed(part: Part, state: unknown): boolean {
    const text = JSON.stringify(state);
    if (this.#shown[part] === text) return false;
    this.#shown[part] = text;
    return true;
  }

  #showButtons(run: Run | undefined): void {
    const settings = readSettings(this.#site.address);
    const ready = settings.data === "digits" || this.#desk.files !== undefined;
    if (!this.#changed("buttons", [run?.state, ready])) return;
    const { say } = this.#site;
    const focused = this.#buttons.contains(document.activeElement);
    const begin = (stepping: boolean) => this.#desk.start(readSettings(this.#site.address), stepping);
    const main = { main: true } as const;
    const busy = run?.state === "data" || run?.state === "building";
    const first =
      run?.state === "training" || busy
        ? button({ label: say("train.pause"), icon: "pause", ...main, disabled: busy }, () => run.pause())
        : run?.state === "paused"
          ? button({ label: say("train.resume"), icon: "play", ...main }, () => run.resume())
          : button({ label: say("train.start"), icon: "play", ...main, disabled: !ready }, () =>
              begin(false),
            );
    fill(
      this.#buttons,
      first,
      button(
        { label: say("train.step"), icon: "step", disabled: run?.active ? run.state !== "paused" : !ready },
        () => (run?.state === "paused" ? run.step() : begin(true)),
      ),
      button({ label: say("train.reset"), icon: "reset", disabled: !run }, () => this.#desk.reset()),
    );
    if (focused)
      (first.disabled ? this.#buttons.querySelector<HTMLElement>("button:enabled") : first)?.focus();
  }

  #showStatus(run: Run | undefined): void {
    const { announce } = this.#site;
    const text = this.#statusText(run);
    this.#status.textContent = text;
    if (run?.state !== this.#shown.spoken) {
      this.#shown.spoken = run?.state ?? "";
      if (run?.state === "done" || run?.state === "failed" || run?.state === "paused") announce(text);
    }
    const share =
      run?.state === "data"
        ? run.drawn[0] / run.drawn[1]
        : run?.progress
          ? run.progress.step / run.progress.steps
          : 0;
    this.#meter.style.transform = `scaleX(${share})`;
  }

  #statusText(run: Run | undefined): string {
    const { say, voice } = this.#site;
    switch (run?.state) {
      case "data":
        return say("train.state.data", { done: run.drawn[0], total: run.drawn[1] });
      case "building":
        return say("train.state.building");
      case "training":
      case "paused": {
        const { epoch = 1, epochs = 1, step = 0, steps = 0 } = run.progress ?? {};
        return say(`train.state.${run.state}`, { epoch, epochs, step, steps });
      }
      case "done":
        return run.examination
          ? say("train.state.done", { accuracy: voice.percent(run.examination.accuracy, 2) })
          : say("train.state.doneLoss");
      case "failed":
        return say("train.state.failed", { message: run.error ?? "" });
      default:
        return say("train.state.idle");
    }
  }

  #showFigures(run: Run | undefined): void {
    const { say, voice } = this.#site;
    const { progress, history, examination } = run ?? {};
    const perSecond = history?.samplesPerSecond ?? progress?.samplesPerSecond;
    const accuracy = examination?.accuracy ?? progress?.accuracy;
    const values = {
      loss: [say("train.loss"), progress ? voice.number(progress.loss, 3) : "–"],
      accuracy: [
        say(examination ? "train.heldOut" : "train.accuracy"),
        accuracy === undefined ? "–" : voice.percent(accuracy, examination ? 2 : 1),
      ],
      speed: [say("train.speed"), perSecond ? voice.number(Math.round(perSecond)) : "–"],
      time: [
        say(history ? "train.timeTaken" : "train.left"),
        history ? voice.duration(history.seconds) : progress ? voice.duration(progress.secondsLeft) : "–",
      ],
    } as const;
    for (const name of FIGURES) {
      const { label, value } = this.#figureTexts[name];
      if (label.textContent !== values[name][0]) label.textContent = values[name][0];
      if (value.textContent !== values[name][1]) value.textContent = values[name][1];
    }
  }

  #showCharts(run: Run | undefined): void {
    const now = performance.now();
    if (run?.state === "training" && now - this.#chartsAt < CHART_EVERY) return;
    this.#chartsAt = now;
    const kept = this.#desk.kept === run ? undefined : this.#desk.kept;
    const curves = [run?.curve, kept?.curve];
    this.#loss.set(mergeCurves(curves, "loss"));
    this.#accuracy.set(mergeCurves(curves, "accuracy"));
  }

  #showResults(run: Run | undefined): void {
    const { say } = this.#site;
    const { examination, test } = run ?? {};
    if (!this.#changed("results", [!!run, examination?.loss])) return;
    if (!run) {
      fill(this.#results);
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
      this.#results,
      part(say("train.confusion"), undefined, examination && confusionTable(this.#site, examination)),
      part(
        say("train.mistakes"),
        say("train.mistakesMore"),
        examination && test && mistakesList(this.#site, examination, test),
      ),
    );
  }

  #showCompare(run: Run | undefined): void {
    const { say } = this.#site;
    const { kept } = this.#desk;
    const other = kept && kept !== run ? kept : undefined;
    const isKept = run !== undefined && kept === run;
    const over = run !== undefined && !run.active;
    if (
      !this.#changed("compare", [
        over,
        isKept,
        other?.weightsHash,
        run?.weightsHash,
        run?.examination?.accuracy,
        !!run,
      ])
    )
      return;
    if (!run && !kept) {
      fill(this.#compare);
      return;
    }
    const runs = [
      ...(other ? [{ title: say("train.keptRun"), run: other }] : []),
      ...(run ? [{ title: isKept ? say("train.keptRun") : say("train.thisRun"), run }] : []),
    ];
    fill(
      this.#compare,
      element(
        "section",
        { class: "card stack" },
        element("h2", {}, say("train.compare")),
        element("p", { class: "quiet" }, say("train.compareMore")),
        element(
          "div",
          { class: "row" },
          run && !isKept && button({ label: say("train.keep"), disabled: !over }, () => this.#desk.keep()),
          kept && button({ label: say("train.forget") }, () => this.#desk.forget()),
          kept &&
            button({ label: say("train.swap") }, () => changeSettings(this.#site.address, kept.settings)),
        ),
        kept && compareTable(this.#site, runs),
      ),
      other?.examination && run?.examination
        ? element(
            "section",
            { class: "card stack" },
            element("h2", {}, `${say("train.confusion")}: ${say("train.keptRun")}`),
            confusionTable(this.#site, other.examination),
          )
        : undefined,
    );
  }

  #showTake(run: Run | undefined): void {
    const { say, voice, readers } = this.#site;
    const { loaded } = this.#desk;
    const over = run?.state === "done";
    if (!this.#changed("take", [over, run?.weightsHash, loaded])) return;
    const settings = run?.settings ?? readSettings(this.#site.address);
    const input = element("input", {
      type: "file",
      accept: ".safetensors",
      id: "model-file",
      class: "unseen",
      onchange: () => void this.#load(input.files?.[0]),
    });
    const told = loaded
      ? loaded.accuracy === undefined
        ? say("train.loadedPlain", loaded as { name: string; parameters: number })
        : say("train.loadedModel", { ...loaded, accuracy: voice.percent(loaded.accuracy, 2) })
      : "";
    this.#message.textContent = told;
    fill(
      this.#take,
      element(
        "section",
        { class: "card stack" },
        element("h2", {}, say("train.take")),
        element("p", { class: "quiet" }, say("train.takeMore")),
        element(
          "div",
          { class: "row" },
          button(
            { label: say("train.download"), icon: "download", disabled: !over },
            () => void this.#download(),
          ),
          input,
          element("label", { for: "model-file", class: "button", "data-load": "" }, say("train.load")),
          readers.ownReads &&
            element("a", { class: "button plain", href: this.#readerLink() }, say("train.useInDraw")),
        ),
        this.#message,
      ),
      this.#reproduce(settings, run),
    );
  }

  #readerLink(): string {
    return `${this.#site.address.link("draw").split("?")[0]}?reader=own`;
  }

  #reproduce(settings: Run["settings"], run: Run | undefined): HTMLElement {
    const { say, announce } = this.#site;
    const words = { copy: say("site.copy"), copied: say("site.copied") };
    const file = run?.files?.name ?? this.#desk.files?.name;
    return element(
      "section",
      { class: "card stack" },
      element("h2", {}, say("train.reproduce")),
      run?.weightsHash
        ? element(
            "div",
            {},
            element("p", { class: "quiet small" }, say("train.hash")),
            element("p", { class: "hash mono", "data-hash": "" }, run.weightsHash),
          )
        : undefined,
      element("p", { class: "quiet" }, say("train.hashMore")),
      copyable(commandLine(settings, file), words, announce),
      settings.network === "custom"
        ? element(
            "div",
            { class: "stack" },
            element("p", { class: "quiet small" }, say("train.configMore")),
            button({ label: say("train.downloadConfig"), icon: "download" }, () =>
              offer(
                new Blob([configFile(settings, run?.classes ?? 10, file)], { type: "application/json" }),
                "loam.json",
              ),
            ),
          )
        : undefined,
      element(
        "div",
        { class: "row" },
        button({ label: say("train.copyLink"), icon: "link" }, () => {
          void navigator.clipboard.writeText(linkTo(settings)).then(() => announce(words.copied));
        }),
      ),
      element("p", { class: "quiet small" }, say("train.linkMore")),
    );
  }

  async #download(): Promise<void> {
    const { model, settings } = this.#desk.run ?? {};
    if (!model || !settings) return;
    const bytes = await saveModel(model);
    offer(
      new Blob([bytes as Uint8Array<ArrayBuffer>]),
      `loam-${settings.network}-${settings.seed}.safetensors`,
    );
  }

  async #load(file: File | undefined): Promise<void> {
    if (!file) return;
    try {
      await this.#desk.openModel(file);
    } catch (error) {
      this.#message.textContent = `${file.name}: ${(error as Error).message}`;
    }
  }
}

/** Hands a file to the visitor, as downloads are. */
function offer(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = element("a", { href: url, download: name });
  link.click();
  // The download has begun with the click; the address is not needed any more.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
