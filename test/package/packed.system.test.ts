import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installPacked, PACKAGES, type Packed, root, run, tool, trainInNode } from "./packages.js";

interface Publint {
  publint(options: { pkgDir: string; strict: boolean }): Promise<{ messages: unknown[] }>;
}

let packed: Packed;

beforeAll(async () => {
  packed = await installPacked();
});
afterAll(() => packed?.remove());

describe.each(PACKAGES)("the package %s", (name) => {
  it("has nothing that publint complains of", async () => {
    const { publint } = await tool<Publint>("publint");
    const { messages } = await publint({ pkgDir: path.join(root, "packages", name), strict: true });
    expect(messages).toEqual([]);
  });

  it("has its licence, its page, and no source of a test", async () => {
    const installed = path.join(packed.folder, "node_modules/@loam", name);
    const { stdout } = await run("find", [installed, "-type", "f"]);
    const files = stdout
      .trim()
      .split("\n")
      .map((file) => path.relative(installed, file));
    expect(files).toEqual(expect.arrayContaining(["LICENSE", "README.md", "package.json"]));
    expect(files.filter((file) => /\.test\.|tsbuildinfo/.test(file))).toEqual([]);
  });
});

describe.each(["kernels-as", "nn"])("the types of %s", (name) => {
  it("resolve for ES modules and for bundlers", async () => {
    const tarball = packed.tarballs.find((file) => path.basename(file).startsWith(`loam-${name}`))!;
    const attw = path.join(root, "test/package/node_modules/.bin/attw");
    // Loam has no CommonJS; old resolution knows no `exports`.
    await expect(run(attw, ["--profile", "esm-only", "--no-emoji", tarball])).resolves.toBeDefined();
  });
});

describe("an empty folder with the packages installed", () => {
  it("trains in plain JavaScript", async () => {
    const { accuracy, hash } = await trainInNode(packed.folder);
    expect(accuracy).toBeGreaterThan(0.95);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it("has the command", async () => {
    const { stdout } = await run("npx", ["loam", "--version"], { cwd: packed.folder });
    const { version } = JSON.parse(await readFile(path.join(root, "packages/cli/package.json"), "utf8"));
    expect(stdout.trim()).toContain(version);
  });

  it("type-checks a strict program against them", async () => {
    const program = `
      import { Dense, Sequential, type History } from "@loam/nn";
      import { tableDataset } from "@loam/nn/data/table";
      import * as single from "@loam/nn/loam.js";
      const table = await tableDataset([{ a: 1, b: "x" }, { a: 2, b: "y" }], { target: "b" });
      const model = new Sequential([new Dense({ units: 2 })], { inputShape: table.inputs.shape.slice(1) });
      const history: History = await model.fit(table, { epochs: 1 });
      const same: typeof Dense = single.Dense;
      console.log(history.steps, same);
    `;
    await writeFile(path.join(packed.folder, "program.ts"), program);
    const flags = [
      "--strict",
      "--noEmit",
      "--target",
      "es2022",
      "--module",
      "nodenext",
      "--lib",
      "es2022,dom",
      "--types",
      "",
    ];
    const tsc = path.join(root, "node_modules/typescript/bin/tsc");
    const check = run(process.execPath, [tsc, ...flags, "--ignoreConfig", "program.ts"], {
      cwd: packed.folder,
    });
    await expect(check.catch(({ stdout }) => Promise.reject(new Error(stdout)))).resolves.toBeDefined();
  });
});
