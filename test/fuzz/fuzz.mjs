import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { Worker } from "node:worker_threads";

/** Where every file that was once read wrongly stays, in a folder of its reader. */
export const FOUND = new URL("./found/", import.meta.url);
/** A file that takes longer than this hangs; the thread that reads it is ended. */
const HANG_MS = 20_000;

/** The files that were found for a reader before. */
async function foundBefore(reader) {
  const folder = new URL(`${reader}/`, FOUND);
  const names = await readdir(folder).catch(() => []);
  return Promise.all(
    names.map(async (file) => ({
      file: `${reader}/${file}`,
      bytes: new Uint8Array(await readFile(new URL(file, folder))),
    })),
  );
}

/**
 * Reads the files that were found before, and `inputs` mutated ones, by a reader of readers.mjs.
 * @param {string} reader
 * @param {{ inputs: number, seed: number }} options
 * @returns {Promise<{ finds: { fault: string, file?: string, index?: number, bytes?: Uint8Array }[], refused: number, peak: number, slowest: number,
 *   inputs: number, notes?: string[] }>} what was wrong, with the file's name or its number; how many were refused; the most bytes taken for one, the most
 *   seconds; and what the engine says on which models were made
 */
export async function fuzz(reader, { inputs, seed }) {
  const progress = new Int32Array(new SharedArrayBuffer(4)).fill(-1);
  const files = await foundBefore(reader);
  const worker = new Worker(new URL("./fuzz-worker.mjs", import.meta.url), {
    workerData: { reader, inputs, seed, progress, files },
    // Not the words of a process that was given code on its command line.
    execArgv: [],
  });
  let last = -2;
  return new Promise((resolve, reject) => {
    const watch = setInterval(() => {
      const now = Atomics.load(progress, 0);
      if (now === last) {
        clearInterval(watch);
        worker.terminate();
        resolve({
          finds: [{ index: now, fault: `hangs for ${HANG_MS / 1000} s` }],
          refused: 0,
          peak: 0,
          slowest: Infinity,
          inputs: now,
        });
      }
      last = now;
    }, HANG_MS);
    const end = () => clearInterval(watch);
    worker.once("message", (told) => {
      end();
      resolve(told);
    });
    worker.once("error", (error) => {
      end();
      reject(error);
    });
    worker.once("exit", (code) => {
      end();
      if (code !== 0)
        reject(new Error(`${reader}: the thread ended with ${code} at file ${Atomics.load(progress, 0)}.`));
    });
  });
}

/** Keeps a file that was read wrongly. @returns its path below `FOUND` */
export async function keep(reader, bytes) {
  const name = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  await mkdir(new URL(`${reader}/`, FOUND), { recursive: true });
  await writeFile(new URL(`${reader}/${name}`, FOUND), bytes);
  return `${reader}/${name}`;
}
