import type { Site } from "../app/site.js";
import { button, choice, field, type Hint, numberInput, select, withHint } from "../ui/controls.js";
import { element, fill } from "../ui/element.js";
import type { CaptureKind, CapturePanel } from "./capture/capture-panel.js";
import { captureTexts } from "./capture/capture-text.js";
import type { TrainingDesk } from "./desk.js";
import { chosenFiles, droppedFiles } from "./dropped-files.js";
import type { FileOfFolder, FilesFacts } from "./file-facts.js";
import { layerEditor } from "./layer-editor.js";
import { sizeOf } from "./network.js";
import type { Run } from "./run.js";
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
  | "target"
  | "samples";

/** Of wider tables the first columns are listed. */
const MOST_COLUMNS = 300;

/** The most epochs of data that is learned until it gets no better; pictures and recordings take longer each. */
const EPOCHS = { table: 200, pictures: 60, recordings: 60 } as const;

/** The form that writes a run's settings into the address. It shows what the address says, whoever changed it. */
export class SettingsForm {
  readonly element = element("form", {
    class: "settings card stack",
    onsubmit: (event: Event) => event.preventDefault(),
  });
  readonly #site: Site;
  readonly #desk: TrainingDesk;
  /** That files are being read, or what is wrong with them; and what was changed for them. */
  #message = "";
  #note = "";
  /** L2 as it was set for the data; what the visitor sets stays. */
  #usualL2: string | undefined;
  #shown = "";
  /** Whose sentences are shown: the form is written anew more often than they are closed. */
  readonly #openHints = new Set<Explained>();
  /** Where data is made with camera or motion sensor, once it was asked for. */
  #capture: CapturePanel | undefined;

  constructor(site: Site, desk: TrainingDesk) {
    this.#site = site;
    this.#desk = desk;
    this.show();
  }

  /** Writes the form anew where the settings became others than those shown, and keeps the focus where it was. */
  show(force = false): void {
    const settings = readSettings(this.#site.address);
    if (settings.data !== "files") this.close();
    const shown =
      JSON.stringify(settings) +
      this.#message +
      this.#note +
      JSON.stringify(this.#desk.files?.facts.table?.target ?? this.#desk.files?.facts.name);
    if (shown === this.#shown && !force) return;
    this.#shown = shown;
    const focused = (document.activeElement as HTMLElement | null)?.dataset.key;
    this.#write(settings);
    if (focused) this.element.querySelector<HTMLElement>(`[data-key="${focused}"]`)?.focus();
  }

  /** Lets the network of a run speak about what the sensor sees, once there is one. */
  showRun(run: Run | undefined): void {
    this.#capture?.show(run);
  }

  /** Turns the sensor off, if one is on. */
  close(): void {
    this.#capture?.close();
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
      NETWORKS.filter(
        (name) =>
          name !== "recordings" || name === settings.network || this.#desk.files?.facts.kind === "recordings",
      ).map((value) => ({ value, label: say(`train.net.${value}`) })),
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
          (data) => this.#choose(data),
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
    const facts = this.#desk.files?.facts;
    const chooser = (id: string, folder: boolean) => {
      const input = element("input", {
        type: "file",
        multiple: true,
        id,
        webkitdirectory: folder,
        onchange: () => void this.#open(chosenFiles(input.files ?? [])),
      });
      return input;
    };
    const drop = element(
      "div",
      {
        class: "drop stack",
        ondragover: (event: DragEvent) => {
          event.preventDefault();
          drop.classList.add("over");
        },
        ondragleave: () => drop.classList.remove("over"),
        ondrop: (event: DragEvent) => {
          event.preventDefault();
          drop.classList.remove("over");
          if (event.dataTransfer) void this.#drop(event.dataTransfer);
        },
      },
      chooser("data-files", false),
      element("label", { for: "data-files", class: "button" }, say("train.drop")),
      chooser("data-folder", true),
      element("label", { for: "data-folder", class: "button plain" }, say("train.folder")),
      element("p", { class: "quiet small" }, say("train.dropMore")),
    );
    const told = this.#message || (facts && [this.#loaded(facts), this.#note].filter(Boolean).join(". "));
    return element(
      "div",
      { class: "stack" },
      drop,
      told ? element("p", { class: "small", role: "status" }, told) : undefined,
      facts?.table && this.#tableFields(facts),
      this.#captureButtons(),
      this.#capture?.element,
      element("p", { class: "quiet small" }, say("train.stays")),
    );
  }

  #captureButtons(): HTMLElement {
    const text = captureTexts[this.#site.voice.language];
    return element(
      "div",
      { class: "stack" },
      (["camera", "motion"] as const).map((kind) =>
        button({ label: text[kind], plain: true }, () => void this.#record(kind)),
      ),
    );
  }

  /** Opens the place where data is made, or closes it again. */
  async #record(kind: CaptureKind): Promise<void> {
    const { CapturePanel } = await import("./capture/capture-panel.js");
    const before = this.#capture;
    before?.close();
    this.#capture =
      before?.kind === kind
        ? undefined
        : new CapturePanel(this.#site, kind, (files) => void this.#open(files));
    this.showRun(this.#desk.run);
    this.show(true);
  }

  #loaded({ name, samples, inputShape, task, outputs, held, skipped }: FilesFacts): string {
    const { say } = this.#site;
    const values = { name, samples, shape: inputShape.join("×"), held };
    const loaded =
      task === "numbers"
        ? say("train.loadedNumbers", values)
        : say("train.loaded", { ...values, classes: outputs });
    if (!skipped) return loaded;
    // The reason is a sentence, and ends as one.
    const first = skipped.first.replace(/\.$/, "");
    return `${loaded}. ${say("train.skipped", { ...skipped, first })}`;
  }

  /** Which column is predicted, and what the others are taken for. */
  #tableFields({ table }: FilesFacts): HTMLElement {
    const { say } = this.#site;
    const { target, columns, inputs } = table!;
    return element(
      "div",
      { class: "stack" },
      field(
        say("train.target"),
        keyed(
          "target",
          select(
            columns.slice(0, MOST_COLUMNS).map((name) => ({ value: name, label: name })),
            target,
            (chosen) => void this.#predict(chosen),
          ),
        ),
        this.#hint("target", say("train.target")),
      ),
      element(
        "details",
        {},
        element("summary", {}, say("train.columns", { columns: inputs.length })),
        element(
          "ul",
          { class: "columns small" },
          inputs
            .slice(0, MOST_COLUMNS)
            .map(({ name, kind, empty }) =>
              element(
                "li",
                {},
                element("strong", {}, name),
                ` ${say(`train.kind.${kind}`)}`,
                empty > 0 && `, ${say("train.empty", { empty })}`,
              ),
            ),
        ),
      ),
    );
  }

  /** Opens what was dropped; of folders, all that lies in them. */
  async #drop(transfer: DataTransfer): Promise<void> {
    try {
      const files = await droppedFiles(transfer);
      // Something else may have been dropped, as a picture of the page.
      if (files.length === 0) this.#message = this.#site.say("train.noFile");
      else return await this.#open(files);
    } catch (error) {
      this.#message = this.#site.voice.explain(error);
    }
    this.show(true);
  }

  async #open(files: readonly FileOfFolder[]): Promise<void> {
    const [first] = files;
    if (!first) return;
    this.#message = this.#site.say("train.reading", { name: first.file.name });
    this.show();
    await this.#tell(async () => {
      const { target } = readSettings(this.#site.address);
      await this.#desk.openFiles(files, target);
    });
  }

