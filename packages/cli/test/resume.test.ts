import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { decodeCheckpoint, encodeCheckpoint } from "@loam/nn/checkpoint";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TrainingResult } from "../src/run-record.js";
import { loam, start, temporaryFolder } from "./support.js";

/** A run of a second or two, with dropout and a schedule, whose epochs end in a short batch. */
const WORDS = "--model mlp --limit 2000 --batch-size 64 --epochs 20 --seed 5 --schedule cosine --threads 1";
const RUN = WORDS.split(" ");

let shared: string;
let whole: TrainingResult;
beforeAll(async () => {
  shared = mkdtempSync(join(tmpdir(), "loam-resume-"));
  whole = await json(shared, ...RUN, "--out", "whole");
});
afterAll(() => rmSync(shared, { recursive: true, force: true }));

/** history.csv without its wall-clock column. */
function history(root: string, run: string): string[] {
  const lines = readFileSync(join(root, run, "history.csv"), "utf8")
    .trimEnd()
    .split("\n");
  return lines.map((line) => line.slice(0, line.lastIndexOf(",")));
}

async function json(root: string, ...words: string[]): Promise<TrainingResult> {
  const { code, stdout, stderr } = await loam(["train", "--json", ...words], root);
  expect(stderr).not.toContain("loam:");
  expect(code).toBe(0);
  return JSON.parse(stdout.trimEnd().split("\n").at(-1)!);
}

const record = (root: string, run: string) => JSON.parse(readFileSync(join(root, run, "run.json"), "utf8"));

/** A run.json as versions wrote it that kept no hash of its configuration. */
function withoutHash(text: string): string {
  return text.replace(/ +"configurationHash": "[0-9a-f]{64}",\n/, "");
}

/** A folder's files but the best checkpoint, which is there where it is neither of the last two. */
const lasting = (folder: string) =>
  readdirSync(folder)
    .filter((name) => name !== "checkpoint-best.safetensors")
    .sort();

/** A result without its wall-clock figures. */
function timeless({ seconds: _, samplesPerSecond: __, model: ___, ...rest }: TrainingResult) {
  return rest;
}

/** A folder's files but the lock of a process that was killed, their bytes as text, which is compared faster. */
function contents(folder: string): string[] {
  const files = readdirSync(folder).filter((name) => name !== "run.lock");
  return files.map((name) => `${name} ${readFileSync(join(folder, name), "latin1")}`);
}

/** A process that it is loaded into gets the signal as soon as it says this: whoever waits for the words may wait until the run is over. */
const atWords = (words: string, signal: NodeJS.Signals) => `
const { write } = process.stderr;
let said = "";
process.stderr.write = (text, ...rest) => {
  const does = write.call(process.stderr, text, ...rest);
  if (said.includes(${JSON.stringify(words)})) return does;
  said += text;
  if (said.includes(${JSON.stringify(words)})) process.kill(process.pid, "${signal}");
  return does;
};`;

/** Starts a run, and ends it with a signal when it has told of its second epoch. */
async function stopped(root: string, signal: NodeJS.Signals, ...words: string[]): Promise<void> {
  const preload = `data:text/javascript,${encodeURIComponent(atWords("epoch  2/20", signal))}`;
  await start(["train", ...RUN, "--out", "run", ...words], root, { NODE_OPTIONS: `--import=${preload}` })
    .ended;
}

