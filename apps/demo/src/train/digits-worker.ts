// Draws synthetic digits away from the page's own thread: some ten thousand of them take seconds.
import { syntheticDigits } from "@loam/nn";

export interface DigitsOrder {
  readonly start: number;
  readonly samples: number;
}

export interface DigitsDelivery {
  readonly images: Uint8Array<ArrayBuffer>;
  readonly labels: Uint8Array<ArrayBuffer>;
}

/** The command's own stream of digits, whatever the run's seed. */
const SEED = 0;

addEventListener("message", ({ data: { start, samples } }: MessageEvent<DigitsOrder>) => {
  const { inputs, labels } = syntheticDigits({ samples, seed: SEED, start });
  const delivery: DigitsDelivery = {
    images: inputs.data as Uint8Array<ArrayBuffer>,
    labels: labels.data as Uint8Array<ArrayBuffer>,
  };
  postMessage(delivery, { transfer: [delivery.images.buffer, delivery.labels.buffer] });
});
