import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as nn from "@loam/nn";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findChromium } from "../../scripts/chromium.mjs";
import { ISOLATED, serveFolder } from "../../scripts/serve-folder.mjs";
import { drawNetworks, membersOf } from "./random-networks.mjs";
import { NETWORKS, SEED } from "./train-networks.mjs";

// One seed, one result: random networks on every engine there is, each network's weights compared with Node 20's to the last bit.

const here = fileURLToPath(new URL(".", import.meta.url));
const LOAM = path.join(here, "../../packages/cli/bin/loam.js");
const run = promisify(execFile);

interface Found {
  readonly hashes: Readonly<Record<number, string>>;
  readonly trainings: number;
  readonly differing: readonly string[];
  readonly notes: readonly string[];
  readonly failed?: string;
}

interface Request {
  readonly threads?: readonly number[];
  readonly numbers?: readonly number[];
  readonly all?: boolean;
}

const binary = (name: string) => path.join(here, "node_modules", name);
const onPath = (name: string) =>
  (process.env.PATH ?? "")
    .split(path.delimiter)
    .map((folder) => path.join(folder, name))
    .find((file) => existsSync(file)) ?? name;

/** Engines that run a file, by the words before it. */
const ENGINES: Readonly<Record<string, readonly string[]>> = {
  "Node 22": [binary("node-22/bin/node")],
  "Node 24": [binary("node-24/bin/node")],
  "Node 26": [binary("node-26/bin/node")],
  Bun: [binary("@oven/bun-linux-x64-baseline/bin/bun")],
  Deno: [binary("@deno/linux-x64-glibc/deno"), "run", "--allow-all"],
};
const ARM64 = [
  onPath("qemu-aarch64-static"),
  "-L",
  "/usr/aarch64-linux-gnu",
  binary("node-20-arm64/bin/node"),
];
const FIREFOX = ["firefox-esr", "firefox"].map(onPath).find((file) => existsSync(file));

/** Whether an engine's files are there. `npm ci --prefix test/engines --force` gets those of npm. */
const isThere = (words: readonly string[]) => words.filter((word) => path.isAbsolute(word)).every(existsSync);

async function trainOn(words: readonly string[], request: Request, wide = "off"): Promise<Found> {
  const [file, ...before] = words;
  const env = { ...process.env, LOAM_WIDE: wide };
  const { stdout } = await run(file!, [...before, path.join(here, "run.mjs"), JSON.stringify(request)], {
    env,
  });
  return JSON.parse(stdout) as Found;
}

/** What products.mjs prints. */
interface Products {
  readonly notes: readonly string[];
  readonly products: readonly string[];
  readonly networks: Readonly<Record<string, string>>;
}

async function productsOn(file: string, ...words: readonly string[]): Promise<Products & { said: string }> {
  const env = { ...process.env, LOAM_WIDE: "auto" };
  const { stdout } = await run(file, [...words, path.join(here, "products.mjs")], {
    env,
    maxBuffer: 1 << 28,
  });
  const lines = stdout.trimEnd().split("\n");
  return { ...(JSON.parse(lines.pop()!) as Products), said: lines.join("\n") };
}

/** The short training of the command, on an engine. */
async function commandOn(words: readonly string[], folder: string): Promise<string> {
  const [file, ...before] = words;
  const flags = "--data digits --limit 300 --model cnn --steps 12 --seed 3 --threads 2 --json".split(" ");
  const { stdout } = await run(file!, [...before, LOAM, "train", ...flags, "--out", folder]);
  return JSON.parse(stdout.trimEnd().split("\n").at(-1)!).weightsHash;
}

let folder: string;
let node20: Found;
let command: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "loam-engines-"));
  [node20, command] = await Promise.all([
    trainOn([process.execPath], { all: true }),
    commandOn([process.execPath], path.join(folder, "first")),
  ]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the drawn networks", () => {
  it("hold every layer, optimizer and loss", () => {
    const all = [nn.layerClasses, nn.optimizerClasses, nn.lossFactories].flatMap((members) =>
      Object.keys(members),
    );
    const drawn = membersOf(drawNetworks(nn, NETWORKS, SEED));
    expect(all.filter((name) => !drawn.includes(name))).toEqual([]);
  });

  it("train to one hash each in the Node of this process, on 1 to 4 threads, interrupted or not", () => {
    expect(node20.differing).toEqual([]);
    expect(node20.trainings).toBe(NETWORKS * 4 * 2);
    expect(new Set(Object.values(node20.hashes)).size).toBe(NETWORKS);
  });
});

describe.concurrent.each(Object.entries(ENGINES))("%s", (name, words) => {
  it.skipIf(!isThere(words))("trains the networks to the same hashes", async () => {
    const found = await trainOn(words, {});
    expect(found.differing).toEqual([]);
    expect(found.hashes).toEqual(node20.hashes);
  });

  it.skipIf(!isThere(words))("runs `loam train` to the same hash", async () => {
    expect(await commandOn(words, path.join(folder, name.replace(" ", "-")))).toBe(command);
  });
});

