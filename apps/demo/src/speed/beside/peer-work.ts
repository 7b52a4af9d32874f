// What the page asks of another library, which works in a worker of its own, and what that answers.

export interface Values {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** A layer with the weights that training begins with, in Loam's layouts: Dense [inputs, units], Conv2d [filters, channels, height, width]. */
export type LayerPlan =
  | { readonly type: "Flatten" }
  | { readonly type: "ReLU" }
  | { readonly type: "Dense"; readonly kernel: Values; readonly bias: Values }
  | { readonly type: "Conv2d"; readonly padding: number; readonly kernel: Values; readonly bias: Values }
  | { readonly type: "MaxPool2d"; readonly side: number };

/** Adam as Kingma & Ba's Algorithm 1 has it, ε outside the root. */
export interface AdamPlan {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

export interface Batch {
  /** [batch, channels, height, width] */
  readonly inputs: Values;
  /** One-hot [batch, classes]. */
  readonly labels: Values;
}

/** A network that ends in logits, for softmax and cross entropy. */
export interface TrainingPlan {
  readonly layers: readonly LayerPlan[];
  readonly optimizer: AdamPlan;
  readonly batches: readonly Batch[];
}

export type PeerOrder =
  | { readonly open: TrainingPlan }
  /** So many steps, batch after batch from the first on; with `losses`, each is read back. */
  | { readonly steps: number; readonly losses: boolean };

export type PeerAnswer =
  | { readonly opened: true }
  | { readonly ms: number; readonly losses: readonly number[] }
  | { readonly error: string };

/** A network of that library, ready to be trained. */
export interface PeerTrainer {
  /** One step on a batch. @returns how to read its loss, or let go of it. */
  step(batch: number): { read(): number | Promise<number>; drop(): void };
}

/** Answers the page's orders one after the other. */
export function serve(open: (plan: TrainingPlan) => Promise<PeerTrainer>): void {
  let trainer: PeerTrainer | undefined;
  let batches = 1;
  const answer = async (order: PeerOrder): Promise<PeerAnswer> => {
    if ("open" in order) {
      batches = order.open.batches.length;
      trainer = await open(order.open);
      return { opened: true };
    }
    const losses: number[] = [];
    const began = performance.now();
    for (let i = 0; i < order.steps; i++) {
      const loss = trainer!.step(i % batches);
      // The last one is always waited for: until then work may be only promised.
      if (order.losses || i === order.steps - 1) losses.push(await loss.read());
      else loss.drop();
    }
    return { ms: performance.now() - began, losses };
  };
  addEventListener("message", async ({ data }: MessageEvent<PeerOrder>) => {
    try {
      postMessage(await answer(data));
    } catch (error) {
      const { message = String(error) } = error as Partial<Error>;
      postMessage({ error: message } satisfies PeerAnswer);
    }
  });
}
