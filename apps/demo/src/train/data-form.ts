import type { Site } from "../app/site.js";
import { button, choice, field, select, withHint } from "../ui/controls.js";
import { element, fill } from "../ui/element.js";
import type { CaptureKind, CapturePanel } from "./capture/capture-panel.js";
import { captureTexts } from "./capture/capture-text.js";
import type { TrainingDesk } from "./desk.js";
import { chosenFiles, droppedFiles } from "./dropped-files.js";
import type { FileOfFolder, FilesFacts } from "./file-facts.js";
import type { Run } from "./run.js";
import { keyed, rewrite, SettingHints } from "./setting-hints.js";
import { changeSettings, readSettings, SAMPLES, type Settings } from "./settings.js";
import { SuitsData } from "./suits-data.js";

/** Of wider tables the first columns are listed. */
const MOST_COLUMNS = 300;
/** A table for whoever has none at hand. */
const EXAMPLE = new URL("../../../../examples/tables/flats.csv", import.meta.url);
const NOTHING = "";

/** What is learned from: digits that the page draws, or the visitor's own files, and what of them is predicted. */
export class DataForm {
  readonly element = element("form", {
    class: "settings data card stack",
    onsubmit: (event: Event) => event.preventDefault(),
  });
  readonly #site: Site;
  readonly #desk: TrainingDesk;
  readonly #hints: SettingHints;
  readonly #suits: SuitsData;
  /** That files are being read, or what is wrong with them; and what was changed for them. */
  #message: { readonly text: string; readonly isBad?: boolean } | undefined;
  #note = "";
  #shown = "";
  /** Where data is made with camera or motion sensor, once it was asked for. */
  #capture: CapturePanel | undefined;

  constructor(site: Site, desk: TrainingDesk) {
    this.#site = site;
    this.#desk = desk;
    this.#hints = new SettingHints(site);
    this.#suits = new SuitsData(site.address);
    this.show();
  }