  async #predict(target: string): Promise<void> {
    this.#change({ target });
    await this.#tell(async () => {
      await this.#desk.predict(target);
    });
  }

  /** Does something with the visitor's files, and says what came of it. */
  async #tell(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#message = this.#note = "";
      this.#suit(this.#desk.files!.facts);
    } catch (error) {
      this.#message = this.#site.voice.explain(error);
    }
    this.show(true);
  }

  /** Takes the network, and how long it learns, from what the data is, where the visitor has chosen nothing else. */
  #suit({ kind, inputShape, samples, task, table }: FilesFacts): void {
    const { address, say } = this.#site;
    this.#change({ target: table?.target });
    const isPicture = inputShape.length === 3;
    const others = isPicture ? "cnn" : "mlp";
    const isRecordings = kind === "recordings";
    const isOwnKind = kind === "table" || kind === "pictures" || isRecordings;
    const usual = isOwnKind && (kind !== "table" || !isPicture) ? kind : others;
    const { network } = readSettings(address);
    const suitsShape = isPicture ? network !== "table" || kind !== "pictures" : !isConvolutional(network);
    const suits = network === "recordings" ? isRecordings : suitsShape;
    if (!suits || (isOwnKind && address.get("net") === undefined && network !== usual)) {
      this.#change({ network: usual });
      if (!isPicture && !isRecordings)
        this.#note = say("train.tableNetwork", { network: say(`train.net.${usual}`) });
    }
    if (isOwnKind && address.get("epochs") === undefined) this.#change({ epochs: EPOCHS[kind] });
    const l2 = address.get("l2");
    if (l2 !== undefined && l2 !== this.#usualL2) return;
    // As a prior on the weights, which more rows outweigh: the command's own number for the classes of tables.
    const hasPrior = readSettings(address).network === "table" && task === "classes";
    this.#change({ l2: hasPrior ? Number((1 / samples).toPrecision(2)) : 0 });
    this.#usualL2 = address.get("l2");
  }

  /** Back to digits: what suits a table or photographs does not suit them. */
  #choose(data: Settings["data"]): void {
    const { network } = readSettings(this.#site.address);
    const isOther =
      data === "digits" && (network === "table" || network === "pictures" || network === "recordings");
    this.#change({ data, ...(isOther && { network: "cnn", epochs: 1, target: undefined }) });
  }
}

function isConvolutional(network: Settings["network"]): boolean {
  return network === "cnn" || network === "lenet" || network === "pictures";
}

/** Marks a control, so that the focus finds it again in a form that was written anew. */
function keyed<T extends HTMLElement>(key: string, control: T): T {
  control.dataset.key = key;
  return control;
}
