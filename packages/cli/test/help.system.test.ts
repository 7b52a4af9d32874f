import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loamProcess as loam, temporaryFolder } from "./support.js";

/** A process each for a score of commands: five seconds, on a machine that does nothing else. */
const MANY = { timeout: 240_000 };

test(
  "every command has help on stdout, and refuses what it does not know on stderr",
  MANY,
  async (context) => {
    const root = temporaryFolder(context);
    const all = await loam(["--help"], root);
    const commands = [...all.stdout.matchAll(/^ {2}(\w+) [^\n]* {2,}\w/gm)].map(([, name]) => name!);
    const named = commands.filter((name) => name !== "help");
    expect(named).toEqual(
      expect.arrayContaining(["train", "report", "runs", "data", "doctor", "completion"]),
    );
    const asked = [...named, "data info", "data preview", "data convert"];
    const helped = await Promise.all(asked.map((name) => loam([...name.split(" "), "--help"], root)));
    for (const [i, { code, stdout, stderr }] of helped.entries())
      expect([code, stderr, stdout.split("\n")[0]]).toEqual([
        0,
        "",
        expect.stringContaining(`Usage: loam ${asked[i]}`),
      ]);
    const refused = await loam(["report", "run", "--ot", "x"], root);
    expect(refused).toEqual({
      code: 2,
      stdout: "",
      stderr: 'loam: unknown option "--ot" (did you mean --out?).\n',
    });
    const nothing = await loam(["data"], root);
    expect([nothing.code, nothing.stdout]).toEqual([2, ""]);
    expect(nothing.stderr).toContain("convert [options] <source> <to>");
  },
);

test("every command ends well with its result on stdout, in a process of its own", MANY, async (context) => {
  const root = temporaryFolder(context);
  const rows = Array.from({ length: 40 }, (_, i) => `${i % 2 ? "b" : "a"},${(i % 2) * 3 + (i % 5) / 5}`);
  writeFileSync(join(root, "t.csv"), `kind,x\n${rows.join("\n")}\n`);
  writeFileSync(join(root, "book.txt"), "to be or not to be that is the question ".repeat(40));
  const ends = async (command: string) => {
    const { code, stdout, stderr } = await loam(command.split(" "), root);
    expect({ command, code, fault: stderr.includes("loam:") ? stderr : "" }).toEqual({
      command,
      code: 0,
      fault: "",
    });
    // No bar, and no sequence that moves a cursor, in a pipe.
    expect(stdout + stderr).not.toContain("\u001b");
    return stdout;
  };
  const quick = "--seed 1 --threads 1 --epochs 20 --members 1";
  const [trained] = await Promise.all([
    ends(`train --data t.csv --target kind ${quick} --out runs/t --json`),
    ends("train --data book.txt --model char-lstm --steps 3 --context 8 --seed 1 --out runs/book"),
  ]);
  const model = JSON.parse(trained).model as string;
  expect(model).toBe(join("runs", "t", "model.safetensors"));
  const said = await Promise.all(
    [
      `evaluate ${model} --data t.csv`,
      `predict ${model} t.csv --csv -`,
      `summary ${model}`,
      "sample runs/book/model.safetensors --prompt to --length 5 --seed 1",
      "report runs/t",
      "runs runs",
      "data info t.csv",
      "data preview t.csv",
      "data convert t.csv t.jsonl",
      "doctor",
      "completion bash",
      `export ${model} --out t.onnx`,
    ].map(ends),
  );
  for (const stdout of said) expect(stdout.trim()).not.toBe("");
  expect(await ends("import t.onnx --out again.safetensors")).not.toBe("");
});

test.for([
  ["train --data nope.csv", 1, "nope.csv: there is no such file or folder"],
  ["train --data digits --epochs none", 2, "--epochs must be"],
  ["evaluate nope", 1, "nope: there is no such file"],
  ["evaluate", 2, 'missing required argument "model"'],
  ["predict nope a.csv", 1, "nope: there is no such file"],
  ["predict nope", 2, 'missing required argument "inputs"'],
  ["summary nope", 1, "nope: there is no such file"],
  ["sample nope", 1, "nope: there is no such file"],
  ["report nope", 1, "run.json: there is no such file"],
  ["runs nope", 1, "nope: there is no such file or folder"],
  ["data info nope", 1, "nope: there is no such file or folder"],
  ["data preview nope", 1, "nope: there is no such file or folder"],
  ["data convert nope a.csv", 1, "nope: there is no such file or folder"],
  ["doctor now", 2, "too many arguments"],
  ["completion tcsh", 2, "Allowed choices are bash, zsh, fish"],
  ["export nope", 1, "nope: there is no such file"],
  ["import nope.onnx", 1, "nope.onnx: there is no such file"],
  ["trian", 2, 'unknown command "trian" (did you mean train?)'],
] as const)("loam %s fails with one sentence on stderr", async ([command, code, says], context) => {
  const ended = await loam(command.split(" "), temporaryFolder(context));
  expect([ended.code, ended.stdout]).toEqual([code, ""]);
  expect(ended.stderr).toMatch(/^loam: .+\n$/);
  expect(ended.stderr).toContain(says);
});
