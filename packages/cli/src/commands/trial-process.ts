import type { Command } from "commander";
import { serveTrials } from "../sweep/trial-process.js";
import type { Terminal } from "../terminal.js";

/** `loam trial-process`, which nobody types: what `loam sweep` starts to train in. */
export function trialProcessCommand(loam: Command, _terminal: Terminal): Command {
  return loam.command("trial-process", { hidden: true }).action(serveTrials);
}
