import { reducedMotion } from "../app/preferences.js";
import type { Site } from "../app/site.js";
import { SettingHints } from "../train/setting-hints.js";
import { Chart } from "../ui/chart.js";
import { button, choice, field, numberInput, select, slider } from "../ui/controls.js";
import { copyable } from "../ui/copy.js";
import { element, fill } from "../ui/element.js";
import { offerFile } from "../ui/offer-file.js";
import { viewHead } from "../ui/view-head.js";
import { Diagram, layerButtons } from "./diagram.js";
import { FEATURES, inputsOf } from "./features.js";
import { Plane } from "./plane.js";
import { codeOf } from "./play-network.js";
import { LAST_EPOCH, type Look, PlayRun } from "./play-run.js";
import {
  ACTIVATIONS,
  type ActivationName,
  BATCHES,
  hasRoom,
  MOST_NOISE,
  OPTIMIZERS,
  type OptimizerName,
  onGrid,
  PENALTIES,
  type PlaySettings,
  RATES,
  readPlay,
  taskOf,
  writePlay,
} from "./play-settings.js";
import { SHAPES, type ShapeName } from "./points.js";

/** How far a run goes at once where less movement is wanted. */
const STILL_EPOCHS = 100;

/** A network of a few neurons that learns points of a plane while one watches. */
export function playView(main: HTMLElement, site: Site): () => void {
  const view = new PlayView(site);
  main.append(viewHead(site.say("play.title"), site.say("play.lead")), view.element);
  view.renew();
  return () => view.close();
}

function lossLegend({ say }: Site): HTMLElement {
  const entry = (swatch: string, text: string) => element("li", {}, element("span", { class: swatch }), text);
  return element(
    "ul",
    { class: "legend", "aria-hidden": "true" },
    entry("swatch", say("play.learnt")),
    entry("swatch second", say("play.heldOut")),
  );
}

class PlayView {
  readonly element: HTMLElement;
  readonly #site: Site;
  readonly #plane: Plane;
  readonly #diagram: Diagram;
  readonly #chart: Chart;
  readonly #buttons = element("div", { class: "row" });
  readonly #figures = element("dl", { class: "play-figures", "data-play": "" });
  readonly #note = element("p", { class: "quiet small", role: "status" });
  readonly #data = element("div", { class: "stack" });
  readonly #layers = element("div", { class: "row" });
  readonly #code = element("div", { class: "stack" });
  readonly #hints: SettingHints;
  #settings: PlaySettings;
  #run: PlayRun | undefined;
  #look: Look | undefined;
  #neuron: readonly [layer: number, place: number] | undefined;
  #newClass = "1";
  #shown = "";
  #closed = false;

