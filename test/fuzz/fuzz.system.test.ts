import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { fuzz } from "./fuzz.mjs";
import { READERS } from "./readers.mjs";

// Damaged files end in a typed error or are read: never a crash, a hang, or memory far beyond the file. More of them: npm run fuzz.

it.each(Object.keys(READERS))("%s reads mutated files within its bounds", async (reader) => {
  const { finds, refused } = await fuzz(reader, { inputs: 2000, seed: 13 });
  expect(finds.map(({ file, index, fault }) => `${file ?? index}: ${fault}`)).toEqual([]);
  expect(refused).toBeGreaterThan(0);
});

const NODE_24 = fileURLToPath(new URL("../engines/node_modules/node-24/bin/node", import.meta.url));
/** What a reader does in a process of its own, as `fuzz` tells it, and which binary its thread has. */
const CHILD = `
const { fuzz } = await import(process.argv[1]);
const told = await fuzz(process.argv[2], { inputs: 400, seed: 13 });
console.log(JSON.stringify({ finds: told.finds.map(({ fault }) => fault), refused: told.refused, notes: told.notes }));`;

// Those that make a model on an engine.
it.skipIf(!existsSync(NODE_24)).each(["model", "model-of-layers", "onnx", "tfjs", "lessons-weights"])(
  "%s does so where the wide binary runs",
  async (reader) => {
    const file = new URL("./fuzz.mjs", import.meta.url).href;
    const words = ["--input-type=module", "--eval", CHILD, file, reader];
    const env = { ...process.env, LOAM_WIDE: "auto" };
    const { stdout } = await promisify(execFile)(NODE_24, words, { env });
    const { finds, refused, notes } = JSON.parse(stdout);
    expect(finds).toEqual([]);
    expect(refused).toBeGreaterThan(0);
    expect(notes.join(" ")).toContain("The wide binary runs");
  },
);
