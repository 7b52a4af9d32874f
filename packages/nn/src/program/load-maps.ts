import { InternalError } from "../errors.js";

type Maps = typeof import("./map/index.js");

/** The planner of maps, once something has needed it. */
let loaded: Maps | undefined;

class MapsMissing extends InternalError {
  constructor() {
    super("maps-missing", "a formula is planned before the planner of maps is there.");
  }
}

/** @throws {MapsMissing} outside of `withMaps`. */
export function maps(): Maps {
  if (!loaded) throw new MapsMissing();
  return loaded;
}

/**
 * What `plan` gives, which is called again if it needs the planner of maps and that has to be loaded first. A network of dense layers leaves no formula without
 * an instruction, and its page downloads nothing of it.
 */
export async function withMaps<T>(plan: () => T): Promise<T> {
  try {
    return plan();
  } catch (error) {
    if (!(error instanceof MapsMissing)) throw error;
  }
  await loadMaps();
  return plan();
}

export async function loadMaps(): Promise<void> {
  loaded ??= await import("./map/index.js");
}
