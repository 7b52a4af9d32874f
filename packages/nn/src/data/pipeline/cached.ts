import { roomFor, type SingleSource, sizeOfOne } from "./single-source.js";

/** A source that keeps what it has read. */
export function cached(source: SingleSource): SingleSource {
  const { samples } = source;
  const parts = ["inputs", "labels"] as const;
  const sizes = { inputs: sizeOfOne(source.inputs), labels: sizeOfOne(source.labels) };
  let kept: ReturnType<typeof room> | undefined;
  const room = () => ({
    inputs: roomFor(source.inputs, samples),
    labels: roomFor(source.labels, samples),
    weights: source.weighted ? new Float32Array(samples) : undefined,
    there: new Uint8Array(samples),
  });
  return {
    ...source,
    async read(indices, signal) {
      kept ??= room();
      const { weights, there } = kept;
      const missing = Uint32Array.from(new Set(indices.filter((sample) => there[sample] === 0)));
      if (missing.length > 0) {
        const values = await source.read(missing, signal);
        for (const [i, sample] of missing.entries()) {
          for (const part of parts) {
            const size = sizes[part];
            kept[part].set(values[part].subarray(i * size, (i + 1) * size), sample * size);
          }
          if (weights) weights[sample] = values.weights![i]!;
          there[sample] = 1;
        }
      }
      const made = {
        inputs: roomFor(source.inputs, indices.length),
        labels: roomFor(source.labels, indices.length),
      };
      for (const [i, sample] of indices.entries()) {
        for (const part of parts) {
          const size = sizes[part];
          made[part].set(kept[part].subarray(sample * size, (sample + 1) * size), i * size);
        }
      }
      return {
        ...made,
        ...(weights && { weights: Float32Array.from(indices, (sample) => weights[sample]!) }),
      };
    },
  };
}
