import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { BIN, loam, start, temporaryFolder } from "./support.js";

/** What the shell's `command` says on stderr, with `$LOAM` for the real command, and its exit code. */
function shell(command: string, cwd: string): Promise<{ code: number | null; stderr: string }> {
  const child = spawn("bash", ["-c", command], {
    cwd,
    env: { ...process.env, LOAM: `${process.execPath} ${BIN}` },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stderr }));
  });
}

const status = (root: string) => JSON.parse(readFileSync(join(root, "run", "run.json"), "utf8")).status;

const TINY = "--model softmax --limit 200 --seed 1";

describe("progress is expendable:", () => {
  test("a run goes on to its end when nobody reads it any more", async (context) => {
    const root = temporaryFolder(context);
    const { code } = await shell(
      `$LOAM train ${TINY} --epochs 20 --out run 2>&1 | head -1; exit \${PIPESTATUS[0]}`,
      root,
    );
    expect(code).toBe(0);
    expect(status(root)).toBe("finished");
    expect(readdirSync(join(root, "run")).sort()).toEqual([
      "checkpoint.safetensors",
      "history.csv",
      "model.safetensors",
      "run.json",
    ]);
  });

  test("a run that is stopped together with its reader keeps what it learnt", async (context) => {
    const root = temporaryFolder(context);
    const running = start(["train", ...TINY.split(" "), "--epochs", "1000000", "--out", "run"], root);
    await running.says("epoch ");
    running.hangUp();
    await setTimeout(1000); // it prints some more epochs, to nobody
    running.kill("SIGINT");
    expect((await running.ended).code).toBe(130);
    expect(status(root)).toBe("interrupted");
    expect(
      readdirSync(join(root, "run"))
        .filter((name) => !/previous|best/.test(name))
        .sort(),
    ).toEqual(["checkpoint.safetensors", "history.csv", "model.safetensors", "run.json"]);
  });
});

// A device that is always full, which Linux has.
describe.runIf(process.platform === "linux")("a full disk", () => {
  test("takes progress without harm to the run", async (context) => {
    const root = temporaryFolder(context);
    const { code } = await shell(`$LOAM train ${TINY} --out run 2> /dev/full`, root);
    expect(code).toBe(0);
    expect(status(root)).toBe("finished");
  });

  test("under stdout is said in one sentence", async (context) => {
    const root = temporaryFolder(context);
    for (const words of ["summary --model cnn", "summary --model cnn --json", "--help"]) {
      expect(await shell(`$LOAM ${words} > /dev/full`, root)).toEqual({
        code: 1,
        stderr: "loam: stdout: no space is left on the device.\n",
      });
    }
  });
});

describe("the host's errors name the file:", () => {
  test("a folder where a file should be", async (context) => {
    const root = temporaryFolder(context);
    const said = async (...words: string[]) => (await loam(words, root)).stderr;
    expect(await said("train", "--config", ".")).toBe("loam: .: it is a folder, not a file.\n");
    await loam(["train", ...TINY.split(" "), "--out", "run"], root);
    const model = join("run", "model.safetensors");
    expect(await said("predict", model, "run")).toBe(
      "loam: run: this folder has no pictures in it, which is what the model is for.\n",
    );
  });

  // In blocks of 1024 bytes: files that are longer cannot be written.
  test.runIf(process.platform !== "win32")("no room for a checkpoint, or for anything", async (context) => {
    const root = temporaryFolder(context);
    const { code, stderr } = await shell(`ulimit -f 10; $LOAM train ${TINY} --out run`, root);
    expect(code).toBe(1);
    expect(stderr.split("\n").at(-2)).toBe(
      `loam: ${join("run", "checkpoint-best.safetensors")}: the file would be larger than is allowed.`,
    );
    expect(readdirSync(join(root, "run")).sort()).toEqual(["history.csv", "run.json"]);
    expect(status(root)).toBe("failed");
    expect(await shell(`ulimit -f 0; $LOAM train ${TINY} --out none/at/all`, root)).toEqual({
      code: 1,
      stderr: `loam: ${join("none", "at", "all", "run.lock")}: the file would be larger than is allowed.\n`,
    });
    expect(readdirSync(root)).toEqual(["run"]);
  });
});
