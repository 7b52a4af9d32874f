import type { Sequential } from "@loam/nn";
import { fetchNetwork } from "./fetch-network.js";

/** The network that comes with the site; `scripts/train-demo-network.mjs` made it. */
const SHIPPED = "./models/digits.safetensors";

/** Which network reads what is drawn. */
export type ReaderName = "shipped" | "own";

/** The networks that can read digits: the one that comes with the site, and the one that was trained or loaded here, if any. */
export class Readers {
  #shipped: Promise<Sequential> | undefined;
  #own: Sequential | undefined;
  readonly #listeners = new Set<() => void>();

  /** Loads the shipped network when it is first asked for. */
  shipped(): Promise<Sequential> {
    this.#shipped ??= fetchNetwork(SHIPPED).catch((error: unknown) => {
      this.#shipped = undefined;
      throw error;
    });
    return this.#shipped;
  }

  get own(): Sequential | undefined {
    return this.#own;
  }

  /** True when the visitor's network can read 28x28 pictures as ten digits. */
  get ownReads(): boolean {
    return this.#own?.inputShape.join() === "1,28,28" && this.#own.outputShape.join() === "10";
  }

  setOwn(model: Sequential | undefined): void {
    this.#own = model;
    this.tell();
  }

  /** Lets all who show what is read look again. */
  tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /** Called when the visitor's network became another. @returns what ends that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The network of that name, or the shipped one where there is no such. */
  async get(name: ReaderName): Promise<Sequential> {
    return name === "own" && this.#own && this.ownReads ? this.#own : await this.shipped();
  }
}
