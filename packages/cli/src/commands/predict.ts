import { LoamError } from "@loam/nn";
import { showNumber } from "@loam/nn/data/table";
import { type Command, Option } from "commander";
import type { Config } from "../config.js";
import { sentenceOf } from "../exit.js";
import { CommandError, UsageError } from "../failure.js";
import { flagReader } from "../flags.js";
import { showPercent } from "../format.js";
import { inputFiles } from "../input-files.js";
import { colourNote } from "../load-pictures.js";
import { openModel } from "../open-model.js";
import { namingNotes, predictionCsv } from "../prediction-csv.js";
import { className, type FilePredictions, type Prediction, predictFile } from "../predictions.js";
import type { Terminal } from "../terminal.js";
import { writeFileWhole } from "../write-file.js";

interface PredictFlags extends Config {
  readonly json?: boolean;
  readonly csv?: string;
  readonly id?: string;
  readonly as?: string;
  readonly probabilities?: boolean;
  readonly top?: number;
}

/** `loam predict`. */
export function predictCommand(loam: Command, terminal: Terminal): Command {
  return loam
    .command("predict <model> <inputs...>")
    .description(
      "Say what each input is: tables (.csv and the like, - for stdin), pictures, folders of them, drawings of digits (.png), files of IDX images.",
    )
    .addOption(new Option("--threads <n>", "auto or a number (default: 1)").argParser(flagReader("threads")))
    .addOption(
      new Option("--precision <kind>", "standard (default), high, fast").argParser(flagReader("precision")),
    )
    .option("--csv <file>", "write a table of the answers, with the columns that name rows; - for stdout")
    .option("--id <column>", "name rows of --csv by this column alone, numbered from 1 where there is none")
    .option("--as <name>", "call the column of answers in --csv this")
    .option("--probabilities", "give --csv a column for each class's probability")
    .addOption(new Option("--top <n>", "show the n most probable classes").argParser(readTop))
    .option("--json", "print one JSON object")
    .action(async (path: string, names: string[], flags: PredictFlags) => {
      const { threads = 1, precision, json, csv, id, as, probabilities, top = 1 } = flags;
      requireTogether(flags);
      const model = await openModel(path, { threads, ...(precision && { precision }) });
      try {
        const files = await inputFiles(names, model);
        const done: FilePredictions[] = [];
        const failures: unknown[] = [];
        for (const file of files) {
          try {
            const predicted = await predictFile(model, file);
            for (const note of predicted.notes) terminal.note(note);
            done.push(predicted);
          } catch (error) {
            // One file alone is the command's failure; of several, the others are still done.
            if (files.length === 1 || !isAboutFile(error)) throw error;
            terminal.error(sentenceOf(error));
            failures.push(error);
          }
        }
        const colourless = done.filter(({ lacksColour }) => lacksColour).length;
        const colours = colourNote(3, colourless, Math.max(1, done.length));
        if (colours !== undefined) terminal.note(colours);
        const predictions = done.flatMap((one) => one.predictions);
        // Of a series, what nobody knows yet is the last forecast; a table has room for all of them.
        const shown =
          model.schema?.input.kind === "series" ? done.map((one) => one.predictions.at(-1)!) : predictions;
        if (csv !== undefined) {
          const text = predictionCsv(model, done, {
            ...(id !== undefined && { id }),
            ...(as !== undefined && { as }),
            ...(probabilities && { probabilities }),
          });
          for (const note of namingNotes(done, id)) terminal.note(note);
          if (csv === "-") terminal.stdout.write(text);
          else await writeFileWhole(csv, new TextEncoder().encode(text));
        }
        if (json) terminal.json({ model: path, predictions });
        else if (csv === undefined) {
          const names = (label: number) => className(model, label);
          for (const line of predictionLines(shown, top, names)) terminal.result(line);
        } else if (csv !== "-") terminal.note(`written   ${csv}, ${predictions.length} rows`);
        if (failures.length > 0) {
          const count = failures.length === 1 ? "1 file" : `${failures.length} files`;
          throw new CommandError(
            `${count} of ${files.length} could not be read, as said above; the others are done.`,
          );
        }
      } finally {
        await model.close();
      }
    });
}

function readTop(text: string): number {
  if (/^\d+$/.test(text) && Number(text) >= 1) return Number(text);
  throw new UsageError(`--top must be an integer of at least 1, got ${JSON.stringify(text)}.`);
}

/** @throws {UsageError} for flags that say how `--csv` is to be, without it. */
function requireTogether({ csv, id, as, probabilities, json }: PredictFlags): void {
  if (csv === undefined && (id !== undefined || as !== undefined || probabilities))
    throw new UsageError(
      "--id, --as and --probabilities say what --csv writes; name its file, or - for stdout.",
    );
  if (csv === "-" && json)
    throw new UsageError("--csv - and --json both write to stdout; give one of the two.");
}

/** An error of what a file holds, or of the file itself, after which other files can still be read. */
function isAboutFile(error: unknown): boolean {
  return (
    error instanceof LoamError ||
    error instanceof CommandError ||
    (error as NodeJS.ErrnoException)?.path !== undefined
  );
}

/** `seven.png  7  99.98 %`, in columns; a file of several samples counts them from 0: `test.csv[3]`. */
function predictionLines(
  predictions: readonly Prediction[],
  top: number,
  names: (label: number) => string,
): string[] {
  const several = new Set(predictions.filter(({ index }) => index > 0).map(({ input }) => input));
  const inputs = predictions.map((one) => {
    const { input, index } = one;
    if ("moment" in one) return `${input}  ${one.moment}`;
    return several.has(input) ? `${input}[${index}]` : input;
  });
  const answers = predictions.map((one) => answerCells(one, top, names));
  const widths: number[] = [];
  for (const cells of answers) {
    cells.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    });
  }
  const inputWidth = inputs.reduce((most, { length }) => Math.max(most, length), 0);
  return answers.map((cells, i) =>
    [
      inputs[i]!.padEnd(inputWidth),
      ...cells.map((cell, k) =>
        /^[\d.,]+( %)?$/.test(cell) ? cell.padStart(widths[k]!) : cell.padEnd(widths[k]!),
      ),
    ]
      .join("  ")
      .trimEnd(),
  );
}

/** The most probable classes or the labels that hold, each with its probability, or the numbers. */
function answerCells(one: Prediction, top: number, names: (label: number) => string): string[] {
  if ("labels" in one) {
    const sorted = Object.entries(one.probabilities).sort(([, a], [, b]) => b - a);
    const shown = sorted.filter(([name], i) => (top > 1 ? i < top : one.labels.includes(name)));
    return [shown.map(([name, p]) => `${name} ${showPercent(p)}`).join(", ") || "none"];
  }
  if (!("class" in one)) {
    if (one.value !== undefined) return [showNumber(one.value)];
    return Object.entries(one.values ?? {}).flatMap(([name, value]) => [name, showNumber(value)]);
  }
  const places = one.probabilities.map((_, label) => label).filter((label) => label !== one.label);
  places.sort((a, b) => one.probabilities[b]! - one.probabilities[a]!);
  return [one.label, ...places]
    .slice(0, top)
    .flatMap((label) => [names(label), showPercent(one.probabilities[label]!).padStart(8)]);
}
