import { platform } from "#platform";
import type { Engine, EngineOptions } from "./engine.js";
import { RemoteEngine } from "./remote-engine.js";

/**
 * Makes an engine with every instruction: in this thread in Node and in workers, in a worker of its own where this thread must not block (a page).
 * @throws {EngineError} `no-simd` or `no-worker`. @throws {RangeError} for a number of threads outside [1, 64].
 */
export function createEngine(options: EngineOptions = {}): Promise<Engine> {
  return create(options, true);
}

/**
 * As `createEngine`, with the core binary, which is smaller, until `loadFull`. Given `full`, it begins with that, which is quicker than to change
 * to it when the first program needs it.
 */
export function startEngine(options: EngineOptions, full: boolean): Promise<Engine> {
  return create(options, full);
}

async function create(options: EngineOptions, full: boolean): Promise<Engine> {
  if (platform.mustNotBlock()) return RemoteEngine.create(options, platform, full);
  // Imported only here, so that a page does not load what only its worker runs.
  const { LocalEngine } = await import("./local-engine.js");
  return LocalEngine.create(options, platform, full);
}
