/** The command line or a configuration file asks for something that cannot be: exit code 2, and nothing was written. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The work failed for a reason that lies outside the command line: exit code 1. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

/** The user asked to stop: exit code 130 (SIGINT) or 143 (SIGTERM). The message says what was kept. */
export class Stopped extends Error {
  override readonly name = "Stopped";
  constructor(
    readonly signal: StopSignal,
    message: string,
  ) {
    super(message);
  }
}

export type StopSignal = "SIGINT" | "SIGTERM";

/** What the shell is told when a signal ended the command: 128 + the signal's number, as shells do. */
export const SIGNAL_EXIT_CODES: Readonly<Record<StopSignal, number>> = { SIGINT: 130, SIGTERM: 143 };
