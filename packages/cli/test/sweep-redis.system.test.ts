import { execFileSync, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { QueueConnection } from "@loam/nn/sweep/internal";
import { describe, expect, it } from "vitest";
import { QueueRunner } from "../src/sweep/redis/queue-runner.js";
import { checkReport, type TrialNews } from "../src/sweep/run-trial.js";
import { parseSweep } from "../src/sweep/sweep-config.js";
import { freePort, PASSWORD, redis, type Test } from "./redis-server.js";
import { BIN, type Ended, loamProcess, type Running, start, temporaryFolder } from "./support.js";

/** A server that speaks TLS as well, with a certificate of its own for 127.0.0.1, and the environment in which that is trusted. */
async function secure(test: Test, folder: string) {
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  const whose = ["-subj", "/CN=loam", "-addext", "subjectAltName=IP:127.0.0.1"];
  execFileSync("openssl", ["req", ...kind, ...whose, "-keyout", key, "-out", certificate], {
    stdio: "ignore",
  });
  const port = await freePort();
  const files = ["--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", certificate];
  const server = await redis(test, folder, [
    "--tls-port",
    String(port),
    ...files,
    "--tls-auth-clients",
    "no",
  ]);
  return { server, port, trusted: { NODE_EXTRA_CA_CERTS: certificate } };
}

function write(folder: string, value: object, name = "many.json"): string {
  writeFileSync(join(folder, name), JSON.stringify(value));
  return name;
}

const boardOf = (folder: string, sweep: string) =>
  readFileSync(join(folder, sweep, "leaderboard.json"), "utf8");

/** 40 trials of a few tenths of a second, so that a kill falls into one. */
const MANY = {
  settings: { data: "digits", model: "softmax", epochs: 30, limit: 300, checkpointEvery: 20 },
  space: {
    learningRate: [0.1, 0.05, 0.02, 0.01, 0.005],
    batchSize: [16, 32],
    optimizer: ["sgd", "momentum", "adam", "rmsprop"],
  },
};

describe("a sweep over Redis", () => {
  it("does every trial once, though a worker is killed and Redis restarted", async (test) => {
    const folder = temporaryFolder(test);
    const server = await redis(test, folder);
    const url = `redis://127.0.0.1:${server.port}`;
    const file = write(folder, MANY);
    const worker = () => start(["worker", "--redis", url, "--parallel", "1", "--lock", "3"], folder);
    const workers: Running[] = [worker(), worker(), worker()];
    test.onTestFinished(() => {
      for (const one of workers) one.kill("SIGKILL");
    });
    const sweep = start(["sweep", file, "--redis", url, "--runs", join(folder, "shared")], folder);
    await sweep.says("trial 8/40");
    workers[1]!.kill("SIGKILL");
    await sweep.says("trial 16/40");
    await server.stop();
    await setTimeout(500);
    await server.start();
    const { code, stderr } = await sweep.ended;
    expect(code).toBe(0);

    // Each is told of once, and Redis has one report of each.
    const told = stderr.match(/^trial \d+\/40 {2}(\S+)/gm)!.map((line) => line.split(/ +/).at(-1));
    expect(new Set(told).size).toBe(40);
    expect(told.length).toBe(40);
    expect(server.cli("hlen", "loam:sweep:{many}:reports").trim()).toBe("40");
    // The killed worker's trial was begun twice, and ended once.
    const attempts = server.cli("hvals", "loam:sweep:{many}:attempts").trim().split("\n").map(Number);
    expect(attempts.length).toBe(40);
    expect(Math.max(...attempts)).toBeGreaterThan(1);

    const alone = await loamProcess(["sweep", file, "--out", "alone"], folder);
    expect(alone.code).toBe(0);
    expect(boardOf(folder, "sweeps/many")).toBe(boardOf(folder, "alone"));
    const { leaderboard } = JSON.parse(boardOf(folder, "alone"));
    expect(JSON.parse(server.cli("get", "loam:sweep:{many}:board"))).toEqual(leaderboard);

    for (const [i, one] of workers.entries()) {
      one.kill("SIGTERM");
      const { code: ended } = await one.ended;
      if (i !== 1) expect(ended).toBe(143);
    }
  }, 240_000);

  it("halves with runs that workers send back, and goes on after its own end", async (test) => {
    const folder = temporaryFolder(test);
    const server = await redis(test, folder);
    const url = `redis://127.0.0.1:${server.port}`;
    const file = write(folder, {
      settings: { ...MANY.settings, epochs: 9, schedule: "cosine" },
      space: { learningRate: { from: 0.001, to: 1, scale: "log" } },
      search: "halving",
      trials: 9,
    });
    const workers = [1, 2].map(() =>
      start(["worker", "--redis", url, "--parallel", "1", "--lock", "3"], folder),
    );
    test.onTestFinished(() => {
      for (const one of workers) one.kill("SIGKILL");
    });
    const first = start(["sweep", file, "--redis", url], folder);
    await first.says("trial 4/9");
    first.kill("SIGKILL");
    await first.ended;
    // Its seat is kept for as long as a silent coordinator may come back.
    let again: Ended;
    do again = await loamProcess(["sweep", "--resume", "sweeps/many", "--redis", url], folder);
    while (again.stderr.includes("carries out a sweep of this name"));
    expect([again.code, again.stderr.split("\n").at(-2)]).toEqual([
      0,
      expect.stringContaining("trial 13/13"),
    ]);
    await loamProcess(["sweep", file, "--out", "alone"], folder);
    expect(boardOf(folder, "sweeps/many")).toBe(boardOf(folder, "alone"));
    for (const one of workers) one.kill("SIGTERM");
    for (const one of workers) await one.ended;
    // What was sent back is there, and no longer in Redis.
    const best = JSON.parse(boardOf(folder, "alone")).leaderboard[0].trials[0].id;
    const run = JSON.parse(readFileSync(join(folder, "sweeps/many/trials", best, "run.json"), "utf8"));
    expect(run.status).toBe("finished");
    expect(server.cli("hkeys", "loam:sweep:{many}:files").trim()).toBe("");
  }, 120_000);

  it("hears from the workers how far their trials are", async (test) => {
    const folder = temporaryFolder(test);
    const server = await redis(test, folder);
    const url = `redis://127.0.0.1:${server.port}`;
    const worker = start(["worker", "--redis", url, "--parallel", "1"], folder);
    test.onTestFinished(() => void worker.kill("SIGKILL"));
    const epochs = 4000;
    const file = write(folder, {
      settings: { ...MANY.settings, epochs },
      space: { batchSize: [16] },
    });
    const connection = await QueueConnection.open("test", url);
    test.onTestFinished(() => connection.close());
    const config = parseSweep(readFileSync(join(folder, file), "utf8"), file);
    const store = connection.store("many", checkReport);
    const runner = new QueueRunner({ sweep: "many", connection, store, runs: undefined });
    const trial = { id: "c001-s1", configuration: 1, settings: {}, seed: 1, rung: 0, budget: 1 } as const;
    const order = { settings: { ...config.settings, batchSize: 16, seed: 1 }, folder: join(folder, "trial") };
    const heard: TrialNews[] = [];
    const stop = new AbortController();
    const report = await runner.run(
      { ...order, budget: 1, directory: folder },
      trial,
      stop.signal,
      (news) => {
        heard.push(news);
        // A worker that was taken for dead has another attempt's number, and is not heard.
        if (heard.length === 1) void store.tell(trial.id, 0, 7, { epoch: -1, epochs });
        if (heard.length === 3) stop.abort();
      },
    );
    await runner.close();
    expect(report).toBeUndefined();
    expect(heard.map((news) => news.epochs)).toEqual([epochs, epochs, epochs]);
    const reached = heard.map(({ epoch }) => epoch);
    expect(reached[0]).toBeGreaterThan(0);
    expect(reached).toEqual([...new Set(reached)].sort((a, b) => a - b));
  }, 120_000);

  it("gives a trial to another where a worker cannot write, which says so and ends", async (test) => {
    const folder = temporaryFolder(test);
    const server = await redis(test, folder);
    const url = `redis://127.0.0.1:${server.port}`;
    // Whichever is begun first, its first checkpoint comes in the middle of an epoch.
    const file = write(folder, {
      settings: { ...MANY.settings, epochs: 2, batchSize: 16 },
      space: { learningRate: [0.1, 0.05] },
    });
    // No file of more than 8 KiB may be written: as on a full disk, the checkpoint fails.
    const cramped = spawn(
      "bash",
      ["-c", `ulimit -f 8; exec "${process.execPath}" "${BIN}" worker --redis ${url} --parallel 1`],
      { cwd: folder },
    );
    let said = "";
    cramped.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    const ended = new Promise((resolve) => cramped.once("exit", resolve));
    const sweep = start(["sweep", file, "--redis", url], folder);
    expect(await ended).toBe(1);
    expect(said).toMatch(/loam: .*checkpoint\.safetensors: the file would be larger than is allowed\.\n$/);
    expect(said.match(/^begins /gm)).toHaveLength(1);
    const able = start(["worker", "--redis", url, "--parallel", "1"], folder);
    expect((await sweep.ended).code).toBe(0);
    able.kill("SIGTERM");
    await able.ended;
  }, 60_000);
});

describe("TLS and users", () => {
  it("trains as a user of an ACL, with the rights that docs/sweeps.md names and no other, over TLS", async (test) => {
    const folder = temporaryFolder(test);
    const { server, port, trusted } = await secure(test, folder);
    const page = readFileSync(new URL("../../../docs/sweeps.md", import.meta.url), "utf8");
    const rights = /ACL SETUSER loam on >password ([^`]+)`/.exec(page)![1]!.split(" ");
    // A password of which an address can hold no character as it is.
    server.cli("acl", "setuser", "loam", "on", ">p@ss:/?#", ...rights);
    server.cli("acl", "setuser", "default", "off");
    const url = `rediss://loam:${encodeURIComponent("p@ss:/?#")}@127.0.0.1:${port}`;
    const file = write(folder, { settings: { ...MANY.settings, epochs: 2 }, space: { batchSize: [16, 32] } });
    const worker = start(["worker", "--redis", url, "--parallel", "2"], folder, trusted);
    test.onTestFinished(() => worker.kill("SIGKILL"));
    const { code, stderr } = await loamProcess(["sweep", file, "--redis", url], folder, trusted);
    expect([code, stderr.match(/^trial \d\/2/gm)]).toEqual([0, ["trial 1/2", "trial 2/2"]]);
    await loamProcess(["sweep", file, "--out", "alone"], folder);
    expect(boardOf(folder, "sweeps/many")).toBe(boardOf(folder, "alone"));
    worker.kill("SIGTERM");
    expect((await worker.ended).code).toBe(143);
  }, 60_000);
});

describe("what is wrong with a queue is said in one sentence, within ten seconds", () => {
  const say = async (folder: string, ...words: string[]) => {
    const began = performance.now();
    const { code, stderr } = await loamProcess(words, folder);
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(code).not.toBe(0);
    const [sentence, ...more] = stderr.trimEnd().split("\n");
    expect(more).toEqual([]);
    expect(stderr).not.toContain("wrong-horse");
    return sentence;
  };

  it("nobody there, no such host, a wrong password, none, no right, no Redis", async (test) => {
    const folder = temporaryFolder(test);
    const file = write(folder, { settings: MANY.settings, space: { batchSize: [16] } });
    const server = await redis(test, folder, ["--requirepass", PASSWORD]);
    server.cli("acl", "setuser", "reader", "on", ">wrong-horse", "~other:*", "+get");
    const at = (host: string) => ["sweep", file, "--redis", `redis://${host}`];
    const own = `127.0.0.1:${server.port}`;
    expect(await say(folder, ...at(`127.0.0.1:${await freePort()}`))).toMatch(/nobody answers there/);
    expect(await say(folder, ...at("no-such-host.invalid"))).toMatch(/there is no host of that name/);
    expect(await say(folder, ...at(`:wrong-horse@${own}`))).toMatch(/refuses the user or the password/);
    expect(await say(folder, ...at(own))).toMatch(/wants a password/);
    expect(await say(folder, ...at(`reader:wrong-horse@${own}`))).toMatch(/gives this user no right/);
    expect(await say(folder, "worker", "--redis", `redis://:wrong-horse@${own}`)).toMatch(/refuses/);
    expect(await say(folder, "worker", "--redis", "http://here")).toMatch(/must begin with redis:\/\//);
    expect(await say(folder, "worker")).toMatch(/--redis/);
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    test.onTestFinished(() => {
      silent.close();
    });
    const { port } = silent.address() as { port: number };
    expect(await say(folder, ...at(`127.0.0.1:${port}`))).toMatch(/nothing comes back|closed at once/);
    expect(() => readFileSync(join(folder, "sweeps/many/sweep.json"))).toThrow(/ENOENT/);
  }, 150_000);

  it("a certificate that nobody knows, one of another host, TLS where there is none and the other way round", async (test) => {
    const folder = temporaryFolder(test);
    const file = write(folder, { settings: MANY.settings, space: { batchSize: [16] } });
    const { server, port, trusted } = await secure(test, folder);
    const at = (address: string) => ["sweep", file, "--redis", address];
    expect(await say(folder, ...at(`rediss://127.0.0.1:${port}`))).toMatch(
      /rediss:\/\/127\.0\.0\.1:\d+: its certificate is signed by nobody that is trusted here; name the file of who signed it in NODE_EXTRA_CA_CERTS\.$/,
    );
    const elsewhere = await loamProcess(at(`rediss://localhost:${port}`), folder, trusted);
    expect(elsewhere.stderr).toMatch(/its certificate is for another host: .*localhost/);
    expect(await say(folder, ...at(`redis://127.0.0.1:${port}`))).toMatch(
      /nothing comes back|closed at once/,
    );
    expect(await say(folder, ...at(`rediss://127.0.0.1:${server.port}`))).toMatch(
      /; is this Redis, and is TLS \(rediss:\/\/\) right\?/,
    );
  }, 60_000);

  it("users who may do less than a queue needs", async (test) => {
    const folder = temporaryFolder(test);
    const server = await redis(test, folder);
    const own = `127.0.0.1:${server.port}`;
    const as = async (...rights: string[]) => {
      server.cli("acl", "setuser", "half", "reset", "on", ">wrong-horse", ...rights);
      return say(folder, "worker", "--redis", `redis://half:wrong-horse@${own}`);
    };
    expect(await as("~loam:*", "+@all", "-xadd")).toMatch(/no right to what is needed: XADD\.$/);
    expect(await as("~loam:*", "+@all", "-bzpopmin")).toMatch(/no right to what is needed: .*'bzpopmin'/);
    expect(await as("~loam:*", "+@all", "-evalsha")).toMatch(/no right to what is needed: .*evalsha/);
    expect(await as("~other:*", "+@all")).toMatch(/no right to what is needed: .*keys/);
    expect(server.cli("keys", "loam:*").trim()).toBe("");
  }, 60_000);

  it("two sweeps of one name", async (test) => {
    const folder = temporaryFolder(test);
    const server = await redis(test, folder);
    const url = `redis://127.0.0.1:${server.port}`;
    const file = write(folder, { settings: MANY.settings, space: { batchSize: [16, 32] } });
    const first = start(["sweep", file, "--redis", url], folder);
    await first.says("sweep  ");
    const second = await loamProcess(["sweep", file, "--redis", url, "--out", "other"], folder);
    expect(second.code).toBe(2);
    expect(second.stderr).toMatch(/many: process \d+ on \S+ carries out a sweep of this name/);
    first.kill("SIGINT");
    expect((await first.ended).code).toBe(130);
    const third = await loamProcess(["sweep", file, "--redis", url, "--out", "third"], folder);
    expect(third.stderr).toMatch(/Redis holds a sweep of this name that is not done; loam sweep --resume/);
  }, 60_000);
});
