// An engine for the tests of the file that imports this: started before them, closed after them.
import { afterAll, beforeAll } from "vitest";
import { createEngine, type Engine } from "../../src/index.js";

export const THREADS = 4;
export let engine: Engine;

beforeAll(async () => {
  engine = await createEngine({ threads: THREADS });
});
afterAll(() => engine.close());
