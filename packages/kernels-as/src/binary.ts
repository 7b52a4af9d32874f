import { embedded } from "#embedded";
import type { Binary } from "./compiled-binary.js";
import { EngineError, type Precision } from "./engine.js";
import type { Platform } from "./platform/platform.js";

/** (module (func (result v128) i32.const 0 i8x16.splat)): valid where WASM SIMD is. */
const SIMD_PROBE = Uint8Array.of(
  0,
  97,
  115,
  109,
  1,
  0,
  0,
  0,
  1,
  5,
  1,
  96,
  0,
  1,
  123,
  3,
  2,
  1,
  0,
  10,
  8,
  1,
  6,
  0,
  65,
  0,
  253,
  15,
  11,
);

/**
 * Chooses the binary for a precision, by validation, and compiles it: in full, or its core where that is enough and there is one.
 * @throws {EngineError} `no-simd`.
 */
export async function compileBinary(
  precision: Precision,
  { enableRelaxedSimd }: Pick<Platform, "enableRelaxedSimd">,
  wantsFull = true,
): Promise<Binary> {
  if (!WebAssembly.validate(SIMD_PROBE)) {
    throw new EngineError(
      "no-simd",
      "this host has no WebAssembly SIMD; use Node 20.19 or later or a browser of 2023 or later",
    );
  }
  const full = wantsFull || !embedded.cores;
  if (precision === "fast") {
    const bytes = await embedded.bytes(full ? "relaxed" : "core-relaxed");
    // Where relaxed SIMD needs no flag, as from Node 22 on, the engine may not know it any more, and says so on stderr.
    if (!WebAssembly.validate(bytes)) enableRelaxedSimd();
    if (WebAssembly.validate(bytes)) {
      return { kind: "relaxed", module: await WebAssembly.compile(bytes), full };
    }
  }
  const bytes = await embedded.bytes(full ? "plain" : "core-plain");
  return { kind: "plain", module: await WebAssembly.compile(bytes), full };
}
