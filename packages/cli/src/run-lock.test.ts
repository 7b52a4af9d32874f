import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { UsageError } from "./failure.js";
import { RunLock } from "./run-lock.js";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "loam-lock-"));
});
afterEach(() => rm(root, { recursive: true }));

const leave = (holder: object) => writeFile(join(root, "run.lock"), `${JSON.stringify(holder)}\n`);
const host = hostname();

describe("RunLock", () => {
  test("is one process's until it lets go", async () => {
    const lock = await RunLock.take(root);
    expect(JSON.parse(await readFile(join(root, "run.lock"), "utf8"))).toEqual({ pid: process.pid, host });
    const refusal = RunLock.take(root);
    await expect(refusal).rejects.toThrow(UsageError);
    await expect(refusal).rejects.toThrow(
      `${root}: process ${process.pid} trains in this folder; wait until it is done, or stop it (if that is no loam, remove ${join(root, "run.lock")}).`,
    );
    lock.release();
    expect(await readdir(root)).toEqual([]);
    const again = await RunLock.take(root);
    lock.release(); // the first, once more: it has nothing to let go any more
    await expect(RunLock.take(root)).rejects.toThrow(UsageError);
    again.release();
  });

  test("goes to one of many who ask at once", async () => {
    await leave({ pid: spawnSync(process.execPath, ["--version"]).pid, host });
    const answers = await Promise.allSettled(Array.from({ length: 8 }, () => RunLock.take(root)));
    const taken = answers.filter((answer) => answer.status === "fulfilled");
    expect(taken).toHaveLength(1);
    expect(await readdir(root)).toEqual(["run.lock"]);
    taken[0]!.value.release();
  });

  test("a process that runs keeps it, one that is gone does not", async () => {
    await leave({ pid: process.ppid, host });
    await expect(RunLock.take(root)).rejects.toThrow(`process ${process.ppid} trains in this folder`);
    const gone = spawnSync(process.execPath, ["--version"]).pid;
    // The last is what a container's next process finds: its own number, by one that was killed.
    for (const pid of [gone, process.pid]) {
      await leave({ pid, host });
      (await RunLock.take(root)).release();
    }
    expect(await readdir(root)).toEqual([]);
  });

  test("is filled from its first moment on, for whoever looks", async () => {
    const read: string[] = [];
    const watch = new Worker(
      `const { parentPort, workerData } = require("node:worker_threads");
      const { readFileSync } = require("node:fs");
      const seen = new Set();
      parentPort.postMessage("ready");
      for (let end = Date.now() + 150; Date.now() < end; ) {
        try { seen.add(readFileSync(workerData, "utf8")); } catch {}
      }
      parentPort.postMessage([...seen]);`,
      { eval: true, workerData: join(root, "run.lock") },
    );
    await once(watch, "message");
    const done = once(watch, "message");
    for (let end = Date.now() + 150; Date.now() < end; ) (await RunLock.take(root)).release();
    read.push(...(await done)[0]);
    for (const text of read) expect(text).toMatch(/\n$/);
  });

  test("a folder in its place is refused", async () => {
    await mkdir(join(root, "run.lock"));
    await expect(RunLock.take(root)).rejects.toThrow(
      "this is a folder, where the lock of a run belongs; remove it.",
    );
  });

  test("another machine's is believed", async () => {
    await leave({ pid: 7, host: `${host}-2` });
    await expect(RunLock.take(root)).rejects.toThrow(
      `${root}: process 7 on ${host}-2 trains in this folder; if it no longer does, remove ${join(root, "run.lock")}.`,
    );
  });

  test.each(["", "{", '{"pid":"x"}\n'])("a file that says nothing holds nothing: %j", async (text) => {
    await writeFile(join(root, "run.lock"), text);
    (await RunLock.take(root)).release();
    expect(await readdir(root)).toEqual([]);
  });
});
