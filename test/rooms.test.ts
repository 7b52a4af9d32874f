import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { findings, importsOf, needless, offences, shortestCircle, sources } from "../scripts/check-rooms.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

describe("the rooms", () => {
  it("know only what they may", async () => {
    const files = await sources(root);
    expect(files.length).toBeGreaterThan(100);
    expect(findings(files)).toEqual([]);
  });

  it.each([
    ["packages/kernels-as/src/a.ts", 'import { Dense } from "@loam/nn";', "may not know @loam/nn"],
    [
      "packages/nn/src/layers/a.ts",
      'import { exp } from "@loam/kernels-as";',
      "program/ alone knows kernels",
    ],
    ["packages/nn/src/graph/a.ts", 'import { relu } from "../ops/relu.js";', "graph may not know ops"],
    ["packages/nn/src/graph/a.ts", 'import type { Op } from "../ops/op.js";', "graph may not know ops"],
    [
      "packages/nn/src/layers/a.ts",
      'import type { Engine } from "@loam/kernels-as";',
      "program/ alone knows kernels",
    ],
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
    const names = ["one", "two", "four", "five", "six", "seven"];
    expect(importsOf(text)).toEqual(names.map((name) => `./${name}.js`));
  });

  it("go in no circle, not even of types", () => {
    const files = circle("a", "b", "c", "d");
    const shorter = [...files, ...circle("x", "y")];
    expect(shortestCircle(files)).toEqual(["a", "b", "c", "d", "a"].map(fileOf));
    expect(shortestCircle(shorter)).toEqual(["x", "y", "x"].map(fileOf));
    expect(findings(shorter, [])).toEqual([`a circle of files: ${["x", "y", "x"].map(fileOf).join(" → ")}`]);
    expect(shortestCircle([...files.slice(1), ["packages/nn/src/graph/a.ts", ""]])).toBeUndefined();
  });

  it("have no exception that is not needed", () => {
    const files = circle("a", "b", "c");
    const exception = (file: string, imports: string) => ({
      file: fileOf(file),
      imports: `./${imports}.js`,
      why: "",
    });
    const needed = exception("a", "b");
    expect(findings(files, [needed])).toEqual([]);
    const both = [needed, exception("b", "c")];
    expect(needless(files, both)).toHaveLength(2); // each is enough
    expect(needless(files, [needed, exception("a", "c")])).toEqual([
      'packages/nn/src/graph/a.ts imports "./c.js": no exception is needed; take it out of scripts/rooms-exceptions.mjs',
    ]);
    const ops = { file: "packages/nn/src/graph/z.ts", imports: "../ops/relu.js", why: "" };
    const wrong = [[ops.file, 'import type { relu } from "../ops/relu.js";']];
    expect(findings(wrong, [ops])).toEqual([]);
    expect(findings(wrong, [])).toHaveLength(1);
  });
});

const fileOf = (name: string) => `packages/nn/src/graph/${name}.ts`;

/** Files each of which imports the next, and the last the first. */
function circle(...names: string[]): string[][] {
  return names.map((name, i) => {
    const next = names[(i + 1) % names.length];
    return [
      fileOf(name),
      i % 2 === 0 ? `import type { T } from "./${next}.js";` : `import { v } from "./${next}.js";`,
    ];
  });
}
