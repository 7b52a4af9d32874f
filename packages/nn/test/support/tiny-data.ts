import type { Dataset } from "../../src/data/dataset.js";

/**
 * A dataset of `samples` small images in which the class is the quarter that is bright: easy enough to be learnt in a few steps, and made
 * by a formula.
 */
export function quarters(samples: number, channels = 1): Dataset {
  const size = 6;
  const data = new Uint8Array(samples * channels * size * size);
  const labels = new Uint8Array(samples);
  for (let i = 0; i < samples; i++) {
    const label = (i * 7 + (i >> 2)) % 4;
    labels[i] = label;
    for (let c = 0; c < channels; c++)
      for (let y = 0; y < size; y++)
        for (let x = 0; x < size; x++) {
          const bright = (y < 3 ? 0 : 2) + (x < 3 ? 0 : 1) === label;
          const noise = (i * 31 + c * 17 + y * 13 + x * 7) % 60;
          data[((i * channels + c) * size + y) * size + x] = noise + (bright ? 150 : 0);
        }
  }
  return {
    name: "quarters",
    inputs: { data, shape: [samples, channels, size, size] },
    labels: { data: labels, shape: [samples] },
    scaling: { kind: "divide", by: 255 },
    classNames: ["top left", "top right", "bottom left", "bottom right"],
  };
}
