import type { Site } from "../app/site.js";
import { field, numberInput, select } from "../ui/controls.js";
import { element, fill } from "../ui/element.js";
import type { TrainingDesk } from "./desk.js";
import { layerEditor } from "./layer-editor.js";
import { sizeOf } from "./network.js";
import { keyed, rewrite, SettingHints } from "./setting-hints.js";
import { changeSettings, NETWORKS, OPTIMIZERS, readSettings, type Settings } from "./settings.js";

/** The form that writes a run's settings into the address. It shows what the address says, whoever changed it. */
export class SettingsForm {
  readonly element = element("form", {
    class: "settings card stack",
    onsubmit: (event: Event) => event.preventDefault(),
  });
  readonly #site: Site;
  readonly #desk: TrainingDesk;
  readonly #hints: SettingHints;
  #shown = "";

  constructor(site: Site, desk: TrainingDesk) {
    this.#site = site;
    this.#desk = desk;
    this.#hints = new SettingHints(site);
    this.show();
  }

  /** Writes the form anew where the settings became others than those shown, or the data, and keeps the focus where it was. */
  show(): void {
    const settings = readSettings(this.#site.address);
    const { name, inputShape, outputs } = this.#desk.files?.facts ?? {};
    const shown = JSON.stringify([settings, name, inputShape, outputs]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    rewrite(this.element, () => this.#write(settings));
  }

  #change(change: Partial<Settings>): void {
    changeSettings(this.#site.address, change);
  }

  #write(settings: Settings): void {
    const { say } = this.#site;
    fill(
      this.element,
      element("h2", {}, say("train.settings")),
      ...this.#networkFields(settings),
      element(
        "div",
        { class: "pair" },
        field(
          say("train.optimizer"),
          keyed(
            "optimizer",
            select(
              OPTIMIZERS.map((value) => ({ value, label: say(`train.opt.${value}`) })),
              settings.optimizer,
              (optimizer) => this.#change({ optimizer }),
            ),
          ),
          this.#hints.of("optimizer", say("train.optimizer")),
        ),
        this.#number("learningRate", settings.learningRate, 1e-9, 1000),
        this.#number("batchSize", settings.batchSize, 1, 4096, true),
        this.#number("epochs", settings.epochs, 1, 1000, true),
        settings.dropout !== undefined && this.#number("dropout", settings.dropout, 0, 0.95),
        this.#number("l2", settings.l2, 0, 10),
        this.#number("seed", settings.seed, 0, Number.MAX_SAFE_INTEGER, true),
      ),
    );
  }

  #networkFields(settings: Settings): (HTMLElement | false)[] {
    const { say } = this.#site;
    const network = select(
      NETWORKS.filter(
        (name) =>
          name !== "recordings" || name === settings.network || this.#desk.files?.facts.kind === "recordings",
      ).map((value) => ({ value, label: say(`train.net.${value}`) })),
      settings.network,
      (chosen) => this.#change({ network: chosen }),
    );
    return [
      field(say("train.network"), keyed("network", network), this.#hints.of("network", say("train.network"))),
      this.#fit(settings),
      settings.network === "custom" &&
        layerEditor(this.#site, settings.layers, (layers) => this.#change({ layers })),
    ];
  }

  /** How large the network is, or why its layers do not fit. */
  #fit(settings: Settings): HTMLElement {
    const { say } = this.#site;
    const size = sizeOf(settings, this.#desk.files);
    return "error" in size
      ? element(
          "p",
          { class: "note bad", role: "alert" },
          say("train.layersWrong", { message: this.#site.voice.explain(size.error) }),
        )
      : element("p", { class: "quiet small" }, say("train.parameters", { parameters: size.parameters }));
  }

  #number(
    name: "learningRate" | "batchSize" | "epochs" | "dropout" | "l2" | "seed",
    value: number,
    min: number,
    max: number,
    whole = false,
  ): HTMLElement {
    const words = {
      learningRate: "train.learningRate",
      batchSize: "train.batch",
      epochs: "train.epochs",
      dropout: "train.dropout",
      l2: "train.l2",
      seed: "train.seed",
    } as const;
    return field(
      this.#site.say(words[name]),
      keyed(
        name,
        numberInput(
          {
            value,
            min,
            max,
            whole,
            refusal: this.#site.say("train.range", { min: String(min), max: String(max) }),
          },
          (changed) => this.#change({ [name]: changed }),
        ),
      ),
      this.#hints.of(name, this.#site.say(words[name])),
    );
  }
}
