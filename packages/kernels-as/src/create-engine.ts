import { platform } from "#platform";
import type { Engine, EngineOptions } from "./engine.js";
import { RemoteEngine } from "./remote-engine.js";

/**
 * Makes an engine: in this thread in Node and in workers, in a worker of its own where this thread must not block (a page).
 * @throws {EngineError} `no-simd` or `no-worker`. @throws {RangeError} for a number of threads outside [1, 64].
 */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  if (platform.mustNotBlock()) return RemoteEngine.create(options, platform);
  // Imported only here, so that a page does not load what only its worker runs.
  const { LocalEngine } = await import("./local-engine.js");
  return LocalEngine.create(options, platform);
}
