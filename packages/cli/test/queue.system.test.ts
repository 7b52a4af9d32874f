import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { sweep, type Trial } from "@loam/nn/sweep";
import { processes, queue, serveQueue } from "@loam/nn/sweep/node";
import { describe, expect, it } from "vitest";
import { freePort, redis, type Test } from "./redis-server.js";
import { temporaryFolder } from "./support.js";

/** The function of a module, as text: it takes a tenth of a second over a value that settings, seed and budget decide. */
const MODULE = `
import { setTimeout } from "node:timers/promises";
export default async function ({ settings, seed, budget }) {
  await setTimeout(100);
  return { value: settings.at * seed * budget, detail: { process: process.pid } };
}
`;
const here = ({ settings, seed, budget }: Trial<{ at: number }>) => settings.at * seed * budget;
const SPACE = { at: [1, 2, 3, 4, 5, 6, 7, 8, 9] };
const OPTIONS = { search: "halving", seeds: [3, 5, 6], mode: "max" } as const;

/** A process that serves a queue, of processes of its own. */
function worker(test: Test, url: string, module: string): ChildProcess {
  const program = `
    import { processes, serveQueue } from "@loam/nn/sweep/node";
    const stop = new AbortController();
    process.once("SIGTERM", () => stop.abort());
    const engine = processes({ module: ${JSON.stringify(module)}, parallel: 1 });
    await serveQueue(engine, { redis: ${JSON.stringify(url)}, name: "letters", lock: 2, signal: stop.signal });`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: fileURLToPath(new URL(".", import.meta.url)),
    stdio: ["ignore", "ignore", "inherit"],
  });
  test.onTestFinished(() => {
    child.kill("SIGKILL");
  });
  return child;
}

const standings = ({ leaderboard }: Awaited<ReturnType<typeof sweep>>) =>
  leaderboard.map(({ configuration, value, deviation, rung }) => [configuration, value, deviation, rung]);

describe("a queue", () => {
  it("gives the leaderboard of one machine, each trial once, though a worker is killed and Redis restarted", async (test) => {
    const folder = temporaryFolder(test);
    const server = await redis(test, folder);
    const url = `redis://127.0.0.1:${server.port}`;
    const module = join(folder, "objective.mjs");
    writeFileSync(module, MODULE);
    const workers = [1, 2, 3].map(() => worker(test, url, module));
    const engine = await queue<{ at: number }>({ redis: url, name: "letters" });
    const told: string[] = [];
    const swept = sweep(SPACE, engine, {
      ...OPTIONS,
      onTrial: ({ trial }) => told.push(`${trial.id}@${trial.rung}`),
    });
    while (told.length < 6) await setTimeout(20);
    workers[1]!.kill("SIGKILL");
    while (told.length < 12) await setTimeout(20);
    await server.stop();
    await setTimeout(300);
    await server.start();
    const beside = await swept;
    await engine.close();
    const alone = await sweep(SPACE, here, OPTIONS);
    expect(standings(beside)).toEqual(standings(alone));
    // Rungs of 9, 3 and 1 configurations with three seeds.
    expect([told.length, new Set(told).size]).toEqual([39, 39]);
    const ended = [workers[0]!, workers[2]!].map(
      (one) => new Promise((resolve) => one.once("exit", resolve)),
    );
    for (const one of workers) one.kill("SIGTERM");
    expect(await Promise.all(ended)).toEqual([0, 0]);
  }, 120_000);

  it("is served by a function as well, ends when idle, and throws away what nobody wants", async (test) => {
    const folder = temporaryFolder(test);
    const server = await redis(test, folder);
    const url = `redis://127.0.0.1:${server.port}`;
    // Two queues of one server, and a sweep whose program is gone.
    const gone = await queue({ redis: url, name: "gone" });
    const stop = new AbortController();
    const left = sweep({ at: [1, 2] }, gone, { signal: stop.signal });
    await setTimeout(300);
    server.cli(
      "eval",
      "for _, k in ipairs(redis.call('KEYS', 'loam:sweep:*:seat')) do redis.call('DEL', k) end",
      "0",
    );
    let calls = 0;
    const count = () => {
      calls++;
      return 1;
    };
    await serveQueue(count, { redis: url, name: "gone", idle: 0.5 });
    expect(calls).toBe(0);
    stop.abort();
    await left;
    await gone.close();

    const engine = await queue<{ at: number }>({ redis: url, name: "letters" });
    const serving = serveQueue(here, { redis: url, name: "letters", parallel: 4, idle: 1 });
    const { best, leaderboard } = await sweep(SPACE, engine, { seeds: [2], mode: "max" });
    expect([best!.value, leaderboard.length]).toEqual([18, 9]);
    await serving;
    await engine.close();
  }, 60_000);

  it("ends with one sentence where it cannot be", async (test) => {
    const folder = temporaryFolder(test);
    const port = await freePort();
    const redisAt = (address: string) => ({ redis: address, name: "letters" });
    await expect(queue(redisAt(`redis://127.0.0.1:${port}`))).rejects.toMatchObject({
      code: "redis-unusable",
      message: `redis://127.0.0.1:${port}: nobody answers there; is Redis started, and is this its port?`,
    });
    await expect(serveQueue(here, redisAt("http://here"))).rejects.toMatchObject({ code: "redis-address" });
    await expect(queue({ redis: "redis://here", name: "a b" })).rejects.toMatchObject({ code: "queue-name" });
    // A module that is none ends the worker, and its trial waits for another.
    const server = await redis(test, folder);
    const url = `redis://127.0.0.1:${server.port}`;
    const engine = await queue<{ at: number }>(redisAt(url));
    const swept = sweep({ at: [1] }, engine);
    const none = processes<{ at: number }>({ module: join(folder, "none.mjs") });
    await expect(serveQueue(none, redisAt(url))).rejects.toMatchObject({ code: "objective-not-usable" });
    await none.close();
    const stop = new AbortController();
    const serving = serveQueue(here, { ...redisAt(url), signal: stop.signal });
    expect((await swept).best!.value).toBe(1);
    stop.abort();
    await serving;
    await engine.close();
  }, 60_000);
});
