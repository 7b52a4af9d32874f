import { ConfigError } from "../errors.js";
import { builtTwice, type Layer } from "../layers/layer.js";
import type { Part } from "./parts.js";

/**
 * "dense1", "dense2", "conv2d1": by type, counted from 1, skipping names that the user gave. Layers of models that are layers here have their names.
 * @throws {ConfigError} `built-twice`, `duplicate-name`.
 */
export function nameLayers(owner: string, all: readonly Layer[], parts: readonly Part[] = []): void {
  const inside = new Set(parts.flatMap(({ network }) => network.layers));
  const layers = all.filter((layer) => !inside.has(layer));
  const taken = new Set<string>();
  const seen = new Set<Layer>();
  const twice = layers.find((layer) => seen.size === seen.add(layer).size);
  if (twice) throw builtTwice(twice);
  for (const { name } of layers) {
    if (name && taken.has(name)) {
      throw new ConfigError(
        "duplicate-name",
        `${owner}: expected layer names to differ, got "${name}" twice.`,
      );
    }
    if (name) taken.add(name);
  }
  const counts = new Map<string, number>();
  for (const layer of layers) {
    if (layer.name) continue;
    const stem = stemOf(layer.type);
    let count = counts.get(stem) ?? 0;
    do count++;
    while (taken.has(`${stem}${count}`));
    counts.set(stem, count);
    layer.name = `${stem}${count}`;
    taken.add(layer.name);
  }
}

/** "MaxPool2d" → "maxPool2d", "GRU" → "gru", "RMSNorm" → "rmsNorm", "ReLU" → "relu", "LeakyReLU" → "leakyRelu". */
function stemOf(type: string): string {
  if (/^(P?Re|[GS]?E|Si)LU$/.test(type)) return type.toLowerCase();
  const words = type.replace(/ReLU$/, "Relu").replace(/RNN$/, "Rnn");
  return words.replace(/^[A-Z]+(?![a-z])|^[A-Z]/, (capitals) => capitals.toLowerCase());
}
