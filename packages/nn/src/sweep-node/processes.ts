import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ConfigError, requireIn, requirePositiveInteger, showValue } from "../errors.js";
import { requireOptions } from "../options.js";
import { asOutcome } from "../sweep/sweep.js";
import type { AnySettings, SweepEngine } from "../sweep/trial.js";
import { ProcessPool } from "./process-pool.js";
import type { Given, ObjectiveOrder } from "./run-objective.js";

/** From src/sweep-node/, dist/sweep-node/ and the bundle in dist/node/ alike. */
const PROGRAM = new URL("../../dist/sweep-node/objective-process.js", import.meta.url);

export interface ProcessesOptions {
  /** The module that has the objective: `new URL("./objective.js", import.meta.url)`, or a file's path. */
  readonly module: string | URL;
  /** What the function is called in it; default `"default"`, its default export. */
  readonly name?: string;
  /** How many trials are under way at once, each in a process of its own; default as many as there are cores. */
  readonly parallel?: number;
  /** Seconds that an objective may take to end once the sweep's signal has come, until its process is ended; default 5. */
  readonly grace?: number;
}

/** An engine of processes. */
export interface Processes<Settings = AnySettings> extends SweepEngine<Settings> {
  /** Ends the processes. Without it they wait for another sweep, and end with the program. */
  close(): Promise<void>;
}

/**
 * The engine that runs a module's function in processes of this machine, side by side: what one trial spends or spoils is nothing to the others. A process
 * lives on and takes the next trial, so that what the module has read once stays read. A process that dies, of too little memory for instance, costs its
 * trial's attempt alone, which is made three times before the trial has failed. What an objective prints is seen.
 *
 * ```ts
 * // objective.js: export default async ({ settings, seed, budget }, signal) => { …; return loss; }
 * const engine = processes({ module: new URL("./objective.js", import.meta.url) });
 * const { best } = await sweep({ units: [8, 16, 32] }, engine);
 * ```
 *
 * @throws {ConfigError} `objective-not-usable` for what is no file; `sweep` rejects with it where the module cannot be loaded or has no such function.
 */
export function processes<Settings = AnySettings>(options: ProcessesOptions): Processes<Settings> {
  requireOptions("processes", options, ["module", "name", "parallel", "grace"]);
  const { name = "default", parallel = availableParallelism(), grace = 5 } = options;
  requirePositiveInteger("processes", "parallel", parallel);
  requireIn("processes", "grace", grace, "[0, Infinity)");
  const module = urlOf(options.module);
  const pool = new ProcessPool<ObjectiveOrder, Given>({
    script: PROGRAM,
    execArgv: ownFlags(),
    prints: true,
    grace,
  });
  return {
    slots: parallel,
    async run(trial, signal) {
      const carried = await pool.run({ module: module.href, name, trial: trial as never }, signal);
      if (carried === undefined) return { value: null, error: "was stopped" };
      if ("ended" in carried) return { value: null, error: carried.ended };
      const { answer } = carried;
      if ("refused" in answer)
        throw new ConfigError(
          "objective-not-usable",
          `processes: ${fileURLToPath(module)} is no module with an objective: ${answer.refused}.`,
        );
      return "failed" in answer ? { value: null, error: answer.failed } : asOutcome(answer.given);
    },
    close: () => pool.close(),
  };
}

function urlOf(module: unknown): URL {
  const isPath = typeof module === "string" && !/^[a-z][a-z\d+.-]+:/i.test(module);
  const text = String(module);
  if (isPath) return pathToFileURL(resolve(text));
  if (URL.canParse(text) && new URL(text).protocol === "file:") return new URL(text);
  throw new ConfigError(
    "objective-not-usable",
    `processes: module must be a file's path or its URL, such as new URL("./objective.js", import.meta.url), got ${showValue(module instanceof URL ? text : module)}.`,
  );
}

/** Node's flags of this program, such as a loader of TypeScript; those of a program that is no file are for that alone. */
function ownFlags(): readonly string[] {
  const { execArgv } = process;
  const isText = execArgv.some((word) => /^(-e|--eval|-p|--print|--input-type)\b/.test(word));
  return isText ? [] : execArgv;
}
