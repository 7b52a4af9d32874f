import type { Site } from "../../app/site.js";
import { button } from "../../ui/controls.js";
import { element, fill } from "../../ui/element.js";
import { offerFile } from "../../ui/offer-file.js";
import type { FileOfFolder } from "../file-facts.js";
import type { Run } from "../run.js";
import { Camera } from "./camera.js";
import "./capture.css";
import { type CaptureText, captureTexts } from "./capture-text.js";
import { holdButton } from "./hold-button.js";
import { Motion } from "./motion.js";
import { type Sensor, SensorError } from "./sensor.js";
import { zip } from "./zip.js";

export type CaptureKind = "camera" | "motion";

/** A class with what was recorded for it. */
interface Recorded {
  name: string;
  readonly samples: Blob[];
}

/** What was recorded so far; it outlives the view. */
const recorded: Record<CaptureKind, Recorded[]> = { camera: [], motion: [] };
/** Milliseconds between two questions to the network. */
const ASK_EVERY = 150;
/** Classes of which the probability is shown. */
const MOST_CLASSES = 6;

/** Makes a data set of one's own in the page: classes, and a button for each that records while it is held. */
export class CapturePanel {
  readonly element = element("div", { class: "capture stack", "data-capture": "" });
  readonly #site: Site;
  readonly #text: CaptureText;
  readonly #sensor: Sensor;
  readonly #classes: Recorded[];
  readonly #place = element("div", { class: "stack" });
  readonly #message = element("p", { class: "small", role: "status", "data-capture-status": "" });
  readonly #rows = element("ul", { class: "capture-classes" });
  readonly #ends = element("div", { class: "stack" });
  readonly #answer = element("div", {
    class: "asked capture-answer",
    "data-capture-answer": "",
    hidden: true,
  });
  #isOpen = false;
  #run: Run | undefined;
  #isAsking = false;

  constructor(
    site: Site,
    readonly kind: CaptureKind,
    /** Takes what was recorded as the data to learn from. */
    private readonly onUse: (files: readonly FileOfFolder[]) => void,
  ) {
    this.#site = site;
    this.#text = captureTexts[site.voice.language];
    const text = this.#text;
    this.#sensor = kind === "camera" ? new Camera(text.preview) : new Motion(text.trace);
    this.#classes = recorded[kind];
    const names = kind === "camera" ? text.firstNames : text.firstGestures;
    if (this.#classes.length === 0) for (const name of names) this.#classes.push({ name, samples: [] });
    this.element.append(
      element("h3", {}, kind === "camera" ? text.camera : text.motion),
      element("p", { class: "quiet small" }, kind === "camera" ? text.cameraMore : text.motionMore),
      this.#place,
      // Beside what it is about: both are in sight while the visitor moves.
      this.#answer,
      this.#message,
      this.#rows,
      this.#ends,
    );
    this.#write();
  }

  /** Asks the network of a run that is over, once it is one for what this records. */
  show(run: Run | undefined): void {
    this.#run = run;
    if (this.#model) void this.#ask();
    else this.#answer.hidden = true;
  }

  /** Turns the sensor off. */
  close(): void {
    this.#isOpen = false;
    this.#sensor.close();
    this.#write();
  }

  get #model() {
    const { run } = { run: this.#run };
    const kind = this.kind === "camera" ? "pictures" : "recordings";
    const isOwn = run?.settings.data === "files" && run.files?.facts.kind === kind;
    return isOwn && run.state === "done" && this.#isOpen ? run.model : undefined;
  }

  #say(
    name: Exclude<keyof CaptureText, "firstNames" | "firstGestures">,
    values: Readonly<Record<string, string | number>> = {},
  ): string {
    return this.#text[name].replace(/\{(\w+)\}/g, (_, key: string) => {
      const value = values[key]!;
      return typeof value === "number" ? this.#site.voice.number(value) : value;
    });
  }

  #write(): void {
    const text = this.#text;
    fill(
      this.#place,
      this.#isOpen
        ? this.#sensor.element
        : button(
            { label: this.kind === "camera" ? text.openCamera : text.openMotion, main: true },
            () => void this.#open(),
          ),
    );
    fill(
      this.#rows,
      this.#classes.map((one, at) => this.#row(one, at)),
    );
    this.#writeEnds();
  }

  async #open(): Promise<void> {
    this.#message.textContent = "";
    try {
      await this.#sensor.open();
      this.#isOpen = true;
      this.#write();
      this.show(this.#run);
    } catch (error) {
      this.#message.textContent =
        error instanceof SensorError
          ? this.#say(error.trouble)
          : this.#say("failed", { message: (error as Error).message });
    }
  }

  #row(one: Recorded, at: number): HTMLElement {
    const input = element("input", {
      type: "text",
      value: one.name,
      maxlength: 40,
      "aria-label": this.#say("className", { number: at + 1 }),
      onchange: () => {
        // It becomes a folder's name.
        one.name =
          input.value
            .replace(/[/\\]/g, "-")
            .replace(/^[.\s]+/, "")
            .trim() || this.#say("newName", { number: at + 1 });
        this.#write();
      },
    });
    const count = element("span", { class: "quiet small", "data-count": "" }, this.#count(one));
    const hold = holdButton(this.#say("hold", { name: one.name }), () => {
      if (!this.#isOpen) {
        void this.#open();
        return undefined;
      }
      this.#message.textContent = this.#say("holding", { name: one.name });
      const stop = this.#sensor.record((sample) => {
        one.samples.push(sample);
        count.textContent = this.#count(one);
      });
      return () =>
        void stop().then((isGood) => {
          this.#message.textContent = isGood ? "" : this.#text.short;
          this.#writeEnds();
          forget.disabled = one.samples.length === 0;
        });
    });
    const forget = button(
      {
        label: this.#say("forget", { name: one.name }),
        icon: "close",
        iconOnly: true,
        plain: true,
        disabled: one.samples.length === 0,
      },
      () => {
        one.samples.length = 0;
        this.#write();
      },
    );
    return element("li", {}, input, hold, count, forget);
  }

  #count({ samples }: Recorded): string {
    return this.#say(this.kind === "camera" ? "pictures" : "recordings", { count: samples.length });
  }

  #writeEnds(): void {
    const { least } = this.#sensor;
    const used = this.#classes.filter(({ samples }) => samples.length > 0);
    const isEnough =
      used.length > 1 &&
      used.every(({ samples }) => samples.length >= least) &&
      new Set(used.map(({ name }) => name)).size === used.length;
    fill(
      this.#ends,
      element(
        "div",
        { class: "row" },
        button({ label: this.#text.use, main: isEnough, disabled: !isEnough }, () =>
          this.onUse(this.#files()),
        ),
        button({ label: this.#text.addClass, plain: true }, () => {
          this.#classes.push({
            name: this.#say("newName", { number: this.#classes.length + 1 }),
            samples: [],
          });
          this.#write();
        }),
        used.length > 0 &&
          button(
            { label: this.#text.download, icon: "download", plain: true },
            () => void zip(this.#files()).then((archive) => offerFile(archive, `${this.#sensor.folder}.zip`)),
          ),
        this.#isOpen && button({ label: this.#text.close, plain: true }, () => this.close()),
      ),
      element("p", { class: "quiet small" }, this.#say("more", { least })),
      used.length > 0 && element("p", { class: "quiet small" }, this.#text.downloadMore),
    );
  }

  /** What was recorded as a folder with one folder a class. */
  #files(): FileOfFolder[] {
    const { folder, extension } = this.#sensor;
    return this.#classes.flatMap(({ name, samples }) =>
      samples.map((sample, i) => {
        const file = `${String(i + 1).padStart(4, "0")}.${extension}`;
        return { file: new File([sample], file), path: `${folder}/${name}/${file}` };
      }),
    );
  }

  /** Again and again, as long as there is a network to ask. */
  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      for (let model = this.#model; model; model = this.#model) {
        const shares = await this.#sensor.ask(model);
        if (shares && model === this.#model) this.#tell(shares);
        await new Promise((resolve) => setTimeout(resolve, ASK_EVERY));
      }
    } catch (error) {
      // A run that was reset has taken its network along.
      if (this.#model) this.#message.textContent = this.#site.voice.explain(error);
    } finally {
      this.#isAsking = false;
      this.#answer.hidden = this.#model === undefined;
    }
  }

  #tell(shares: Readonly<Record<string, number>>): void {
    const { voice } = this.#site;
    const sorted = Object.entries(shares).sort(([, a], [, b]) => b - a);
    this.#answer.hidden = false;
    fill(
      this.#answer,
      element("p", { class: "quiet small" }, this.#text.live),
      element("p", { class: "asked-answer", "data-capture-said": "" }, sorted[0]![0]),
      element(
        "ul",
        { class: "asked-shares" },
        sorted
          .slice(0, MOST_CLASSES)
          .map(([name, share]) =>
            element(
              "li",
              {},
              element("span", {}, name),
              element("meter", { min: 0, max: 1, value: share, "aria-label": name }),
              element("span", { class: "number" }, voice.percent(share, 0)),
            ),
          ),
      ),
    );
  }
}
