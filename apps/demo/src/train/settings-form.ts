import type { Site } from "../app/site.js";
import { choice, field, type Hint, numberInput, select, withHint } from "../ui/controls.js";
import { element, fill } from "../ui/element.js";
import type { TrainingDesk } from "./desk.js";
import { FewSamples, OneClass } from "./files.js";
import { layerEditor } from "./layer-editor.js";
import { sizeOf } from "./network.js";
import { changeSettings, NETWORKS, OPTIMIZERS, readSettings, SAMPLES, type Settings } from "./settings.js";

/** The settings that are explained; each has its sentence among the texts. */
type Explained =
  | "network"
  | "optimizer"
  | "learningRate"
  | "batchSize"
  | "epochs"
  | "dropout"
  | "l2"
  | "seed"
  | "data"
  | "samples";

/** The form that writes a run's settings into the address. It shows what the address says, whoever changed it. */
export class SettingsForm {
  readonly element = element("form", {
    class: "settings card stack",
    onsubmit: (event: Event) => event.preventDefault(),
  });
  readonly #site: Site;
  readonly #desk: TrainingDesk;
  #message = "";
  #shown = "";
  /** Whose sentences are shown: the form is written anew more often than they are closed. */
  readonly #openHints = new Set<Explained>();

  constructor(site: Site, desk: TrainingDesk) {
    this.#site = site;
    this.#desk = desk;
    this.show();
  }

  /** Writes the form anew where the settings became others than those shown, and keeps the focus where it was. */
  show(force = false): void {
    const settings = readSettings(this.#site.address);
    const shown = JSON.stringify(settings) + this.#message + (this.#desk.files?.name ?? "");
    if (shown === this.#shown && !force) return;
    this.#shown = shown;
    const focused = (document.activeElement as HTMLElement | null)?.dataset.key;
    this.#write(settings);
    if (focused) this.element.querySelector<HTMLElement>(`[data-key="${focused}"]`)?.focus();
  }

  #hint(name: Explained, label: string): Hint {
    const { say } = this.#site;
    return {
      label: say("train.whatIs", { name: label }),
      text: say(`train.help.${name}`),
      open: this.#openHints.has(name),
      ontoggle: (open) => {
        if (open) this.#openHints.add(name);
        else this.#openHints.delete(name);
      },
    };
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
          this.#hint("optimizer", say("train.optimizer")),
        ),
        this.#number("learningRate", settings.learningRate, 1e-9, 1000),
        this.#number("batchSize", settings.batchSize, 1, 4096, true),
        this.#number("epochs", settings.epochs, 1, 1000, true),
        settings.dropout !== undefined && this.#number("dropout", settings.dropout, 0, 0.95),
        this.#number("l2", settings.l2, 0, 10),
        this.#number("seed", settings.seed, 0, Number.MAX_SAFE_INTEGER, true),
      ),
      ...this.#dataFields(settings),
    );
  }

  #networkFields(settings: Settings): (HTMLElement | false)[] {
    const { say } = this.#site;
    const network = select(
      NETWORKS.map((value) => ({ value, label: say(`train.net.${value}`) })),
      settings.network,
      (chosen) => this.#change({ network: chosen }),
    );
    return [
      field(say("train.network"), keyed("network", network), this.#hint("network", say("train.network"))),
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
      this.#hint(name, this.#site.say(words[name])),
    );
  }

  #dataFields(settings: Settings): (HTMLElement | false)[] {
    const { say, voice } = this.#site;
    return [
      element(
        "div",
        { class: "field" },
        withHint(
          element("span", { class: "label" }, say("train.data")),
          this.#hint("data", say("train.data")),
        ),
        choice<Settings["data"]>(
          {
            label: say("train.data"),
            values: [
              { value: "digits", label: say("train.digits") },
              { value: "files", label: say("train.files") },
            ],
            value: settings.data,
          },
          (data) => this.#change({ data }),
        ),
      ),
      settings.data === "digits" &&
        field(
          say("train.samples"),
          keyed(
            "samples",
            select(
              [...new Set([...SAMPLES, settings.samples])]
                .sort((a, b) => a - b)
                .map((count) => ({ value: String(count), label: voice.number(count) })),
              String(settings.samples),
              (samples) => this.#change({ samples: Number(samples) }),
            ),
          ),
          this.#hint("samples", say("train.samples")),
        ),
      settings.data === "files" && this.#fileFields(),
    ];
  }

  #fileFields(): HTMLElement {
    const { say } = this.#site;
    const { files } = this.#desk;
    const input = element("input", {
      type: "file",
      multiple: true,
      id: "data-files",
      onchange: () => void this.#open([...(input.files ?? [])]),
    });
    const drop = element(
      "div",
      {
        class: "drop",
        ondragover: (event: DragEvent) => {
          event.preventDefault();
          drop.classList.add("over");
        },
        ondragleave: () => drop.classList.remove("over"),
        ondrop: (event: DragEvent) => {
          event.preventDefault();
          drop.classList.remove("over");
          void this.#open([...(event.dataTransfer?.files ?? [])]);
        },
      },
      input,
      element("label", { for: "data-files", class: "button" }, say("train.drop")),
      element("p", { class: "quiet small" }, say("train.dropMore")),
    );
    const samples = files?.whole.inputs.shape[0] ?? 0;
    const told =
      this.#message !== ""
        ? this.#message
        : files &&
          say("train.loaded", {
            name: files.name,
            samples,
            shape: files.whole.inputs.shape.slice(1).join("×"),
            classes: files.classes,
            held: files.test?.inputs.shape[0] ?? Math.floor(samples * 0.1 + 0.5),
          });
    return element(
      "div",
      { class: "stack" },
      drop,
      told ? element("p", { class: "small", role: "status" }, told) : undefined,
    );
  }

  #refusal(error: Error): string {
    const { say } = this.#site;
    if (error instanceof FewSamples)
      return say("train.fewSamples", { samples: error.samples, least: error.least });
    return error instanceof OneClass ? say("train.oneClass") : this.#site.voice.explain(error);
  }

  async #open(files: readonly File[]): Promise<void> {
    const [first] = files;
    if (!first) return;
    const { say } = this.#site;
    this.#message = say("train.reading", { name: first.name });
    this.show();
    try {
      await this.#desk.openFiles(files);
      this.#message = "";
      // Convolutions want pictures: a table gets the network that it can be given to.
      const isPicture = this.#desk.files!.whole.inputs.shape.length === 4;
      if (!isPicture && isConvolutional(readSettings(this.#site.address).network)) {
        this.#change({ network: "mlp" });
        this.#message = say("train.tableNetwork", { network: say("train.net.mlp") });
      }
    } catch (error) {
      this.#message = this.#refusal(error as Error);
    }
    this.show();
  }
}

function isConvolutional(network: Settings["network"]): boolean {
  return network === "cnn" || network === "lenet";
}

/** Marks a control, so that the focus finds it again in a form that was written anew. */
function keyed<T extends HTMLElement>(key: string, control: T): T {
  control.dataset.key = key;
  return control;
}
