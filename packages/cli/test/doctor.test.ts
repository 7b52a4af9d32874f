import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loam, temporaryFolder } from "./support.js";

test("says of each thing how it is, and what to do", async (context) => {
  const root = temporaryFolder(context);
  const { code, stdout, stderr } = await loam(["doctor"], root, {
    XDG_CACHE_HOME: join(root, "cache"),
    LOAM_DATA: root,
  });
  expect([code, stderr]).toEqual([0, ""]);
  const lines = stdout.trimEnd().split("\n");
  for (const line of lines) expect(line).toMatch(/^(ok|note|fails) /);
  expect(stdout).toMatch(new RegExp(`^ok +Node +${process.versions.node} on `, "m"));
  expect(stdout).toMatch(/^ok +SIMD +yes$/m);
  expect(stdout).toMatch(/^ok +shared memory +yes$/m);
  expect(stdout).toMatch(/^ok +engine +\d+ threads?, (plain|relaxed) binary$/m);
  expect(stdout).toMatch(/^(ok|note) +256-bit lanes +The (wide|narrow) binary runs.*\.$/m);
  expect(stdout).toContain(join(root, "cache", "loam"));
  expect(stdout).toContain("not there; loam train --data mnist fetches it, or LOAM_DATA names where it lies");
});

test("finds MNIST, and a folder that cannot be written", async (context) => {
  const root = temporaryFolder(context);
  mkdirSync(join(root, "mnist"));
  for (const name of ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"])
    writeFileSync(join(root, "mnist", `${name}-ubyte.gz`), "");
  mkdirSync(join(root, "shut"));
  chmodSync(join(root, "shut"), 0o555);
  const { stdout } = await loam(["doctor", "--json"], join(root, "shut"), { LOAM_DATA: root });
  const findings: { what: string; state: string; found: string }[] = JSON.parse(stdout).findings;
  const of = (what: string) => findings.find((one) => one.what === what)!;
  expect(of("MNIST")).toEqual({ what: "MNIST", state: "ok", found: join(root, "mnist") });
  // Whoever may do everything may write there as well.
  if (process.getuid?.() !== 0) expect(of("this folder").state).toBe("note");
});