describe.each(["Node 24", "Node 26"])("the wide binary on %s", (name) => {
  const [node] = ENGINES[name]!;
  const runs = ["The wide binary runs: lanes of 256 bits, by V8's flag --experimental-wasm-revectorize."];

  it.skipIf(!existsSync(node!))("trains the networks to the same hashes, on 1 to 4 threads", async () => {
    const found = await trainOn([node!], {}, "auto");
    expect(found.notes).toEqual(runs);
    expect(found.differing).toEqual([]);
    expect(found.hashes).toEqual(node20.hashes);
  });

  it.skipIf(!existsSync(node!))(
    "merges lanes, and gives products and standard networks their bits",
    async () => {
      const [narrow, wide] = await Promise.all([
        productsOn(process.execPath),
        productsOn(node!, "--trace-wasm-revectorize"),
      ]);
      // Where there is none, it is said and nothing else is different.
      expect(narrow.notes).toEqual([
        `The narrow binary runs, not the wide one: it is for Node 24 to 26, and this is ${process.versions.node}.`,
      ]);
      expect(wide.notes).toEqual(runs);
      expect(wide.said).toContain("Added a vector of stores");
      expect(wide.products).toEqual(narrow.products);
      expect(wide.networks).toEqual(narrow.networks);
    },
  );
});

describe("the wide binary, asked for when kernels have been compiled", () => {
  const [node] = ENGINES["Node 24"]!;
  it.skipIf(!existsSync(node!))("leaves the flag alone", async () => {
    const ask = `import { createEngine } from "@loam/kernels-as";
      for (const wide of ["off", "auto"]) {
        const engine = await createEngine({ threads: 1, wide });
        console.log(JSON.stringify(engine.notes));
        await engine.close();
      }`;
    const { stdout } = await run(node!, ["--input-type=module", "--eval", ask], { cwd: here });
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual([
      [],
      [
        "The narrow binary runs, not the wide one: this process has compiled kernels before it was asked for.",
      ],
    ]);
  });
});

describe.each(Object.entries(ENGINES).filter(([name]) => name.startsWith("Node")))("%s", (_, [node]) => {
  it.skipIf(!existsSync(node!))("is not given a flag that it does not know", async () => {
    const file = path.join(here, "../../packages/kernels-as/dist/platform/node.js");
    const ask = `import { platform } from ${JSON.stringify(file)}; platform.enableRelaxedSimd();`;
    const { stderr } = await run(node!, ["--input-type=module", "--eval", ask]);
    expect(stderr).toBe("");
  });
});

describe.concurrent("Node on arm64, emulated", () => {
  it.skipIf(!isThere(ARM64))("trains a few of the networks to the same hashes", async () => {
    const numbers = [4, 7, 10];
    const found = await trainOn(ARM64, { threads: [1, 3], numbers });
    expect(found.differing).toEqual([]);
    expect(found.hashes).toEqual(
      Object.fromEntries(numbers.map((number) => [number, node20.hashes[number]])),
    );
  });

  it.skipIf(!isThere(ARM64))("runs `loam train` to the same hash", async () => {
    expect(await commandOn(ARM64, path.join(folder, "arm64"))).toBe(command);
  });
});

describe.concurrent("a page", () => {
  let site: string;
  beforeAll(async () => {
    site = path.join(folder, "site");
    await build({
      root: path.join(here, "page"),
      configFile: false,
      logLevel: "error",
      worker: { format: "es" },
      build: { target: "es2022", outDir: site, emptyOutDir: true },
    });
  });

  /** Opens the page by a browser's own command, which ends once the page has posted. */
  async function trainInPage(file: string, words: (url: string) => readonly string[]): Promise<Found> {
    let browser: ReturnType<typeof spawn> | undefined;
    let told: (found: Found) => void;
    const posted = new Promise<Found>((resolve) => {
      told = resolve;
    });
    const server = await serveFolder(site, ISOLATED, (text) => told(JSON.parse(text)));
    try {
      browser = spawn(file, words(server.url), { stdio: "ignore", detached: true });
      const ended = new Promise<never>((_, reject) => {
        browser!.on("error", reject);
        browser!.on("exit", (code) => reject(new Error(`${file} ended with ${code} before it posted.`)));
      });
      return await Promise.race([posted, ended]);
    } finally {
      // The whole group: a browser is many processes.
      if (browser?.pid) process.kill(-browser.pid, "SIGKILL");
      await server.close();
    }
  }

  it("in Chromium trains the networks to the same hashes, on 1 to 4 threads", async () => {
    const profile = `--user-data-dir=${path.join(folder, "chromium")}`;
    const found = await trainInPage(findChromium(), (url) => [
      "--headless",
      "--no-sandbox",
      "--disable-dev-shm-usage",
      "--no-first-run",
      profile,
      url,
    ]);
    expect(found.failed).toBeUndefined();
    expect(found.differing).toEqual([]);
    expect(found.hashes).toEqual(node20.hashes);
  });

  it.skipIf(!FIREFOX)("in Firefox trains the networks to the same hashes, on 1 to 4 threads", async () => {
    const profile = await mkdtemp(path.join(folder, "firefox-"));
    await writeFile(path.join(profile, "user.js"), FIREFOX_SETTINGS);
    const words = ["--headless", "--no-remote", "--profile", profile];
    const found = await trainInPage(FIREFOX!, (url) => [...words, url]);
    expect(found.failed).toBeUndefined();
    expect(found.differing).toEqual([]);
    expect(found.hashes).toEqual(node20.hashes);
  });
});

/** A new profile's first page, and what it would tell its makers, stay away. */
const FIREFOX_SETTINGS = `
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("toolkit.telemetry.reportingpolicy.firstRun", false);
user_pref("app.update.enabled", false);
`;
