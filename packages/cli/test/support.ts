import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The real command, as npm links it: it runs what was built. */
export const BIN = fileURLToPath(new URL("../bin/loam.js", import.meta.url));

const MAIN = fileURLToPath(new URL("../dist/node/main.js", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
  /** Reads nothing more of what it prints. */
  hangUp(): void;
  /** Resolves when stderr first holds `text`. */
  says(text: string): Promise<void>;
}

/** Starts `loam` with these words in a folder of its own. */
export function start(
  words: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
  stdin?: string | Uint8Array,
): Running {
  const child = spawn(process.execPath, [BIN, ...words], { cwd, env: { ...cleanEnvironment(), ...env } });
  if (stdin !== undefined) child.stdin.end(stdin);
  let stdout = "";
  let stderr = "";
  const waiting: { text: string; resolve: () => void }[] = [];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    for (const one of waiting) if (stderr.includes(one.text)) one.resolve();
  });
  return {
    ended: new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve({ code, stdout, stderr }));
    }),
    kill: (signal) => child.kill(signal),
    hangUp: () => {
      child.stdout.destroy();
      child.stderr.destroy();
    },
    says: (text) =>
      new Promise((resolve) => {
        if (stderr.includes(text)) resolve();
        else waiting.push({ text, resolve });
      }),
  };
}

/** Runs `loam` to its end, in a process of its own. */
export function loamProcess(
  words: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
  stdin?: string | Uint8Array,
): Promise<Ended> {
  return start(words, cwd, env, stdin).ended;
}

let last: Promise<unknown> = Promise.resolve();

/**
 * Runs `loam` to its end as `loamProcess` does: the same build, from the same folder and with the same variables, but in this process, which spares
 * a start of about half a second. One runs after another, since a process has only one folder. What concerns a process itself (signals, pipes,
 * stdin, the exit code as a shell sees it) needs `loamProcess` or `start`.
 */
export function loam(
  words: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const ended = last.then(() => runHere(words, cwd, env));
  last = ended.catch(() => {});
  return ended;
}

async function runHere(
  words: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<Ended> {
  // By Node itself: vitest would take the build for a source.
  const { run, Terminal } = (await import(MAIN)) as typeof import("../src/main.js");
  const before = { cwd: process.cwd(), env: process.env };
  const texts = { stdout: "", stderr: "" };
  const output = (name: "stdout" | "stderr") => ({
    write(text: string) {
      texts[name] += text;
    },
  });
  try {
    process.chdir(cwd);
    process.env = { ...cleanEnvironment(), ...env };
    const code = await run(words, new Terminal(output("stdout"), output("stderr")));
    return { code, ...texts };
  } finally {
    process.env = before.env;
    process.chdir(before.cwd);
  }
}

/** The variables of this process without those that change what `loam` does. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const { LOAM_DATA: _data, LOAM_DEBUG: _debug, ...rest } = process.env;
  return rest;
}

/** A folder that is gone when the test is over. */
export function temporaryFolder({ onTestFinished }: { onTestFinished: (done: () => void) => void }): string {
  const folder = mkdtempSync(join(tmpdir(), "loam-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The bytes of an IDX file: bytes in `shape`, by default as many as the shape says. */
export function idx(shape: readonly number[], data: ArrayLike<number>): Buffer {
  const head = Buffer.alloc(4 + 4 * shape.length);
  head[2] = 8;
  head[3] = shape.length;
  shape.forEach((size, k) => {
    head.writeUInt32BE(size, 4 + 4 * k);
  });
  return Buffer.concat([head, Uint8Array.from(data)]);
}
