import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fields } from "../src/fields.js";
import { flagOf } from "../src/flags.js";
import { loam, temporaryFolder } from "./support.js";

/** What bash would offer for the last of these words. */
function offered(root: string, ...words: string[]): string[] {
  const list = words.map((word) => `'${word}'`).join(" ");
  const script = `source loam.bash; COMP_WORDS=(loam ${list}); COMP_CWORD=${words.length}; _loam; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync("bash", ["--norc", "-c", script], { cwd: root, encoding: "utf8" })
    .trim()
    .split("\n")
    .sort();
}

test("bash takes the script, and completes commands, flags, values and files", async (context) => {
  const root = temporaryFolder(context);
  const { code, stdout, stderr } = await loam(["completion", "bash"], root);
  expect([code, stderr]).toEqual([0, ""]);
  writeFileSync(join(root, "loam.bash"), stdout);
  writeFileSync(join(root, "table.csv"), "");
  expect(offered(root, "tr")).toEqual(["train"]);
  expect(offered(root, "")).toEqual(expect.arrayContaining(["evaluate", "predict", "report", "train"]));
  const flags = Object.keys(fields).filter((name) => name !== "layers");
  expect(offered(root, "train", "--")).toEqual(
    expect.arrayContaining([...flags.map(flagOf), "--resume", "--help"]),
  );
  expect(offered(root, "train", "--optimizer", "ada")).toEqual(["adadelta", "adagrad", "adam", "adamw"]);
  expect(offered(root, "train", "--model", "au")).toEqual(["auto"]);
  expect(offered(root, "train", "--data", "ta")).toEqual(["table.csv"]);
  expect(offered(root, "data", "")).toEqual(["convert", "info", "preview"]);
  expect(offered(root, "data", "convert", "--ta")).toEqual(["--target"]);
  expect(offered(root, "completion", "")).toEqual(["bash", "fish", "zsh"]);
});

test.for(["zsh", "fish"])("%s has every command and every flag of train", async (shell, context) => {
  const { code, stdout } = await loam(["completion", shell], temporaryFolder(context));
  expect(code).toBe(0);
  for (const name of Object.keys(fields).filter((one) => one !== "layers"))
    expect(stdout).toContain(shell === "zsh" ? `'${flagOf(name)}[` : ` -l ${flagOf(name).slice(2)} `);
});

test("another shell is refused", async (context) => {
  const { code, stdout, stderr } = await loam(["completion", "tcsh"], temporaryFolder(context));
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain("Allowed choices are bash, zsh, fish");
});
