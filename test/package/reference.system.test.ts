import process from "node:process";
import { expect, it } from "vitest";
import { root, run } from "./packages.js";

it("has words for every public name", async () => {
  const written = run(process.execPath, ["scripts/reference.mjs"], { cwd: root });
  const { stdout } = await written.catch(({ stdout, stderr }) => ({ stdout: `${stdout}${stderr}` }));
  expect(stdout.trim()).toBe("docs/reference/index.html");
}, 120_000);
