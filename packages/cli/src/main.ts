import { Command, CommanderError } from "commander";
import { completionCommand } from "./commands/completion.js";
import { dataCommand } from "./commands/data.js";
import { doctorCommand } from "./commands/doctor.js";
import { evaluateCommand } from "./commands/evaluate.js";
import { exportCommand } from "./commands/export.js";
import { importCommand } from "./commands/import.js";
import { predictCommand } from "./commands/predict.js";
import { reportCommand } from "./commands/report.js";
import { runsCommand } from "./commands/runs.js";
import { sampleCommand } from "./commands/sample.js";
import { summaryCommand } from "./commands/summary.js";
import { sweepCommand } from "./commands/sweep.js";
import { trainCommand } from "./commands/train.js";
import { trialProcessCommand } from "./commands/trial-process.js";
import { workerCommand } from "./commands/worker.js";
import { exitCodeOf, sentenceOf } from "./exit.js";
import { leave } from "./leave.js";
import { outliveOutputs } from "./output-errors.js";
import { Terminal } from "./terminal.js";
import { VERSION } from "./version.js";

export { Terminal };

/** The `loam` command: runs it, prints what there is to print, and leaves the exit code for the process to end with. */
export async function main(words: readonly string[]): Promise<void> {
  const terminal = new Terminal(process.stdout, process.stderr);
  // Told before `run` ends or after it, a lost result makes a failure of what else went well.
  outliveOutputs(process.stdout, process.stderr, terminal, () => {
    process.exitCode ||= 1;
  });
  const code = await run(words, terminal);
  process.exitCode = code || process.exitCode;
  // Whoever stops the command does not wait for a download that nobody needs any more.
  if (code > 2) process.stderr.write("", () => leave(code));
}

/** Parses and runs; every error becomes one sentence on stderr and an exit code. */
export async function run(words: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await program(terminal).parseAsync(words, { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) {
      // Help and version are printed by commander itself; only without a command is help an answer to a mistake.
      if (error.exitCode === 0) return 0;
      if (error.code !== "commander.help") terminal.error(commanderSentence(error));
      return 2;
    }
    terminal.error(sentenceOf(error));
    if (wantsStack(words) && error instanceof Error) terminal.note(error.stack ?? "");
    return exitCodeOf(error);
  }
}

function wantsStack(words: readonly string[]): boolean {
  return words.includes("--debug") || !["", "0", undefined].includes(process.env.LOAM_DEBUG);
}

const COMMANDS = [
  trainCommand,
  evaluateCommand,
  predictCommand,
  sampleCommand,
  sweepCommand,
  workerCommand,
  summaryCommand,
  exportCommand,
  importCommand,
  reportCommand,
  runsCommand,
  dataCommand,
  doctorCommand,
  completionCommand,
  trialProcessCommand,
] as const;

function program(terminal: Terminal): Command {
  const loam = new Command("loam")
    .description("Train, evaluate and use neural networks on the CPU.")
    .version(VERSION, "-V, --version", "print Loam's version")
    .helpOption("-h, --help", "print this help")
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
      outputError: () => {}, // said by `run`, in our own form
    });
  for (const add of COMMANDS) {
    add(loam, terminal).option("--debug", "print the stack of an error");
  }
  return loam;
}

/** `error: unknown option '--lr'\n(Did you mean --l2?)` → `unknown option "--lr" (did you mean --l2?).` */
function commanderSentence(error: CommanderError): string {
  const text = error.message
    .replace(/^error: /, "")
    .replaceAll("'", '"')
    .replaceAll("\n", " ")
    .replace("(Did", "(did");
  return text.endsWith(".") ? text : `${text}.`;
}
