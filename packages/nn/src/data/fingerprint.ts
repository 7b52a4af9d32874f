import type { Dataset } from "./dataset.js";
import { sha256 } from "./sha256.js";

/**
 * What tells a dataset from another: the SHA-256 of everything in it that reaches a weight or a figure, which is its values, their types
 * and shapes, and the scaling; not its name.
 */
export async function fingerprint({ inputs, labels, scaling }: Dataset): Promise<string> {
  const parts = await Promise.all(
    [inputs, labels].map(async ({ data, shape }) => {
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      return [kindOf(data), shape, await sha256(bytes)];
    }),
  );
  return sha256(new TextEncoder().encode(JSON.stringify([parts, scaling])));
}

function kindOf(data: ArrayBufferView): string {
  return data instanceof Float32Array ? "f32" : data instanceof Uint32Array ? "u32" : "u8";
}
