import type { Peer } from "#peers";
import type { Contender, Turn } from "./contender.js";
import type { PeerAnswer, PeerOrder, TrainingPlan } from "./peer-work.js";

type Trained = Extract<PeerAnswer, { readonly ms: number }>;

/** Another library, in a worker of its own. */
export class PeerContender implements Contender {
  readonly name: string;
  readonly version: string;
  /** Their threads come from blobs, which the page's policy refuses. */
  readonly threads = 1;
  readonly #open: () => Worker;
  #worker: Worker | undefined;

  constructor({ name, version, open }: Peer) {
    this.name = name;
    this.version = version;
    this.#open = open;
  }

  async open(plan: TrainingPlan): Promise<void> {
    this.#worker = this.#open();
    await this.#ask({ open: plan });
  }

  async losses(steps: number): Promise<readonly number[]> {
    return ((await this.#ask({ steps, losses: true })) as Trained).losses;
  }

  async turn(steps: number): Promise<Turn> {
    return { ms: ((await this.#ask({ steps, losses: false })) as Trained).ms / steps };
  }

  async close(): Promise<void> {
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  #ask(order: PeerOrder): Promise<PeerAnswer> {
    return new Promise((resolve, reject) => {
      const worker = this.#worker!;
      worker.onmessage = ({ data }: MessageEvent<PeerAnswer>) => {
        if ("error" in data) reject(new Error(data.error));
        else resolve(data);
      };
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message || "its files could not be fetched"));
      };
      worker.postMessage(order);
    });
  }
}
