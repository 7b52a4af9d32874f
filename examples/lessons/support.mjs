/** What the lessons' programs share: data, and a way to be short. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadMnist, syntheticDigits, takeSamples } from "@loam/nn";

/** With --quick a program takes a small part of its steps: enough to run every line, as the tests do. */
export const quick = process.argv.includes("--quick");

/** Arguments that are not flags. */
export const words = process.argv.slice(2).filter((word) => !word.startsWith("--"));

/** A tenth of the steps, or fewer, under --quick. */
export const steps = (count) => (quick ? Math.ceil(count / 50) : count);

/**
 * Pictures of digits, 28x28, for training and testing. MNIST where LOAM_DATA says that it lies (in the folder itself or in mnist
 * below it); else digits that Loam draws itself. The program says which.
 */
export async function digits() {
  const root = process.env.LOAM_DATA;
  if (root) {
    const below = join(root, "mnist");
    const data = await loadMnist({ directory: existsSync(below) ? below : root, download: false });
    return quick
      ? { ...data, training: takeSamples(data.training, 0, 1000), test: takeSamples(data.test, 0, 500) }
      : data;
  }
  return {
    training: syntheticDigits({ samples: quick ? 1000 : 20_000, seed: 0 }),
    test: syntheticDigits({ samples: quick ? 500 : 2000, seed: 0, start: 2 ** 31 }),
  };
}

/** A table for regression: rows of numbers and one target (or more) for each. */
export function table(rows, targets) {
  const inputs = rows.map((row) => [row].flat());
  const labels = targets.map((target) => [target].flat());
  return {
    name: "table",
    inputs: { data: Float32Array.from(inputs.flat()), shape: [inputs.length, inputs[0].length] },
    labels: { data: Float32Array.from(labels.flat()), shape: [labels.length, labels[0].length] },
    scaling: { kind: "none" },
  };
}

/** Numbers from U(low, high), the same in every run: Mulberry32, by Tommy Ettinger, which is in the public domain. */
export function uniform(seed) {
  let state = seed;
  return (low, high) => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return low + ((high - low) * ((bits ^ (bits >>> 14)) >>> 0)) / 2 ** 32;
  };
}

export const percent = (share) => `${(100 * share).toFixed(2)} %`;
export const list = (numbers, digits = 3) =>
  Array.from(numbers, (number) => number.toFixed(digits)).join(", ");
