import { serveOrders } from "@loam/nn/sweep/internal";
import { sentenceOf } from "../exit.js";
import { Stopped, UsageError } from "../failure.js";
import { leave } from "../leave.js";
import { DataCache } from "./data-cache.js";
import { runTrial, type TrialNews, type TrialOrder, type TrialReport } from "./run-trial.js";
import { unpacked } from "./shared-data.js";

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
  let askParent: (name: string) => Promise<unknown>;
  const { load } = new DataCache({ find: async (key) => unpacked(await askParent(key)) });
  await serveOrders<TrialOrder, TrialReply, TrialNews>(async (order, { signal, tell, ask }) => {
    askParent = ask;
    // As for whoever types Ctrl-C: the run keeps its checkpoint and ends. Before there is a run the process itself does, and nothing is lost.
    const stop = () => void process.kill(process.pid, "SIGTERM");
    if (signal.aborted) return { stopped: true };
    signal.addEventListener("abort", stop, { once: true });
    try {
      return { report: await runTrial(order, { load, tell }) };
    } catch (error) {
      return error instanceof Stopped ? { stopped: true } : { host: sentenceOf(error) };
    } finally {
      signal.removeEventListener("abort", stop);
    }
  });
  leave(0);
}
