import { loadModel, type Sequential } from "@loam/nn";
import type { Readers } from "../app/readers.js";
import { heldOutIfDrawn } from "./digits.js";
import { examineClasses } from "./examination.js";
import type { FileOfFolder } from "./file-facts.js";
import { OwnData } from "./files.js";
import { Run } from "./run.js";
import type { Settings } from "./settings.js";

/** The training room: the run of now, the run that is kept for comparison, the visitor's files. It outlives the view. */
export class TrainingDesk {
  run: Run | undefined;
  kept: Run | undefined;
  files: OwnData | undefined;
  /** The network that was loaded from a file last, and how it did. */
  loaded:
    | { readonly name: string; readonly parameters: number; readonly accuracy: number | undefined }
    | undefined;
  readonly #readers: Readers;
  readonly #listeners = new Set<() => void>();

  constructor(readers: Readers) {
    this.#readers = readers;
  }

  /** True while a run is neither over nor failed. */
  get busy(): boolean {
    return this.run?.active ?? false;
  }

  /** Called after each change, many times a second while training. @returns what ends that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Begins a new run in place of the old one. */
  start(settings: Settings, stepping: boolean): void {
    void this.#letGo(this.run);
    this.loaded = undefined;
    this.run = new Run(settings, this.files, this.#changed, (model) => this.#readers.setOwn(model));
    void this.run.start(stepping);
    this.#changed();
  }

  reset(): void {
    const run = this.run;
    this.run = undefined;
    void this.#letGo(run);
    this.#changed();
  }

  /** Sets the run aside, so that the next one can be compared with it. */
  keep(): void {
    if (!this.run) return;
    const before = this.kept;
    this.kept = this.run;
    if (before !== this.run) void before?.stop();
    this.#changed();
  }

  forget(): void {
    const kept = this.kept;
    this.kept = undefined;
    if (kept !== this.run) void kept?.stop();
    this.#changed();
  }

  /** Reads the visitor's data, of a table to predict those columns. @throws {Error} with a sentence about what is wrong. */
  async openFiles(files: readonly FileOfFolder[], targets: readonly string[]): Promise<OwnData> {
    const before = this.files;
    this.files = await OwnData.read(files, targets);
    // A run that waits for its data has asked for it; any other has it.
    if (this.run?.state !== "data") before?.close();
    this.#changed();
    return this.files;
  }

  /** Predicts other columns of the table. @throws {Error} where that cannot be. */
  async predict(targets: readonly string[]): Promise<OwnData | undefined> {
    this.files = await this.files?.predicting(targets);
    this.#changed();
    return this.files;
  }

  /** Takes a network from a file as the visitor's own. @throws {FormatError} of the library. */
  async openModel(file: File): Promise<void> {
    const model = await loadModel(new Uint8Array(await file.arrayBuffer()), { threads: 1 });
    const test = heldOutIfDrawn();
    const fits = test && model.inputShape.join() === "1,28,28" && model.outputShape.join() === "10";
    const examination = fits ? await examineClasses(model, test, 10) : undefined;
    await model.ready();
    this.loaded = { name: file.name, parameters: model.parameters, accuracy: examination?.accuracy };
    this.#replaceOwn(model);
    this.#changed();
  }

  /** Curves and figures of a kept run stay; its memory is freed as soon as another network takes its place. */
  async #letGo(run: Run | undefined): Promise<void> {
    if (!run) return;
    if (this.#readers.own === run.model) this.#readers.setOwn(undefined);
    if (run === this.kept) {
      const model = run.model;
      run.model = undefined;
      await model?.close();
    } else await run.stop();
  }

  #replaceOwn(model: Sequential): void {
    const before = this.#readers.own;
    this.#readers.setOwn(model);
    if (before && before !== this.run?.model) void before.close();
  }

  readonly #changed = (): void => {
    for (const listener of [...this.#listeners]) listener();
  };
}
