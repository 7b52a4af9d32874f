// A short training that something goes wrong with at one call for its files, and that goes on: it must end in the same bits as one that nothing
// went wrong with, and leave the same files.
import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const LOAM = fileURLToPath(new URL("../../packages/cli/bin/loam.js", import.meta.url));
const FAULTS = new URL("./faults.mjs", import.meta.url).href;
const RUN =
  "--data digits --limit 200 --model softmax --epochs 3 --batch-size 50 --checkpoint-every 3 --threads 1 --seed 5".split(
    " ",
  );

/** Runs the command in `cwd` by this Node, with a fault if there is one to be. */
async function loam(node, words, cwd, fault) {
  const environment = { ...process.env, ...(fault && { TORTURE: JSON.stringify(fault) }) };
  const before = fault ? ["--import", FAULTS] : [];
  const child = spawn(node, [...before, LOAM, ...words], { cwd, env: environment });
  const ended = new Promise((resolve) => child.on("close", (code, signal) => resolve({ code, signal })));
  const [stderr, end] = await Promise.all([text(child.stderr), ended, child.stdout.resume()]);
  return { stderr, ...end };
}

/** What a run leaves, without what tells of the time. */
async function remains(folder) {
  const names = (await readdir(folder)).sort();
  const history = await readFile(path.join(folder, "history.csv"), "utf8");
  return JSON.stringify({
    names,
    model: (await readFile(path.join(folder, "model.safetensors"))).toString("base64"),
    history: history.split("\n").map((line) => line.slice(0, line.lastIndexOf(","))),
  });
}

/**
 * A training in `root` that nothing goes wrong with, and which calls for its files it makes. With Node 24 or later it has the wide binary, where that runs.
 * @param {string} root
 * @param {string} [node]
 * @returns {Promise<{ remains: string, calls: string[], node: string }>}
 */
export async function undisturbed(root, node = process.execPath) {
  const home = await mkdtemp(path.join(root, "whole-"));
  const folder = path.join(home, "run");
  const log = path.join(home, "calls.json");
  const { code, stderr } = await loam(node, ["train", ...RUN, "--out", "run"], home, { folder, log });
  if (code !== 0) throw new Error(stderr);
  return { remains: await remains(folder), calls: JSON.parse(await readFile(log, "utf8")), node };
}

/** Ends by signals that are asked for, and by codes of the command line. */
function expected({ how }) {
  if (how === "kill" || how === "tear") return (end) => end.signal === "SIGKILL" || end.code === 0;
  if (how.startsWith("SIG"))
    return (end) => [0, how === "SIGINT" ? 130 : 143].includes(end.code) || end.signal === how;
  return (end) => end.code === 0 || end.code === 1;
}

/**
 * Trains in a folder of `root`, with a fault, and goes on without it.
 * @param {string} root
 * @param {{ remains: string, node: string }} whole what `undisturbed` gave
 * @param {{ at: number, how: string, forever?: boolean }} fault
 * @returns {Promise<string | undefined>} what was wrong with how it ended, if anything
 */
export async function disturbed(root, whole, fault) {
  const home = await mkdtemp(path.join(root, "disturbed-"));
  const folder = path.join(home, "run");
  const first = await loam(whole.node, ["train", ...RUN, "--out", "run"], home, { folder, ...fault });
  if (!expected(fault)(first)) return `ended with ${first.code ?? first.signal}: ${first.stderr.slice(-300)}`;
  if (/internal:|^ {4}at /m.test(first.stderr)) return `is not a sentence: ${first.stderr.slice(-300)}`;
  const second = await loam(whole.node, ["train", "--resume", "run"], home);
  // What came to no run at all begins anew, and what was finished is done.
  const isDone = second.code === 0 || /this run is finished/.test(second.stderr);
  if (!isDone) {
    if (!/holds no run to go on with|no such file or folder/.test(second.stderr))
      return `does not go on: ${second.stderr.slice(-300)}`;
    const third = await loam(whole.node, ["train", ...RUN, "--out", "run"], home);
    if (third.code !== 0) return `does not begin anew: ${third.stderr.slice(-300)}`;
  }
  const left = await remains(folder);
  if (left !== whole.remains) {
    const [a, b] = [JSON.parse(whole.remains), JSON.parse(left)];
    const parts = Object.keys(a).filter((part) => JSON.stringify(a[part]) !== JSON.stringify(b[part]));
    return `left another ${parts.join(" and another ")}${parts.includes("names") ? `: ${b.names}` : ""}`;
  }
  await rm(home, { recursive: true });
  return undefined;
}

/**
 * A folder for trainings, which `use` is given and which is gone afterwards.
 * @template T
 * @param {(root: string) => Promise<T>} use
 */
export async function inFolder(use) {
  const root = await mkdtemp(path.join(tmpdir(), "loam-torture-"));
  try {
    return await use(root);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/**
 * All that can go wrong at a call: once, or from then on.
 * @type {{ how: string, forever?: boolean }[]}
 */
export const WAYS = [
  { how: "kill" },
  { how: "tear" },
  { how: "SIGINT" },
  { how: "SIGTERM" },
  { how: "EIO" },
  { how: "ENOSPC", forever: true },
];
