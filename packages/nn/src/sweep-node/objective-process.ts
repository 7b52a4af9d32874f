// The program of a process that runs a user's objective; see `processes`.
import { type Given, type ObjectiveOrder, runObjective } from "./run-objective.js";
import { serveOrders } from "./serve-orders.js";

/** Seconds until an objective that does not hear that its parent is gone is ended with its process. */
const ORPHANED = 5;

process.once("disconnect", () => setTimeout(() => process.exit(1), 1000 * ORPHANED).unref());

await serveOrders<ObjectiveOrder, Given>(({ module, name, trial }, { signal }) =>
  runObjective(module, name, trial, signal),
);
// What the module may have left open, such as a timer, is nobody's any more.
process.exit(0);
