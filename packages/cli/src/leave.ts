import { SIGNAL_EXIT_CODES } from "./failure.js";

/** How long a read that is under way may take to come to its end. */
const PATIENCE_MS = 300;

/**
 * Ends the process with a signal's code. A read that never ends, of a pipe that nobody writes to or of a disk that is gone, keeps `exit` waiting
 * for as long: then the signal itself ends the process, which a shell sees as the same code.
 */
export function leave(code: number): void {
  if (!isReading()) process.exit(code);
  setTimeout(() => {
    if (!isReading()) process.exit(code);
    // What `exit` would have done: the lock and what is half written go.
    process.emit("exit", code);
    const signal = code === SIGNAL_EXIT_CODES.SIGTERM ? "SIGTERM" : "SIGINT";
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  }, PATIENCE_MS);
}

function isReading(): boolean {
  return process.getActiveResourcesInfo().some((name) => name.startsWith("FSReq"));
}
