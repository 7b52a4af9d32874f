import { type ChildProcess, fork } from "node:child_process";
import type { Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import type { FromParent, FromProcess } from "./serve-orders.js";

/** How often an order is given to a process that ends without a word, as one does that the system kills for its memory. */
const ATTEMPTS = 3;

/** How much is kept of what a process says on stderr: its last words. */
const LAST_WORDS = 2000;

export interface ProcessPoolOptions {
  /** The program that each process runs, which calls `serveOrders`. */
  readonly script: string | URL;
  readonly args?: readonly string[];
  /** Node's own flags for it; default none. */
  readonly execArgv?: readonly string[];
  /** Whether what it prints is seen; default false. */
  readonly prints?: boolean;
  /** Seconds that an order may take to end once the signal has come, until its process is ended; default without end. */
  readonly grace?: number;
  /** What there is by a name, for a process that asks for it. */
  readonly find?: (name: string) => unknown;
}

/** What an order came to: its answer, or the last words of a process that ended over it again and again. */
export type Carried<Answer> = { readonly answer: Answer } | { readonly ended: string };

/**
 * Processes that carry out orders, plain data that structured cloning takes: made when there is work, and kept for the next order. A process that ends
 * costs the order that it had, which is given to another one, three times in all. Processes without an order do not keep the program alive, and end with it.
 */
export class ProcessPool<Order, Answer, News = never> {
  readonly #options: ProcessPoolOptions;
  readonly #idle: OrderProcess<Order, Answer, News>[] = [];
  readonly #all = new Set<OrderProcess<Order, Answer, News>>();

  constructor(options: ProcessPoolOptions) {
    this.#options = options;
  }

  /** Starts so many processes for orders that are to come. */
  prepare(count: number): void {
    while (this.#all.size < count) this.#idle.push(this.#start());
  }

  /**
   * Has an order carried out by a process that has no other.
   * @param onNews hears what it tells on the way
   * @returns undefined where the signal came and the process ended before it answered
   */
  async run(
    order: Order,
    signal: AbortSignal,
    onNews?: (news: News) => void,
  ): Promise<Carried<Answer> | undefined> {
    let ended = "";
    for (let attempt = 1; attempt <= ATTEMPTS && !signal.aborted; attempt++) {
      const one = this.#idle.pop() ?? this.#start();
      const carried = await one.ask(order, signal, onNews);
      if ("answer" in carried) {
        this.#idle.push(one);
        return carried;
      }
      this.#all.delete(one);
      ended = carried.ended;
    }
    return signal.aborted ? undefined : { ended: `its process ended ${ATTEMPTS} times: ${ended}` };
  }

  /** Ends the processes; orders under way are asked to stop, and waited for. */
  async close(): Promise<void> {
    await Promise.all([...this.#all].map((one) => one.close()));
    this.#all.clear();
    this.#idle.length = 0;
  }

  #start(): OrderProcess<Order, Answer, News> {
    const one = new OrderProcess<Order, Answer, News>(this.#options);
    this.#all.add(one);
    // One that ends while it has nothing to do is not given anything any more.
    void one.ended.then(() => {
      this.#all.delete(one);
      const at = this.#idle.indexOf(one);
      if (at >= 0) this.#idle.splice(at, 1);
    });
    return one;
  }
}

/** One process, with one order at a time. */
class OrderProcess<Order, Answer, News> {
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  readonly #grace: number | undefined;
  readonly #find: (name: string) => unknown;
  #lastWords = "";

  constructor({
    script,
    args = [],
    execArgv = [],
    prints = false,
    grace,
    find = () => undefined,
  }: ProcessPoolOptions) {
    this.#grace = grace;
    this.#find = find;
    // Of a group of its own: Ctrl-C is for the program, which asks its processes to stop, and a second one would end them at once.
    this.#child = fork(script, args, {
      detached: true,
      execArgv: [...execArgv],
      serialization: "advanced",
      stdio: ["ignore", prints ? "inherit" : "ignore", "pipe", "ipc"],
    });
    this.#child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.#lastWords = (this.#lastWords + text).slice(-LAST_WORDS);
      if (prints) process.stderr.write(text);
    });
    this.ended = new Promise((resolve) => {
      this.#child.once("error", (error) => resolve(error.message));
      // Not "close", which does not come when it was this side that hung up.
      this.#child.once("exit", (code, signal) => {
        const words = lastSentence(this.#lastWords);
        resolve(`${signal ?? `exit code ${code}`}${words ? `, ${words}` : ""}`);
      });
    });
    this.#keepsAlive(false);
  }

  /** Sends an order and waits for its answer, or the process's end. */
  async ask(
    order: Order,
    signal: AbortSignal,
    onNews: ((news: News) => void) | undefined,
  ): Promise<Carried<Answer>> {
    this.#keepsAlive(true);
    const over = new AbortController();
    const stop = () => {
      this.#send({ stop: true });
      if (this.#grace === undefined) return;
      setTimeout(1000 * this.#grace, undefined, { signal: over.signal }).then(
        () => this.#child.kill("SIGKILL"),
        () => {}, // it ended in time
      );
    };
    let hear: ((message: unknown) => void) | undefined;
    const answered = new Promise<Carried<Answer>>((resolve) => {
      hear = (message) => {
        const said = message as FromProcess<Answer, News>;
        if ("answer" in said) resolve({ answer: said.answer });
        else if ("news" in said) onNews?.(said.news);
        else this.#send({ asked: said.number, found: this.#find(said.asks) });
      };
      this.#child.on("message", hear);
    });
    signal.addEventListener("abort", stop, { once: true });
    try {
      this.#send({ order });
      return await Promise.race([answered, this.ended.then((ended) => ({ ended }))]);
    } finally {
      over.abort();
      signal.removeEventListener("abort", stop);
      this.#child.off("message", hear!);
      this.#keepsAlive(false);
    }
  }

  async close(): Promise<void> {
    this.#keepsAlive(true);
    if (this.#child.connected) this.#child.disconnect();
    await this.ended;
  }

  /** What cannot be sent is for a process that has ended, which is heard of. */
  #send(message: FromParent<Order>): void {
    this.#child.send(message as object, () => {});
  }

  /** Whether the program waits for this process. */
  #keepsAlive(does: boolean): void {
    const verb = does ? "ref" : "unref";
    this.#child[verb]();
    this.#child.channel?.[verb]();
    (this.#child.stderr as Socket | null)?.[verb]();
  }
}

/** What a process said last that is a sentence: of an error that nobody caught its message, and not Node's version below it. */
function lastSentence(text: string): string | undefined {
  const lines = text.split("\n").filter((line) => /^\S/.test(line) && !/^(Node\.js v|[{}])/.test(line));
  return (lines.findLast((line) => /^\w*Error\b.*: /.test(line)) ?? lines.at(-1))?.trim();
}
