import { SIGNAL_EXIT_CODES, Stopped, type StopSignal } from "./failure.js";
import { leave } from "./leave.js";

/**
 * Listens for SIGINT and SIGTERM while a command runs. The first one asks the work to stop where nothing is lost; a second one ends the
 * process at once. Without a listener of ours, Node would end it at the first.
 */
export class StopRequest {
  readonly #controller = new AbortController();
  #received: StopSignal | undefined;

  constructor() {
    process.on("SIGINT", this.#listen);
    process.on("SIGTERM", this.#listen);
  }

  /** Aborted at the first signal. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Which signal came, if one did. */
  get received(): StopSignal | undefined {
    return this.#received;
  }

  /** Ends the command here if a signal has come. @throws {Stopped} */
  throwIfStopped(message: string): void {
    if (this.#received !== undefined) throw new Stopped(this.#received, message);
  }

  /** Waits for work that cannot be asked to stop, but not once a signal has come: it is undefined then. */
  async orStopped<T>(work: Promise<T>): Promise<T | undefined> {
    const stopped = new Promise<undefined>((resolve) => {
      if (this.signal.aborted) resolve(undefined);
      else this.signal.addEventListener("abort", () => resolve(undefined), { once: true });
    });
    work.catch(() => {}); // when nobody is there any more to be told
    return Promise.race([work, stopped]);
  }

  /** Leaves signals to Node again. */
  ignore(): void {
    process.off("SIGINT", this.#listen);
    process.off("SIGTERM", this.#listen);
  }

  #listen = (name: NodeJS.Signals): void => {
    const received = name as StopSignal;
    if (this.#received !== undefined) leave(SIGNAL_EXIT_CODES[received]);
    this.#received = received;
    this.#controller.abort();
  };
}
