import type { Precision } from "@loam/kernels-as";
import { drawDigits } from "../train/digits.js";
import { measureLoop, measureSteps, ProductMeasure } from "./measurements.js";

export const PRODUCT = 512;
export const SIZES = [64, 128, 256, 1024] as const;
export const NETWORKS = ["mlp", "cnn", "lenet"] as const;
export type NetworkName = (typeof NETWORKS)[number];
const LOOP = 256;
const DIGITS = 2_000;

export interface ProductResult {
  readonly precision: Precision;
  readonly threads: number;
  readonly gflops: number;
}

/** What is being measured now. */
export type Task =
  | { readonly kind: "loop" }
  | { readonly kind: "product"; readonly precision: Precision; readonly threads: "auto" | 1 }
  | { readonly kind: "sizes" }
  | { readonly kind: "steps"; readonly network: NetworkName; readonly precision: Precision };

const PRECISIONS = ["standard", "fast"] as const;

const TASKS: readonly Task[] = [
  { kind: "loop" },
  ...PRECISIONS.flatMap((precision) =>
    ([1, "auto"] as const).map((threads): Task => ({ kind: "product", precision, threads })),
  ),
  { kind: "sizes" },
  ...NETWORKS.flatMap((network) =>
    PRECISIONS.map((precision): Task => ({ kind: "steps", network, precision })),
  ),
];

/** One run through all measurements. It goes on while another view is shown, since no one wants to wait for it twice. */
export class Survey {
  /** GFLOP/s of a plain loop. */
  loop: number | undefined;
  readonly products: ProductResult[] = [];
  /** GFLOP/s by size of the product, on all threads. */
  readonly sizes = new Map<number, number>();
  /** Steps a second by network and precision. */
  readonly steps = new Map<string, number>();
  binary: "plain" | "relaxed" | undefined;
  task: Task | undefined;
  error: string | undefined;
  isDone = false;
  readonly #onChange: () => void;
  #isStopped = false;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Measures one thing after the other. Never rejects: what went wrong is in `error`. */
  async run(): Promise<void> {
    try {
      for (const task of TASKS) {
        if (this.#isStopped) break;
        this.task = task;
        this.#onChange();
        await this.#measure(task);
      }
      this.isDone = !this.#isStopped;
    } catch (error) {
      this.error = (error as Error).message;
    }
    this.task = undefined;
    this.#onChange();
  }

  /** Ends it after the measurement of now; what was measured stays. */
  stop(): void {
    this.#isStopped = true;
  }

  async #measure(task: Task): Promise<void> {
    switch (task.kind) {
      case "loop":
        this.loop = await measureLoop(LOOP);
        return;
      case "product":
        return this.#measureProducts(task.precision, task.threads);
      case "sizes":
        return this.#measureSizes();
      case "steps": {
        const { training } = await drawDigits(DIGITS, () => {});
        const { network, precision } = task;
        this.steps.set(`${network} ${precision}`, await measureSteps(network, training, precision));
      }
    }
  }

  async #measureProducts(precision: Precision, asked: "auto" | 1): Promise<void> {
    const measure = await ProductMeasure.open(precision, asked);
    try {
      const { threads } = measure;
      if (precision === "fast") this.binary = measure.binary;
      if (this.products.some((known) => known.precision === precision && known.threads === threads)) return;
      this.products.push({ precision, threads, gflops: await measure.gflops(PRODUCT) });
    } finally {
      await measure.close();
    }
  }

  async #measureSizes(): Promise<void> {
    const measure = await ProductMeasure.open("standard", "auto");
    try {
      for (const size of SIZES) {
        this.sizes.set(size, await measure.gflops(size));
        this.#onChange();
      }
    } finally {
      await measure.close();
    }
  }
}
