import { sentenceOf } from "../exit.js";
import { Stopped, UsageError } from "../failure.js";
import { runTrial, type TrialOrder, type TrialReport } from "./run-trial.js";

/** What a trial's process says of an order. */
export type TrialReply =
  | { readonly report: TrialReport }
  | { readonly stopped: true }
  /** What is wrong with the machine. */
  | { readonly host: string };

/**
 * The work of `loam trial-process`: trains what its parent sends, one after the other, until that hangs up or is gone. A process of its own, since two
 * trainings in one would share a thread, and one that runs out of memory would take the sweep along.
 * @throws {UsageError} without a parent that sends.
 */
export async function serveTrials(): Promise<void> {
  if (process.send === undefined)
    throw new UsageError("trial-process is what loam sweep starts by itself; take loam sweep.");
  const reply = (message: TrialReply) =>
    new Promise<void>((resolve) => process.send!(message, undefined, undefined, () => resolve()));
  let work = Promise.resolve();
  process.on("message", (order: TrialOrder) => {
    work = work.then(async () => {
      try {
        await reply({ report: await runTrial(order) });
      } catch (error) {
        await reply(error instanceof Stopped ? { stopped: true } : { host: sentenceOf(error) });
      }
    });
  });
  await new Promise<void>((resolve) => {
    process.once("disconnect", () => {
      // Whoever wanted it is gone: what is under way keeps its checkpoint and ends.
      process.kill(process.pid, "SIGTERM");
      resolve();
    });
  });
  await work;
}
