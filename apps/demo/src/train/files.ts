import type { Divided, FileOfFolder, FilesAnswer, FilesFacts, FilesOrder } from "./file-facts.js";

/** The visitor's files, as they are read to predict one thing. They stay in a worker. */
export class OwnData {
  private constructor(
    readonly facts: FilesFacts,
    private readonly room: FilesRoom,
  ) {}

  /**
   * Reads IDX files, tables, or pictures or recordings in a folder a class. `targets` are the columns of a table to be predicted, where some were named.
   * @throws {Error} with the library's sentence about what is wrong.
   */
  static async read(files: readonly FileOfFolder[], targets: readonly string[]): Promise<OwnData> {
    const room = new FilesRoom();
    try {
      return new OwnData((await room.ask({ open: files, targets })) as FilesFacts, room);
    } catch (error) {
      room.close();
      throw error;
    }
  }

  /** The same table, of which other columns are predicted. @throws {Error} where that cannot be. */
  async predicting(targets: readonly string[]): Promise<OwnData> {
    return new OwnData((await this.room.ask({ targets })) as FilesFacts, this.room);
  }

  /** What to train on and what to hold out; the same samples as `--validation-split 0.1` holds out with the same seed. */
  async divide(seed: number): Promise<Divided> {
    return (await this.room.ask({ divide: seed, targets: this.facts.table?.targets ?? [] })) as Divided;
  }

  /** Whether these are pictures in the size of digits, told apart as ten classes. */
  get looksLikeDigits(): boolean {
    return this.facts.inputShape.join() === "1,28,28" && this.facts.outputs === 10;
  }

  /** Forgets the files. */
  close(): void {
    this.room.close();
  }
}

/** Whether data is learned in many epochs, until that gets no better on what is held out, as the command does with people's own. */
export function stopsByItself(data: OwnData | undefined): data is OwnData {
  return data !== undefined && ["table", "pictures", "recordings"].includes(data.facts.kind);
}

/** Epochs without a better loss on what is held out, after which a run is over: the command's own number. */
export const PATIENCE = 20;

/** The worker that has the files, which answers one question after the other. */
class FilesRoom {
  readonly #worker = new Worker(new URL("./files-worker.ts", import.meta.url), { type: "module" });
  #last: Promise<unknown> = Promise.resolve();

  ask(order: FilesOrder): Promise<FilesFacts | Divided> {
    const answered = this.#last.then(() => this.#ask(order));
    this.#last = answered.catch(() => {});
    return answered;
  }

  #ask(order: FilesOrder): Promise<FilesFacts | Divided> {
    return new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }: MessageEvent<FilesAnswer>) => {
        if ("error" in data) reject(Object.assign(new Error(data.error.message), data.error));
        else resolve(data);
      };
      this.#worker.onerror = (event) =>
        reject(new Error(event.message || "the files' worker could not be loaded"));
      this.#worker.postMessage(order);
    });
  }

  close(): void {
    this.#worker.terminate();
  }
}