describe("loam train --resume", { timeout: 180_000 }, () => {
  test("ends where the run would have, after SIGINT and after SIGKILL", async (context) => {
    const root = temporaryFolder(context);
    for (const signal of ["SIGINT", "SIGKILL"] as const) {
      await stopped(root, signal, "--checkpoint-every", "50");
      expect(record(root, "run").status).toBe(signal === "SIGKILL" ? "running" : "interrupted");
      // As if the kill had come while a file was written.
      writeFileSync(join(root, "run", "history.csv.0123abcd.part"), "epo");
      const checkpoint = decodeCheckpoint(readFileSync(join(root, "run", "checkpoint.safetensors")));
      const { step } = checkpoint.position;
      if (signal === "SIGKILL") expect(step % 50).toBe(0);
      // In the middle of a schedule, whose end stays where it was.
      expect(step).toBeLessThan(640);
      expect(checkpoint.learningRate).toMatchObject({ kind: "cosineDecay", steps: 640 }); // 20 epochs of ⌈2000 / 64⌉ steps
      const resumed = await json(root, "--resume", "run", "--threads", "2");
      expect(timeless(resumed)).toEqual(timeless(whole));
      expect(history(root, "run")).toEqual(history(shared, "whole"));
      expect(lasting(join(root, "run"))).toEqual([
        "checkpoint.safetensors",
        "history.csv",
        "model.safetensors",
        "run.json",
      ]);
      expect(record(root, "run")).toMatchObject({ status: "finished", resumed: [{ step }] });
      expect("stopped" in record(root, "run")).toBe(false);
      const models = [root, shared].map((folder, k) =>
        readFileSync(join(folder, ["run", "whole"][k]!, "model.safetensors")),
      );
      expect(models[0]!.equals(models[1]!)).toBe(true);
      rmSync(join(root, "run"), { recursive: true });
    }
  });

  test("takes a run of a version without schedules for one at a constant rate", async (context) => {
    const root = temporaryFolder(context);
    const words = ["--model", "lenet", "--limit", "64", "--steps", "2", "--seed", "1"];
    const whole = await json(root, ...words, "--schedule", "constant", "--out", "run");
    const path = join(root, "run", "run.json");
    writeFileSync(
      path,
      withoutHash(readFileSync(path, "utf8"))
        .replace(/ +"schedule": "constant",\n/, "")
        .replace('"finished"', '"failed"'),
    );
    expect(readFileSync(path, "utf8")).not.toContain("schedule");
    expect(timeless(await json(root, "--resume", "run"))).toEqual(timeless(whole));
  });

  test("begins at the first step when the run came to no checkpoint", async (context) => {
    const root = temporaryFolder(context);
    const whole = await json(root, ...RUN, "--epochs", "1", "--out", "whole");
    await stopped(root, "SIGKILL", "--checkpoint-every", "1000000");
    expect(existsSync(join(root, "run", "checkpoint.safetensors"))).toBe(false);
    const text = readFileSync(join(root, "run", "run.json"), "utf8");
    writeFileSync(join(root, "run", "run.json"), withoutHash(text).replace('"epochs": 20', '"epochs": 1'));
    const resumed = await json(root, "--resume", "run");
    expect(timeless(resumed)).toEqual(timeless(whole));
  });

  test("says where it goes on and what may differ, and a checkpoint is a model until then", async (context) => {
    const root = temporaryFolder(context);
    await stopped(root, "SIGTERM");
    const checkpoint = join("run", "checkpoint.safetensors");
    const bytes = readFileSync(join(root, checkpoint));
    const { step } = decodeCheckpoint(bytes).position;
    expect(step).toBeGreaterThan(0);
    expect((await loam(["evaluate", checkpoint], root)).stdout).toMatch(/^accuracy +\d/);
    writeFileSync(join(root, checkpoint), encodeCheckpoint({ ...decodeCheckpoint(bytes), loam: "0.0.1" }));
    const { stderr, code } = await loam(["train", "--resume", "run"], root);
    expect(code).toBe(0);
    expect(stderr).toContain(`\ngoes on   after step ${step}\n`);
    expect(stderr).toMatch(/was written by Loam 0\.0\.1, and this is .+; what follows may differ/);
  });

  test("refuses with one sentence and leaves the folder alone", async (context) => {
    const root = temporaryFolder(context);
    await stopped(root, "SIGKILL");
    const checkpoint = join("run", "checkpoint.safetensors");
    expect(decodeCheckpoint(readFileSync(join(root, checkpoint))).position.step % 32).toBe(0); // an epoch has 32 steps
    cpSync(join(root, "run"), join(root, "kept"), { recursive: true });
    const refusal = async (...words: string[]): Promise<[number | null, string]> => {
      const before = contents(join(root, "run"));
      const { code, stderr, stdout } = await loam(["train", "--resume", ...words], root);
      expect(stdout).toBe("");
      const lines = stderr.trimEnd().split("\n");
      expect(lines.filter((line) => line.startsWith("loam:"))).toHaveLength(1);
      expect(contents(join(root, "run"))).toEqual(before);
      cpSync(join(root, "kept"), join(root, "run"), { recursive: true });
      return [code, lines.at(-1)!];
    };
    const edit = (change: (text: string) => string) => {
      const path = join(root, "run", "run.json");
      const text = readFileSync(path, "utf8");
      expect(change(text)).not.toBe(text);
      writeFileSync(path, change(text));
    };

    expect(await refusal("nowhere")).toEqual([
      1,
      "loam: nowhere: holds no run to go on with (run.json); name the folder of a run.",
    ]);
    expect(await refusal("run", "--batch-size", "3", "--seed", "2")).toEqual([
      2,
      "loam: --resume takes the settings of the run that goes on; leave out --batch-size, --seed.",
    ]);
    expect(await refusal("run", "--config", "net.json")).toEqual([
      2,
      "loam: --resume takes the settings of the run that goes on; leave out --config.",
    ]);
    for (const [was, is] of [
      ['"epochs": 20', '"epochs": 31'],
      [/^ {2}"seed": 5/m, '  "seed": 6'],
      [/ +"precision": "standard",\n/, ""],
    ] as const) {
      edit((text) => text.replace(was, is));
      expect(await refusal("run")).toEqual([
        2,
        "loam: run: the configuration in its run.json was changed, and no longer has the hash beside it; undo that, or train anew with --config.",
      ]);
    }
    // Without the hash, as earlier versions wrote it, the checkpoint tells most changes.
    edit((text) => withoutHash(text).replace('"learningRate": 0.001', '"learningRate": 0.002'));
    expect(await refusal("run")).toEqual([
      2,
      `loam: ${checkpoint}: this run is not the checkpoint's: optimizer.learningRate.learningRate was 0.001 and is 0.002; make them agree, or begin anew without it.`,
    ]);
    edit((text) => withoutHash(text).replace('"limit": 2000', '"limit": 2001'));
    expect(await refusal("run")).toEqual([
      1,
      `loam: ${checkpoint}: the training data is not what the checkpoint was made with; give the same data, or begin anew without it.`,
    ]);
    edit((text) => text.slice(0, 100));
    expect(await refusal("run")).toEqual([
      1,
      "loam: run: its run.json is damaged; train anew, or use checkpoint.safetensors as a model.",
    ]);
    truncateSync(join(root, checkpoint), 100_000);
    expect(await refusal("run")).toEqual([
      1,
      expect.stringMatching(/^loam: run.checkpoint\.safetensors: .+; it is damaged or cut short\.$/),
    ]);
  });

  test("finds the data where it was, from whatever folder it is called", async (context) => {
    const root = temporaryFolder(context);
    for (const folder of ["data", "elsewhere"]) mkdirSync(join(root, folder));
    const rows = Array.from({ length: 300 }, (_, i) => `${i % 3},${i % 7},${i % 5},${i % 3}`);
    writeFileSync(join(root, "data", "table.csv"), `${rows.join("\n")}\n`);
    writeFileSync(join(root, "data", "test.csv"), `${rows.slice(0, 50).join("\n")}\n`);
    const words = [
      "--data",
      "table.csv",
      "--test-data",
      "test.csv",
      "--target",
      "0",
      "--seed",
      "1",
      "--threads",
      "1",
    ];
    const run = (cwd: string, ...more: string[]) => json(join(root, cwd), ...more);
    const whole = await run("data", ...words, "--epochs", "2", "--out", "../whole");
    // As if it had been killed at once: there is no checkpoint, and nothing of it is done.
    await run("data", ...words, "--epochs", "2", "--out", "../run");
    for (const name of ["model.safetensors", "history.csv"]) rmSync(join(root, "run", name));
    expect(record(root, "run").directory).toBe(realpathSync(join(root, "data")));
    expect(timeless(await run("elsewhere", "--resume", "../run"))).toEqual(timeless(whole));
    expect(record(root, "run").directory).toBe(realpathSync(join(root, "data")));
    // All of it is moved: it goes on from where the data is now.
    rmSync(join(root, "run", "model.safetensors"));
    renameSync(join(root, "data"), join(root, "moved"));
    const lost = await loam(["train", "--resume", "../run"], join(root, "elsewhere"));
    expect(lost.code).toBe(1);
    expect(lost.stderr).toMatch(/^loam: table\.csv: there is no such file or folder;/);
    expect(timeless(await run("moved", "--resume", "../run"))).toEqual(timeless(whole));
  });

  test("refuses a run that another process is at", async (context) => {
    const root = temporaryFolder(context);
    // One checkpoint, at its end: how many there would be by then is the clock's matter, and the one before the last would be here as well.
    const long = ["--epochs", "100000", "--checkpoint-every", "1000000"];
    const running = start(["train", ...RUN, ...long, "--out", "run"], root);
    await running.says("epoch ");
    const { code, stderr, stdout } = await loam(["train", "--resume", "run"], root);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(
      /^loam: run: process \d+ trains in this folder; wait until it is done, or stop it \(if that is no loam, remove .+\)\.\n$/,
    );
    running.kill("SIGINT");
    expect((await running.ended).code).toBe(130);
    expect(lasting(join(root, "run"))).toEqual([
      "checkpoint.safetensors",
      "history.csv",
      "model.safetensors",
      "run.json",
    ]);
  });

  test("goes on from the checkpoint before when the last is damaged, and says so", async (context) => {
    const root = temporaryFolder(context);
    await stopped(root, "SIGINT", "--checkpoint-every", "5");
    const path = join("run", "checkpoint.safetensors");
    const bytes = readFileSync(join(root, path));
    bytes[bytes.length - 2]! ^= 1;
    writeFileSync(join(root, path), bytes);
    const { code, stdout, stderr } = await loam(["train", "--json", "--resume", "run"], root);
    expect(stderr).toContain(
      `The run goes on from the one before it, ${join("run", "checkpoint-previous.safetensors")}.`,
    );
    expect(code).toBe(0);
    expect(timeless(JSON.parse(stdout))).toEqual(timeless(whole));
    expect(readdirSync(join(root, "run"))).not.toContain("checkpoint-previous.safetensors");
  });

  test("refuses a finished run", async () => {
    const { code, stderr } = await loam(["train", "--resume", "whole"], shared);
    expect(code).toBe(2);
    expect(stderr).toBe(
      `loam: whole: this run is finished; its model is ${join("whole", "model.safetensors")}, and --epochs with a larger number goes on with it.\n`,
    );
  });

  test("a finished run that was killed at its last calls is cleared by the next command on it", async (context) => {
    const root = temporaryFolder(context);
    cpSync(join(shared, "whole"), join(root, "run"), { recursive: true });
    const names = lasting(join(root, "run"));
    // What a kill leaves: the checkpoint before the last, a file that was being written, and the lock of a process that is gone.
    const checkpoint = readFileSync(join(root, "run", "checkpoint.safetensors"));
    writeFileSync(join(root, "run", "checkpoint-previous.safetensors"), checkpoint);
    writeFileSync(join(root, "run", "run.json.0123abcd.part"), "{");
    writeFileSync(
      join(root, "run", "run.lock"),
      `${JSON.stringify({ pid: 2 ** 22 + 1, host: hostname() })}\n`,
    );
    const { code, stderr } = await loam(["train", "--resume", "run"], root);
    expect(code).toBe(2);
    expect(stderr).toContain("loam: run: this run is finished");
    expect(lasting(join(root, "run"))).toEqual(names);
  });
});
