import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { type Snippet, snippetsOf } from "./support/snippets.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const run = promisify(execFile);

describe("README.md", () => {
  it("fits in 9 KB", async () => {
    expect((await readFile(path.join(root, "README.md"))).length).toBeLessThan(9216);
  });

  it("has the programs and commands of the Korean one", async () => {
    const [english, korean] = await Promise.all(
      ["README.md", "README.ko.md"].map(async (name) =>
        snippetsOf(await readFile(path.join(root, name), "utf8")),
      ),
    );
    // What a comment says is told in each language.
    const code = (snippets: readonly Snippet[]) => snippets.map((one) => one.code.replace(/ *#.*$/gm, ""));
    expect(code(korean!)).toEqual(code(english!));
  });

  it("has the tables that the library's exports and the measured figures give", async () => {
    await expect(
      run(process.execPath, [path.join(root, "scripts/write-tables.mjs"), "--check"]),
    ).resolves.toBeDefined();
  });

  it("says with its first commands how to start and how to test", async () => {
    const text = await readFile(path.join(root, "README.md"), "utf8");
    const first = text.split("\n").slice(0, 12).join("\n");
    expect(first).toContain("npm ci && npm start");
    expect(first).toContain("npm ci && npm test");
    expect(first).toMatch(/!\[.+\]\(.+\)/);
  });
});
