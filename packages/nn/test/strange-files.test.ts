import { describe, expect, it } from "vitest";
import {
  BatchNorm,
  Dense,
  decodeSafetensors,
  encodeSafetensors,
  LoamError,
  l2,
  loadModel,
  Sequential,
  saveModel,
} from "../src/index.js";

/** What JSON can hold that no writer of ours puts there. */
const STRANGE: Readonly<Record<string, string>> = {
  "nested lists": "[".repeat(9000) + "]".repeat(9000),
  "nested objects": '{"a":'.repeat(9000) + 1 + "}".repeat(9000),
  "no primitive": '{"toString":1,"valueOf":1,"constructor":{"name":{}}}',
  "a long text": `"${"x".repeat(200_000)}"`,
  null: "null",
  "a large number": "1e300",
  "a negative number": "-1",
};

/** Where something stands in a value: all paths of keys. */
function* pathsOf(value: unknown, path: readonly string[] = []): Generator<readonly string[]> {
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    yield [...path, key];
    yield* pathsOf(inner, [...path, key]);
  }
}

/** JSON with `text` in place of what stands at `path`. */
function withAt(value: object, path: readonly string[], text: string): string {
  const copy: object = structuredClone(value);
  const holder = path
    .slice(0, -1)
    .reduce((inner, key) => inner[key] as Record<string, unknown>, copy as Record<string, unknown>);
  holder[path.at(-1)!] = "@@";
  return JSON.stringify(copy).replace('"@@"', () => text);
}

function requireTyped(error: unknown, what: string): void {
  expect(error, what).toBeInstanceOf(LoamError);
  const { name, message } = error as LoamError;
  expect(name, what).not.toBe("InternalError");
  expect(message.length, what).toBeLessThan(4100);
}

describe("a file of a stranger ends in a short, typed error, or is read", () => {
  it("whatever stands in place of any part of a model's description", async () => {
    const layers = [
      new Dense({ units: 3, activation: "relu", kernelRegularizer: l2(0.01) }),
      new BatchNorm(),
    ];
    await using model = new Sequential(layers, { inputShape: [2], threads: 1 });
    const { tensors, metadata } = decodeSafetensors(await saveModel(model));
    const description = JSON.parse(metadata.loam!) as object;
    for (const path of pathsOf(description)) {
      for (const [what, text] of Object.entries(STRANGE)) {
        const loam = withAt(description, path, text);
        const began = process.cpuUsage();
        try {
          await using read = await loadModel(
            encodeSafetensors({ tensors, metadata: { ...metadata, loam } }),
            {
              threads: 1,
            },
          );
          expect(read.layers.length).toBeGreaterThan(0);
        } catch (error) {
          requireTyped(error, `${path.join(".")}: ${what}`);
        }
        // The processor's, so that other work on the machine is not taken for a hang; one that waits runs into the test's own limit.
        expect(process.cpuUsage(began).user / 1000, `${path.join(".")}: ${what}`).toBeLessThan(1000);
      }
    }
  });

  it("whatever stands in place of any part of a header", () => {
    const header = { __metadata__: { a: "b" }, w: { dtype: "F32", shape: [1], data_offsets: [0, 4] } };
    const long = "x".repeat(200_000);
    const headers = [...pathsOf(header)].flatMap((path) =>
      Object.values(STRANGE).map((text) => withAt(header, path, text)),
    );
    for (const text of [...headers, `{"${long}":{}}`, `{"__metadata__":{"${long}":1}}`]) {
      const json = new TextEncoder().encode(text);
      const bytes = new Uint8Array(8 + json.length + 4);
      new DataView(bytes.buffer).setUint32(0, json.length, true);
      bytes.set(json, 8);
      try {
        decodeSafetensors(bytes);
      } catch (error) {
        requireTyped(error, text.slice(0, 80));
      }
    }
  });
});
