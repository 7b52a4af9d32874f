import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { snippetsOf } from "./support/snippets.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const run = promisify(execFile);

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "loam-readme-"));
  for (const name of ["node_modules", "examples"])
    await symlink(path.join(root, name), path.join(folder, name));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const documents = [
  "README.md",
  "llms.txt",
  "docs/guide.md",
  "docs/your-own.md",
  "docs/tables.md",
  "docs/series.md",
  "docs/python.md",
  "docs/sweeps.md",
  "packages/kernels-as/README.md",
  "packages/nn/README.md",
  "packages/cli/README.md",
];

describe.each(documents)("%s", (file) => {
  it("has programs that run and print what it says", async () => {
    const text = await readFile(path.join(root, file), "utf8");
    const programs = snippetsOf(text).filter(({ language }) => language === "js");
    for (const [i, { code, output }] of programs.entries()) {
      const name = path.join(folder, `snippet-${i}.mjs`);
      await writeFile(name, code);
      const { stdout } = await run(process.execPath, [name], { cwd: folder });
      if (output !== undefined) expect(stdout).toBe(output);
    }
    expect(
      programs.length + snippetsOf(text).filter(({ language }) => language === "sh").length,
    ).toBeGreaterThan(0);
  }, 120_000);

  it("has commands that run, one after the other", async () => {
    const text = await readFile(path.join(root, file), "utf8");
    const commands = snippetsOf(text)
      .filter(({ language }) => language === "sh")
      .flatMap(({ code }) => code.split("\n"))
      .filter((line) => line.startsWith("npx loam "));
    const loam = path.join(root, "packages/cli/bin/loam.js");
    for (const line of commands) {
      const command = line.replace(/^npx loam/, `"${process.execPath}" "${loam}"`);
      await expect(run("bash", ["-c", command], { cwd: folder }), line).resolves.toBeDefined();
    }
  }, 120_000);
});
