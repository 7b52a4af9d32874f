import { expect, test } from "vitest";
import { loamProcess as loam, temporaryFolder } from "./support.js";

test("every command has help on stdout, and refuses what it does not know on stderr", async (context) => {
  const root = temporaryFolder(context);
  const all = await loam(["--help"], root);
  const commands = [...all.stdout.matchAll(/^ {2}(\w+) [^\n]* {2,}\w/gm)].map(([, name]) => name!);
  const named = commands.filter((name) => name !== "help");
  expect(named).toEqual(expect.arrayContaining(["train", "report", "runs", "data", "doctor", "completion"]));
  for (const name of named) {
    const helped = await loam([name, "--help"], root);
    expect(helped.stderr).toBe("");
    expect([helped.code, helped.stdout.split("\n")[0]]).toEqual([
      0,
      expect.stringContaining(`Usage: loam ${name}`),
    ]);
  }
  const refused = await loam(["report", "run", "--ot", "x"], root);
  expect(refused).toEqual({
    code: 2,
    stdout: "",
    stderr: 'loam: unknown option "--ot" (did you mean --out?).\n',
  });
  const nothing = await loam(["data"], root);
  expect([nothing.code, nothing.stdout]).toEqual([2, ""]);
  expect(nothing.stderr).toContain("convert [options] <source> <to>");
});