  /** Writes the form anew where it says something else by now, and keeps the focus where it was. */
  show(force = false): void {
    const { data, samples } = readSettings(this.#site.address);
    if (data !== "files") this.close();
    const { name, table } = this.#desk.files?.facts ?? {};
    const shown = JSON.stringify([data, samples, this.#message, this.#note, name, table?.targets]);
    if (shown === this.#shown && !force) return;
    this.#shown = shown;
    rewrite(this.element, () => this.#write(data, samples));
  }

  /** Lets the network of a run speak about what the sensor sees, once there is one. */
  showRun(run: Run | undefined): void {
    this.#capture?.show(run);
  }

  /** Turns the sensor off, if one is on. */
  close(): void {
    this.#capture?.close();
  }

  #change(change: Partial<Settings>): void {
    changeSettings(this.#site.address, change);
  }

  #write(data: Settings["data"], samples: number): void {
    const { say, voice } = this.#site;
    const isFiles = data === "files";
    fill(
      this.element,
      element(
        "div",
        { class: isFiles ? "data-choice files" : "data-choice" },
        element(
          "div",
          { class: "field" },
          withHint(element("h2", {}, say("train.data")), this.#hints.of("data", say("train.data"))),
          choice<Settings["data"]>(
            {
              label: say("train.data"),
              values: [
                { value: "digits", label: say("train.digits") },
                { value: "files", label: say("train.files") },
              ],
              value: data,
            },
            (chosen) => this.#choose(chosen),
          ),
        ),
        !isFiles &&
          field(
            say("train.samples"),
            keyed(
              "samples",
              select(
                [...new Set([...SAMPLES, samples])]
                  .sort((a, b) => a - b)
                  .map((count) => ({ value: String(count), label: voice.number(count) })),
                String(samples),
                (chosen) => this.#change({ samples: Number(chosen) }),
              ),
            ),
            this.#hints.of("samples", say("train.samples")),
          ),
      ),
      ...(isFiles ? this.#fileFields() : []),
    );
  }

  #fileFields(): (HTMLElement | false | undefined)[] {
    const { say } = this.#site;
    const facts = this.#desk.files?.facts;
    const told = facts && [this.#loaded(facts), this.#note].filter(Boolean).join(". ");
    const { text, isBad } = this.#message ?? { text: told };
    return [
      this.#drop(facts === undefined),
      text ? element("p", { class: isBad ? "note bad" : "small", role: "status" }, text) : undefined,
      facts?.table && this.#tableFields(facts),
      this.#otherWays(facts === undefined),
      this.#capture?.element,
      element("p", { class: "quiet small" }, say("train.stays")),
    ];
  }

  /** Where files are dropped or chosen; with what they may be, as long as there are none. */
  #drop(isFirst: boolean): HTMLElement {
    const { say } = this.#site;
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
          if (event.dataTransfer) void this.#take(event.dataTransfer);
        },
      },
      chooser("data-files", false),
      element(
        "label",
        { for: "data-files", class: isFirst ? "button main" : "button" },
        say(isFirst ? "train.drop" : "train.dropOther"),
      ),
      chooser("data-folder", true),
      element("label", { for: "data-folder", class: "button plain" }, say("train.folder")),
      isFirst && element("p", { class: "quiet small" }, say("train.dropMore")),
    );
    return drop;
  }

  /** What else can be learned from, by whoever has no file. */
  #otherWays(isFirst: boolean): HTMLElement {
    const { say, voice } = this.#site;
    const text = captureTexts[voice.language];
    return element(
      "div",
      { class: "other-ways" },
      element("p", { class: "quiet small" }, say(isFirst ? "train.noFileYet" : "train.orMake")),
      isFirst && button({ label: say("train.example"), plain: true }, () => void this.#openExample()),
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
    const values = { name, samples, shape: inputShape.join("×"), held, outputs, classes: outputs };
    const words = {
      classes: "train.loaded",
      numbers: outputs > 1 ? "train.loadedSeveral" : "train.loadedNumbers",
      labels: "train.loadedLabels",
    } as const;
    const loaded = say(words[task], values);
    if (!skipped) return loaded;
    // The reason is a sentence, and ends as one.
    const first = skipped.first.replace(/\.$/, "");
    return `${loaded}. ${say("train.skipped", { ...skipped, first })}`;
  }

  /** Which columns are predicted, and what the others are taken for. */
  #tableFields({ table, task, outputs }: FilesFacts): HTMLElement {
    const { say } = this.#site;
    const { targets, columns, inputs } = table!;
    const [first = NOTHING, ...others] = targets;
    const options = columns.slice(0, MOST_COLUMNS).map((name) => ({ value: name, label: name }));
    // A network tells several numbers at once, or several times yes or no.
    const isOne = task === "classes" && outputs > 2;
    const isAlike = ({ kind }: (typeof inputs)[number]) => kind === "number" || kind === "boolean";
    const more = isOne ? [] : inputs.slice(0, MOST_COLUMNS).filter(isAlike);
    const also = more.length > 0 ? [...others, NOTHING] : others;
    return element(
      "div",
      { class: "stack" },
      field(
        say("train.target"),
        keyed(
          "target",
          select(options, first, (chosen) => void this.#predict([chosen])),
        ),
        this.#hints.of("target", say("train.target")),
      ),
      also.map((name, at) => {
        const free = [NOTHING, name, ...more.map((one) => one.name)];
        const control = select(
          [...new Set(free)].map((value) => ({ value, label: value || say("train.alsoNothing") })),
          name,
          (chosen) => void this.#predict([first, ...others.toSpliced(at, 1, chosen)].filter(Boolean)),
        );
        return field(say("train.also"), keyed(name === NOTHING ? "another" : `also-${at}`, control));
      }),
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
  async #take(transfer: DataTransfer): Promise<void> {
    try {
      const files = await droppedFiles(transfer);
      // Something else may have been dropped, as a picture of the page.
      if (files.length === 0) this.#message = { text: this.#site.say("train.noFile"), isBad: true };
      else return await this.#open(files);
    } catch (error) {
      this.#message = { text: this.#site.voice.explain(error), isBad: true };
    }
    this.show(true);
  }

  async #openExample(): Promise<void> {
    const name = "flats.csv";
    await this.#tell(async () => {
      const file = new File([await (await fetch(EXAMPLE)).blob()], name);
      await this.#desk.openFiles([{ file, path: name }], []);
    });
  }

  async #open(files: readonly FileOfFolder[]): Promise<void> {
    const [first] = files;
    if (!first) return;
    this.#message = { text: this.#site.say("train.reading", { name: first.file.name }) };
    this.show();
    await this.#tell(async () => {
      const { targets } = readSettings(this.#site.address);
      await this.#desk.openFiles(files, targets);
    });
  }

  async #predict(targets: readonly string[]): Promise<void> {
    await this.#tell(async () => {
      await this.#desk.predict(targets);
    });
  }

  /** Does something with the visitor's files, and says what came of it. */
  async #tell(work: () => Promise<void>): Promise<void> {
    const { say } = this.#site;
    try {
      await work();
      this.#message = undefined;
      const { facts } = this.#desk.files!;
      this.#change({ targets: facts.table?.targets ?? [] });
      const network = this.#suits.take(facts);
      this.#note = network ? say("train.tableNetwork", { network: say(`train.net.${network}`) }) : "";
    } catch (error) {
      this.#message = { text: this.#site.voice.explain(error), isBad: true };
    }
    this.show(true);
  }

  /** Back to digits: what suits a table or photographs does not suit them. */
  #choose(data: Settings["data"]): void {
    const { network } = readSettings(this.#site.address);
    const isOther =
      data === "digits" && (network === "table" || network === "pictures" || network === "recordings");
    this.#change({ data, ...(isOther && { network: "cnn", epochs: 1, targets: [] }) });
  }
}
