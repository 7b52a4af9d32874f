import { sentenceOf } from "./exit.js";
import type { Terminal } from "./terminal.js";

/** The two streams of a process, as far as they can fail. */
type Stream = Pick<NodeJS.WriteStream, "on">;

/**
 * Keeps a stream that nobody reads, or that has no room, from ending the command in the middle of its work. What stderr gets is expendable:
 * in `loam train … 2>&1 | tee log`, Ctrl-C ends `tee` too, and the run still has its weights to keep. A reader who leaves stdout early, as
 * `head` does, has what it wanted. A result that the disk has no room for is lost, which `failed` is told.
 */
export function outliveOutputs(stdout: Stream, stderr: Stream, terminal: Terminal, failed: () => void): void {
  let told = false; // a result of many lines fails many times
  stderr.on("error", () => {});
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || told) return;
    told = true;
    error.path = "stdout";
    terminal.error(sentenceOf(error));
    failed();
  });
}
