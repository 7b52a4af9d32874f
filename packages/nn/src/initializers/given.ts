import type { Initializer } from "./initializer.js";

const values = new WeakMap<Initializer, Float32Array>();

/** Values that are there already, such as another model's. They are in memory alone: no file names this kind, and no layer's options hold it. */
export function given(data: Float32Array): Initializer {
  const initializer: Initializer = { kind: "given" };
  values.set(initializer, data);
  return initializer;
}

/** What `given` was told, if the initializer is one of its. */
export function givenValues(initializer: Initializer): Float32Array | undefined {
  return values.get(initializer);
}
