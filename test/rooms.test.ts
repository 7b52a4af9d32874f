import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { importsOf, offences, sources } from "../scripts/check-rooms.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

describe("the rooms", () => {
  it("know only what they may", async () => {
    const files = await sources(root);
    expect(files.length).toBeGreaterThan(100);
    expect(files.flatMap(([file, text]: string[]) => offences(file!, text!))).toEqual([]);
  });

  it.each([
    ["packages/kernels-as/src/a.ts", 'import { Dense } from "@loam/nn";', "may not know @loam/nn"],
    [
      "packages/nn/src/layers/a.ts",
      'import { exp } from "@loam/kernels-as";',
      "program/ alone knows kernels",
    ],
    ["packages/nn/src/graph/a.ts", 'import { relu } from "../ops/relu.js";', "graph may not know ops"],
    ["packages/nn/src/ops/a.ts", 'export { Dense } from "../layers/dense.js";', "ops may not know layers"],
    [
      "packages/nn/src/losses/a.ts",
      'const { fit } = await import("../training/fit.js");',
      "losses may not know training",
    ],
    ["packages/nn/src/attic/a.ts", 'import { relu } from "../ops/relu.js";', "attic is not in the table"],
    ["packages/nn/src/data/a.ts", 'import { open } from "node:fs/promises";', "go through #platform"],
    ["packages/nn/src/layers/a.ts", 'import { platform } from "#platform";', "stays off files and network"],
    ["packages/cli/src/a.ts", 'import { fit } from "../../nn/src/training/fit.js";', "leaves its package"],
  ])("%s with %s is an offence", (file, text, why) => {
    expect(offences(file, text)).toEqual([expect.stringContaining(why)]);
  });

  it("sees imports however they are written", () => {
    const text = `
      import one from "./one.js";
      import { type Two, three } from "./two.js";
      import type { Four } from "./four.js";
      import { type Five } from "./five.js";
      export * from "./six.js";
      import "./seven.js";
      // import nothing from "./comment.js";
      /** import nothing from "./docstring.js"; */`;
    expect(importsOf(text).map(({ specifier, types }) => `${specifier}${types ? " types" : ""}`)).toEqual([
      "./one.js",
      "./two.js",
      "./four.js types",
      "./five.js types",
      "./six.js",
      "./seven.js",
    ]);
  });
});
