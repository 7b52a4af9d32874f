import { readFile } from "node:fs/promises";
import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pack } from "../packages/kernels-as/scripts/pack.mjs";
import { unpack } from "../packages/kernels-as/src/embedded/unpack.js";

describe("packed binaries", () => {
  it("come out as they went in, whatever they are", () => {
    const few = fc.uint8Array({ max: 2, maxLength: 300 });
    const repeated = fc.tuple(few, fc.nat(40)).map(([bytes, times]) => {
      return Uint8Array.from({ length: bytes.length * times }, (_, i) => bytes[i % bytes.length]!);
    });
    fc.assert(
      fc.property(fc.oneof(few, repeated, fc.uint8Array({ maxLength: 500 })), (bytes) => {
        expect(unpack(pack(bytes), bytes.length)).toEqual(bytes);
      }),
      { seed: 7, numRuns: 40 },
    );
  });

  it("hold what was compiled, the packed form a fifth smaller than deflated", async () => {
    const generated = new URL("../packages/kernels-as/src/generated/", import.meta.url);
    for (const name of ["plain", "relaxed"]) {
      const compiled = await readFile(new URL(`../../build/${name}.wasm`, generated));
      const { packedBase64, size } = await import(new URL(`packed/${name}.ts`, generated).href);
      const { wholeBase64 } = await import(new URL(`whole/${name}.ts`, generated).href);
      const bytes = unpack(Buffer.from(packedBase64, "base64"), size);
      expect(Buffer.compare(bytes, compiled)).toBe(0);
      expect(Buffer.from(wholeBase64, "base64").compare(compiled)).toBe(0);
      const deflated = deflateRawSync(compiled, { level: 9 });
      expect(packedBase64.length).toBeLessThan(0.8 * deflated.toString("base64").length);
    }
  });
});