  constructor(site: Site) {
    const { say, voice, address } = site;
    this.#site = site;
    this.#settings = readPlay(address);
    this.#hints = new SettingHints(site);
    this.#plane = new Plane(
      say("play.plane"),
      (x, y) => this.#addPoint(x, y),
      () => this.#settings.shape === "own",
    );
    this.#diagram = new Diagram(site, {
      onFeatures: (features) => this.#rebuild({ features }),
      onLayers: (layers) => this.#rebuild({ layers }),
      onNeuron: (neuron) => {
        this.#neuron = neuron;
        this.#showPlane();
      },
    });
    this.#chart = new Chart({
      title: say("play.loss"),
      xLabel: say("play.epoch"),
      tableLabel: say("site.table"),
      range: [0, null],
      series: [
        { label: say("play.learnt"), colour: "--accent" },
        { label: say("play.heldOut"), colour: "--second" },
      ],
      show: (value) => voice.number(value, 2),
    });
    const card = (name: string, ...children: (Node | string | false)[]) =>
      element("section", { class: `card stack play-${name}` }, children);
    const titled = (name: string, title: string, ...children: Node[]) =>
      card(name, element("h2", {}, title), ...children);
    this.element = element(
      "div",
      { class: "play" },
      element(
        "div",
        { class: "play-side" },
        card("plane", this.#plane.canvas, this.#buttons, this.#note, this.#figures),
        titled("points", say("play.points"), this.#data),
        titled("how", say("play.how"), this.#how()),
      ),
      element(
        "div",
        { class: "play-side" },
        titled(
          "net",
          say("play.network"),
          this.#diagram.element,
          this.#layers,
          element("p", { class: "quiet small" }, say("play.wires")),
        ),
        card("loss", this.#chart.element, lossLegend(site)),
        titled("code", say("play.code"), this.#code),
      ),
    );
  }

  /** A network that is learning is lost with the page. */
  readonly #ask = (event: BeforeUnloadEvent): void => {
    if (this.#run?.state === "training") event.preventDefault();
  };

  close(): void {
    removeEventListener("beforeunload", this.#ask);
    this.#closed = true;
    this.#diagram.close();
    this.#chart.close();
    void this.#run?.close();
  }

  /** A fresh network on the points of now. */
  renew(): void {
    void this.#run?.close();
    this.#look = undefined;
    this.#diagram.write(this.#settings);
    fill(
      this.#layers,
      layerButtons(this.#site, this.#settings.layers, (layers) => this.#rebuild({ layers })),
    );
    this.#writeData();
    addEventListener("beforeunload", this.#ask);
    this.#run = new PlayRun(this.#settings, (look) => this.#seen(look));
    this.#show();
    void this.#guard(() => this.#run!.look());
  }

  /** A run that was closed meanwhile fails at what it was asked before. */
  async #guard(work: () => Promise<void>): Promise<void> {
    const run = this.#run;
    try {
      await work();
    } catch (error) {
      if (run === this.#run && !this.#closed)
        this.#note.textContent = this.#site.say("site.failed", { message: this.#site.voice.explain(error) });
    }
  }

  #seen(look: Look): Promise<void> | void {
    if (this.#closed) return;
    this.#look = look;
    this.#show();
    // The page draws before the network goes on.
    if (this.#run?.state === "training" && !document.hidden)
      return new Promise((resolve) => requestAnimationFrame(() => resolve()));
  }

  #set(change: Partial<PlaySettings>): void {
    this.#settings = { ...this.#settings, ...change };
    writePlay(this.#site.address, this.#settings);
  }

  /** Another network, or other points: it begins anew, and goes on if it was going. */
  #rebuild(change: Partial<PlaySettings>): void {
    const going = this.#run?.state === "training";
    this.#set(change);
    this.renew();
    if (going) this.#play();
  }

  /** Another way of learning: the network goes on from where it is. */
  #adjust(change: Partial<PlaySettings>): void {
    this.#set(change);
    void this.#guard(async () => {
      await this.#run!.change(this.#settings);
      this.#show();
    });
  }

  #play(): void {
    this.#run?.play(reducedMotion() ? STILL_EPOCHS : undefined);
    this.#show();
  }

  #addPoint(x: number, y: number): void {
    if (!hasRoom(this.#settings)) {
      this.#note.textContent = this.#site.say("play.full");
      return;
    }
    this.#rebuild({ own: [...this.#settings.own, onGrid(x, y, Number(this.#newClass))] });
  }

  #show(): void {
    this.#showPlane();
    if (this.#look) this.#diagram.show(this.#look);
    this.#showFigures();
    this.#showButtons();
    const curve = this.#run?.curve;
    if (curve) this.#chart.set([[...curve.epochs], [...curve.learnt], [...curve.heldOut]]);
  }

  #showPlane(): void {
    const run = this.#run;
    if (!run) return;
    const [layer, place] = this.#neuron ?? [-1, 0];
    const asked = this.#look?.layers[layer]?.[place];
    const output = this.#look?.layers.at(-1)?.[0];
    const isOutput = asked === undefined || asked === output;
    const task = taskOf(this.#settings);
    // The sign of a logit tells the class: its sigmoid, moved to [−1, 1], tells how surely.
    const values = isOutput && task === "classes" ? output?.map((z) => Math.tanh(z / 2)) : (asked ?? output);
    this.#plane.show(values, run.learnt, run.heldOut, task);
  }

  #showFigures(): void {
    const { say, voice } = this.#site;
    const look = this.#look;
    const entry = (term: string, text: string) => [element("dt", {}, term), element("dd", {}, text)];
    fill(
      this.#figures,
      entry(say("play.epoch"), voice.number(look?.epoch ?? 0)),
      entry(say("play.lossLearnt"), look ? voice.number(look.loss, 3) : "–"),
      entry(
        say("play.lossHeldOut"),
        look?.heldOutLoss === undefined ? "–" : voice.number(look.heldOutLoss, 3),
      ),
      look?.right !== undefined && entry(say("play.right"), voice.percent(look.right, 0)),
    );
  }

  #showButtons(): void {
    const { say } = this.#site;
    const run = this.#run;
    const training = run?.state === "training";
    const empty = run?.learnt.length === 0;
    const state = JSON.stringify([training, run?.state, empty, run && run.epoch > 0, run?.straight]);
    if (state === this.#shown) return;
    this.#shown = state;
    const inside = this.#buttons.contains(document.activeElement);
    const at = [...this.#buttons.querySelectorAll("button")].indexOf(
      document.activeElement as HTMLButtonElement,
    );
    fill(
      this.#buttons,
      button(
        {
          label: say(training ? "play.pause" : "play.start"),
          icon: training ? "pause" : "play",
          main: true,
          disabled: empty || run?.state === "done",
        },
        () => {
          if (training) run.hold();
          else this.#play();
        },
      ),
      button({ label: say("play.step"), icon: "step", disabled: empty || training }, () => run?.play(1)),
      button({ label: say("play.again"), icon: "reset", iconOnly: true }, () => this.#rebuild({})),
    );
    if (inside) this.#buttons.querySelectorAll("button")[at]?.focus();
    this.#note.textContent = this.#noteText();
    void this.#writeCode();
  }

  #noteText(): string {
    const { say } = this.#site;
    const run = this.#run;
    if (run?.state === "failed") return say("site.failed", { message: run.error });
    if (run?.learnt.length === 0) return say("play.tap");
    if (run?.state === "done") return say("play.done", { epochs: LAST_EPOCH });
    return "";
  }

  #writeData(): void {
    const { say } = this.#site;
    const { shape, noise, seed, own } = this.#settings;
    const names = [...(Object.keys(SHAPES) as ShapeName[]), "own"] as const;
    const focused = [...this.#data.querySelectorAll<HTMLElement>("input, select, button")].indexOf(
      document.activeElement as HTMLElement,
    );
    fill(
      this.#data,
      field(
        say("play.shape"),
        select(
          names.map((value) => ({ value, label: say(`play.shape.${value}`) })),
          shape,
          (chosen) => this.#rebuild({ shape: chosen }),
        ),
      ),
      shape === "own"
        ? [
            choice(
              {
                label: say("play.newClass"),
                values: [
                  { value: "1", label: say("play.round") },
                  { value: "0", label: say("play.square") },
                ],
                value: this.#newClass,
              },
              (value) => {
                this.#newClass = value;
              },
            ),
            element("p", { class: "quiet small" }, say("play.tapMore")),
            element(
              "div",
              { class: "row" },
              button({ label: say("play.undo"), icon: "undo", disabled: own.length === 0 }, () =>
                this.#rebuild({ own: own.slice(0, -1) }),
              ),
              button({ label: say("play.clear"), icon: "clear", disabled: own.length === 0 }, () =>
                this.#rebuild({ own: [] }),
              ),
            ),
          ]
        : slider(
            {
              label: say("play.noise"),
              value: noise,
              min: 0,
              max: MOST_NOISE,
              step: 0.01,
              show: (value) => this.#site.voice.percent(value, 0),
            },
            (value) => this.#rebuild({ noise: value }),
          ),
      field(
        say("play.seed"),
        numberInput({ value: seed, min: 0, max: 2 ** 31 - 1, whole: true }, (value) =>
          this.#rebuild({ seed: value }),
        ),
        this.#hints.of("seed", say("play.seed")),
      ),
    );
    this.#data.querySelectorAll<HTMLElement>("input, select, button")[focused]?.focus();
  }

  #how(): HTMLElement {
    const { say } = this.#site;
    const { activation, optimizer, rate, l2, batch } = this.#settings;
    const hints = this.#hints;
    const numbers = (values: readonly number[]) =>
      values.map((value) => ({
        value: String(value),
        label: value === 0 ? say("play.none") : String(value),
      }));
    return element(
      "div",
      { class: "play-settings" },
      field(
        say("play.activation"),
        select(
          ACTIVATIONS.map((value) => ({ value, label: value })),
          activation,
          (value: ActivationName) => this.#rebuild({ activation: value }),
        ),
        hints.of("activation", say("play.activation")),
      ),
      field(
        say("play.rate"),
        select(numbers(RATES), String(rate), (value) => this.#adjust({ rate: Number(value) })),
        hints.of("learningRate", say("play.rate")),
      ),
      field(
        say("train.optimizer"),
        select(
          OPTIMIZERS.map((value) => ({ value, label: say(`train.opt.${value}`) })),
          optimizer,
          (value: OptimizerName) => this.#adjust({ optimizer: value }),
        ),
        hints.of("optimizer", say("train.optimizer")),
      ),
      field(
        say("train.batch"),
        select(numbers(BATCHES), String(batch), (value) => this.#adjust({ batch: Number(value) })),
        hints.of("batchSize", say("train.batch")),
      ),
      field(
        say("train.l2"),
        select(numbers(PENALTIES), String(l2), (value) => this.#rebuild({ l2: Number(value) })),
        hints.of("l2", say("train.l2")),
      ),
    );
  }

  /** The run as a program, as long as a program can say it: nothing was changed on the way, and it stands still. */
  async #writeCode(): Promise<void> {
    const { say, announce } = this.#site;
    const run = this.#run;
    if (!run || run.state === "training" || run.epoch === 0) {
      return fill(this.#code, element("p", { class: "quiet small" }, say("play.codeLater")));
    }
    if (!run.straight)
      return fill(this.#code, element("p", { class: "quiet small" }, say("play.codeChanged")));
    const hash = await run.weightsHash().catch(() => undefined);
    if (run !== this.#run || this.#closed || hash === undefined || run.epoch === 0) return;
    fill(
      this.#code,
      element("p", { class: "quiet small" }, say("play.codeMore", { epochs: run.epoch })),
      element("p", { class: "hash", "data-hash": hash }, element("code", {}, hash)),
      copyable(
        codeOf(this.#settings, run.epoch),
        { copy: say("site.copy"), copied: say("site.copied") },
        announce,
      ),
      element(
        "div",
        { class: "row" },
        button({ label: say("play.download"), icon: "download" }, () =>
          offerFile(new Blob([this.#table(run)], { type: "text/csv" }), "points.csv"),
        ),
      ),
    );
  }

  /** The learnt points as the network sees them. */
  #table(run: PlayRun): string {
    const { data, shape } = inputsOf(run.learnt, run.features);
    const width = shape[1]!;
    const head = [...run.features.map((name) => FEATURES[name].label), "target"].join(",");
    const rows = run.learnt.map(({ target }, i) =>
      [...data.subarray(i * width, (i + 1) * width), Math.fround(target)].join(","),
    );
    return `${[head, ...rows].join("\n")}\n`;
  }
}
