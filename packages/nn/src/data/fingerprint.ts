import { type CheckedData, isSource } from "./batch-source.js";
import { sha256 } from "./sha256.js";

/**
 * What tells a dataset from another: the SHA-256 of everything in it that reaches a weight or a figure, which is its values, their types
 * and shapes, the weights if there are any, and the scaling; not its name. Of a source, which is not read for it, what it says of itself stands for its values.
 */
export async function fingerprint(data: CheckedData): Promise<string> {
  if (isSource(data)) {
    const { samples, inputs, labels, scaling, fingerprint: own = "", weighted, given } = data;
    const weights = weighted ? [given ? await sha256(bytesOf(given)) : "read"] : [];
    return hashOf([samples, inputs, labels, scaling, own, ...weights]);
  }
  const { inputs, labels, scaling, weights } = data;
  const parts = await Promise.all(
    [inputs, labels].map(async ({ data: values, shape }) => [
      kindOf(values),
      shape,
      await sha256(bytesOf(values)),
    ]),
  );
  return hashOf([parts, scaling, ...(weights ? [await sha256(bytesOf(weights))] : [])]);
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function hashOf(description: unknown): Promise<string> {
  return sha256(new TextEncoder().encode(JSON.stringify(description)));
}

function kindOf(data: ArrayBufferView): string {
  return data instanceof Float32Array ? "f32" : data instanceof Uint32Array ? "u32" : "u8";
}
