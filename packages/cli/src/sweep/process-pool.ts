import { type ChildProcess, fork } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CommandError } from "../failure.js";
import type { TrialOrder, TrialReport } from "./run-trial.js";
import type { TrialReply } from "./trial-process.js";

/** From src/sweep/ or dist/sweep/ the command lies two folders up, and so from the bundle in dist/node/. */
const BIN = fileURLToPath(new URL("../../bin/loam.js", import.meta.url));

/** How often a trial is begun whose process ends without a word, as one does that the system kills for its memory. */
const ATTEMPTS = 3;

/** How much is kept of what a process says on stderr: its last words. */
const LAST_WORDS = 2000;

/** Processes that train: made when there is work, and kept for the next, since one takes half a second to start. */
export class ProcessPool {
  readonly #idle: TrialProcess[] = [];
  readonly #all = new Set<TrialProcess>();

  /**
   * Trains, or goes on with what lies in the folder; undefined when the signal came, and the folder keeps how far it got.
   * @throws {CommandError} where no process can be started, or this machine cannot do it: its disk is full.
   */
  async run(order: TrialOrder, signal: AbortSignal): Promise<TrialReport | undefined> {
    let why = "";
    for (let attempt = 1; attempt <= ATTEMPTS && !signal.aborted; attempt++) {
      const one = this.#idle.pop() ?? this.#start();
      const reply = await one.ask(order, signal);
      if ("ended" in reply) {
        this.#all.delete(one);
        why = reply.ended;
        continue;
      }
      this.#idle.push(one);
      if ("host" in reply) throw new CommandError(reply.host);
      return "report" in reply ? reply.report : undefined;
    }
    return signal.aborted ? undefined : { error: `its process ended ${ATTEMPTS} times: ${why}` };
  }

  /** Ends the processes; those that train keep how far they got. */
  async close(): Promise<void> {
    await Promise.all([...this.#all].map((one) => one.close()));
    this.#all.clear();
    this.#idle.length = 0;
  }

  #start(): TrialProcess {
    if (!existsSync(BIN)) throw new CommandError(`${BIN}: there is no such file; install @loam/cli anew.`);
    const one = new TrialProcess();
    this.#all.add(one);
    return one;
  }
}

/** One process, which trains one thing at a time. */
class TrialProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<string>;
  #lastWords = "";

  constructor() {
    // Of a group of its own: Ctrl-C is for the sweep, which asks its processes to stop, and a second one would end them at once.
    this.#child = fork(BIN, ["trial-process"], {
      detached: true,
      execArgv: [],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.#child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.#lastWords = (this.#lastWords + text).slice(-LAST_WORDS);
    });
    this.#ended = new Promise((resolve) => {
      this.#child.once("error", (error) => resolve(error.message));
      // Not "close", which does not come when it was this side that hung up.
      this.#child.once("exit", (code, signal) => {
        const words = this.#lastWords.trim().split("\n").at(-1);
        resolve(`${signal ?? `exit code ${code}`}${words ? `, ${words}` : ""}`);
      });
    });
  }

  /** Sends an order and waits for its end, or the process's. */
  async ask(order: TrialOrder, signal: AbortSignal): Promise<TrialReply | { readonly ended: string }> {
    const stop = () => void this.#child.kill("SIGTERM");
    let hear: ((reply: TrialReply) => void) | undefined;
    const replied = new Promise<TrialReply>((resolve) => {
      hear = resolve;
      this.#child.once("message", resolve);
    });
    signal.addEventListener("abort", stop, { once: true });
    try {
      // What cannot be sent is a process that has ended, which is heard of.
      this.#child.send(order, () => {});
      return await Promise.race([replied, this.#ended.then((ended) => ({ ended }))]);
    } finally {
      signal.removeEventListener("abort", stop);
      this.#child.off("message", hear!);
    }
  }

  async close(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    await this.#ended;
  }
}
