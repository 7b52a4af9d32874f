import { saveModel } from "@loam/nn";
import type { Site } from "../app/site.js";
import { elementHtml } from "../draw/element-html.js";
import { Change } from "../ui/change.js";
import { button } from "../ui/controls.js";
import { copyable, copyButton } from "../ui/copy.js";
import { element, fill } from "../ui/element.js";
import { offerFile } from "../ui/offer-file.js";
import { withoutTargets } from "./ask-panel.js";
import { commandLine, configFile } from "./command-line.js";
import type { TrainingDesk } from "./desk.js";
import type { FilesFacts } from "./file-facts.js";
import { DIGITS } from "./network.js";
import { programOf } from "./program.js";
import { reportPage } from "./report.js";
import type { Run } from "./run.js";
import { linkTo, readSettings, type Settings } from "./settings.js";

/** What a visitor takes away: the network as a file, and all that makes it again elsewhere. */
export class TakePanel {
  readonly element = element("div", { class: "stack wide" });
  readonly #site: Site;
  readonly #desk: TrainingDesk;
  readonly #message = element("p", { class: "small", role: "status" });
  readonly #written = new Change();

  constructor(
    site: Site,
    desk: TrainingDesk,
    /** What of a run is seen on the page, for its report. */
    private readonly seen: readonly HTMLElement[],
  ) {
    this.#site = site;
    this.#desk = desk;
  }

  show(run: Run | undefined): void {
    const { address } = this.#site;
    const { loaded, files } = this.#desk;
    // Of a run, the settings that it had; before it, those that it would have.
    const settings = run?.settings ?? readSettings(address);
    const isOver = run?.state === "done";
    const { ownReads } = this.#site.readers;
    const { weightsHash, changedAt } = run ?? {};
    if (!this.#written.to([isOver, weightsHash, changedAt, loaded, settings, files?.facts, ownReads])) return;
    this.#message.textContent = this.#loadedText();
    fill(this.element, this.#file(settings, isOver), this.#reproduce(settings, run));
  }

  #loadedText(): string {
    const { say, voice } = this.#site;
    const { loaded } = this.#desk;
    if (!loaded) return "";
    const { name, parameters, accuracy } = loaded;
    return accuracy === undefined
      ? say("train.loadedPlain", { name, parameters })
      : say("train.loadedModel", { name, parameters, accuracy: voice.percent(accuracy, 2) });
  }

  #file(settings: Settings, isOver: boolean): HTMLElement {
    const { say, readers, address, announce } = this.#site;
    const words = { copy: say("site.copy"), copied: say("site.copied") };
    const input = element("input", {
      type: "file",
      accept: ".safetensors",
      id: "model-file",
      class: "unseen",
      onchange: () => void this.#load(input.files?.[0]),
    });
    const drawLink = address.link("draw", { reader: "own" });
    return element(
      "section",
      { class: "card stack" },
      element("h2", {}, say("train.take")),
      element("p", { class: "quiet" }, say("train.takeMore")),
      element(
        "div",
        { class: "row" },
        button(
          { label: say("train.download"), icon: "download", disabled: !isOver },
          () => void this.#download(),
        ),
        input,
        element("label", { for: "model-file", class: "button", "data-load": "" }, say("train.load")),
        readers.ownReads && element("a", { class: "button plain", href: drawLink }, say("train.useInDraw")),
        button({ label: say("train.report"), icon: "download", disabled: !isOver }, () =>
          this.#downloadReport(),
        ),
      ),
      element("p", { class: "quiet small" }, say("train.reportMore")),
      this.#message,
      element("p", { class: "quiet" }, say("train.snippet")),
      element(
        "div",
        { "data-snippet": "" },
        copyable(snippet(fileName(settings), this.#facts(settings)), words, announce),
      ),
      (settings.data === "digits" || this.#desk.files?.looksLikeDigits) &&
        element(
          "div",
          { class: "stack", "data-embed": "" },
          element("p", { class: "quiet" }, say("train.embed")),
          copyable(elementHtml(fileName(settings)), words, announce),
        ),
    );
  }

  #facts({ data }: Settings): Pick<FilesFacts, "inputShape" | "table"> {
    return (data === "files" && this.#desk.files?.facts) || DIGITS;
  }

  #reproduce(settings: Settings, run: Run | undefined): HTMLElement {
    const { say, announce } = this.#site;
    const words = { copy: say("site.copy"), copied: say("site.copied") };
    const files = run?.files ?? this.#desk.files;
    const classes =
      run?.classes ?? (settings.data === "files" ? files?.facts.outputs : undefined) ?? DIGITS.outputs;
    const downloadConfig = () =>
      offerFile(new Blob([configFile(settings, classes, files)], { type: "application/json" }), "loam.json");
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
      run?.changedAt === undefined
        ? element("p", { class: "quiet" }, say("train.hashMore"))
        : element("p", { class: "note" }, say("train.notStraight")),
      copyable(commandLine(settings, files), words, announce),
      element("p", { class: "quiet" }, say("train.programMore")),
      element("div", { "data-program": "" }, copyable(programOf(settings, files, classes), words, announce)),
      settings.network === "custom"
        ? element(
            "div",
            { class: "stack" },
            element("p", { class: "quiet small" }, say("train.configMore")),
            button({ label: say("train.downloadConfig"), icon: "download" }, downloadConfig),
          )
        : undefined,
      element(
        "div",
        { class: "row" },
        copyButton({ label: say("train.copyLink"), icon: "link" }, linkTo(settings), words.copied, announce),
      ),
      element("p", { class: "quiet small" }, say("train.linkMore")),
    );
  }

  async #download(): Promise<void> {
    const { model, settings } = this.#desk.run ?? {};
    if (!model || !settings) return;
    const bytes = await saveModel(model);
    offerFile(new Blob([bytes as Uint8Array<ArrayBuffer>]), fileName(settings));
  }

  #downloadReport(): void {
    const { run } = this.#desk;
    if (run?.state !== "done") return;
    const page = reportPage(this.#site, run, this.seen);
    offerFile(new Blob([page], { type: "text/html" }), fileName(run.settings).replace("safetensors", "html"));
  }

  async #load(file: File | undefined): Promise<void> {
    if (!file) return;
    try {
      await this.#desk.openModel(file);
    } catch (error) {
      this.#message.textContent = `${file.name}: ${this.#site.voice.explain(error)}`;
    }
  }
}

function fileName({ network, seed }: Settings): string {
  return `loam-${network}-${seed}.safetensors`;
}

/** The same network in anybody's page; an end-to-end test runs it. */
function snippet(file: string, { inputShape, table }: Pick<FilesFacts, "inputShape" | "table">): string {
  const isRow = table !== undefined && inputShape.length === 1;
  if (isRow) {
    const row = withoutTargets(table, table.rows[0]!);
    return `import { loadModel } from "@loam/nn";
import { predictRows } from "@loam/nn/data/table";

const file = await fetch("${file}");
const model = await loadModel(new Uint8Array(await file.arrayBuffer()));
const { rows } = await predictRows(model, [${JSON.stringify(row)}]);`;
  }
  return `import { loadModel } from "@loam/nn";

const file = await fetch("${file}");
const model = await loadModel(new Uint8Array(await file.arrayBuffer()));
const { labels } = await model.classify({ data: inputs, shape: [1, ${inputShape.join(", ")}] });`;
}
