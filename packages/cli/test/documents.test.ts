import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fields } from "../src/fields.js";
import { flagOf } from "../src/flags.js";
import { loam, temporaryFolder } from "./support.js";

const page = readFileSync(new URL("../../../docs/cli.md", import.meta.url), "utf8");

test("docs/cli.md and the help name every flag of loam train", async (context) => {
  const { stdout, code } = await loam(["train", "--help"], temporaryFolder(context));
  expect(code).toBe(0);
  const settings = Object.keys(fields).filter((name) => name !== "layers");
  for (const flag of [...settings.map(flagOf), "--config", "--json", "--debug"]) {
    expect(stdout).toContain(`${flag}`);
    expect(page).toContain(`| \`${flag}`);
  }
});

test("the network of docs/cli.md trains", async (context) => {
  const root = temporaryFolder(context);
  writeFileSync(join(root, "net.json"), /```json\n([\s\S]*?)```/.exec(page)![1]!);
  const { stdout, code } = await loam(["train", "--config", "net.json", "--limit", "500", "--json"], root);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    epochs: 2,
    steps: 16,
    parameters: 16 * 9 + 16 + 16 * 14 * 14 * 10 + 10,
  });
});
