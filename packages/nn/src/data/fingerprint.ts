import { type CheckedData, isSource } from "./batch-source.js";
import { sha256 } from "./sha256.js";

/**
 * What tells a dataset from another: the SHA-256 of everything in it that reaches a weight or a figure, which is its values, their types
 * and shapes, and the scaling; not its name. Of a source, which is not read for it, what it says of itself stands for its values.
 */
export async function fingerprint(data: CheckedData): Promise<string> {
  if (isSource(data)) {
    const { samples, inputs, labels, scaling, fingerprint: own = "" } = data;
    return hashOf([samples, inputs, labels, scaling, own]);
  }
  const { inputs, labels, scaling } = data;
  const parts = await Promise.all(
    [inputs, labels].map(async ({ data: values, shape }) => {
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      return [kindOf(values), shape, await sha256(bytes)];
    }),
  );
  return hashOf([parts, scaling]);
}

function hashOf(description: unknown): Promise<string> {
  return sha256(new TextEncoder().encode(JSON.stringify(description)));
}

function kindOf(data: ArrayBufferView): string {
  return data instanceof Float32Array ? "f32" : data instanceof Uint32Array ? "u32" : "u8";
}
