import { NumericError } from "@loam/nn";
import { type Command, Option } from "commander";
import type { Config } from "../config.js";
import { CommandError } from "../failure.js";
import { flagReader } from "../flags.js";
import { showPercent } from "../format.js";
import { openModel } from "../open-model.js";
import { readInputs } from "../read-inputs.js";
import type { Terminal } from "../terminal.js";

/** What `loam predict --json` says of one sample. */
interface Prediction {
  readonly input: string;
  /** Position in the file, from 0. */
  readonly index: number;
  /** The class's name. */
  readonly class: string;
  /** The class's number. */
  readonly label: number;
  readonly probability: number;
  /** Of every class, in their order. */
  readonly probabilities: readonly number[];
}

/** `loam predict`. */
export function predictCommand(loam: Command, terminal: Terminal): Command {
  return loam
    .command("predict <model> <inputs...>")
    .description("Say what each input is: drawings of digits (.png), tables (.csv), files of IDX images.")
    .addOption(new Option("--threads <n>", "auto or a number (default: 1)").argParser(flagReader("threads")))
    .addOption(
      new Option("--precision <kind>", "standard (default), high, fast").argParser(flagReader("precision")),
    )
    .option("--json", "print one JSON object")
    .action(async (path: string, files: string[], flags: Config & { json?: boolean }) => {
      const { threads = 1, precision, json } = flags;
      const model = await openModel(path, { threads, ...(precision && { precision }) });
      try {
        const read = await Promise.all(files.map((file) => readInputs(file, model.inputShape)));
        const predictions: Prediction[] = [];
        for (const { file, inputs } of read) {
          const { labels, probabilities } = await model.classify(inputs).catch((error: unknown) => {
            if (!(error instanceof NumericError)) throw error;
            throw new CommandError(`${file}: ${error.message}`, { cause: error });
          });
          const classes = probabilities.shape[1]!;
          labels.forEach((label, index) => {
            const row = Array.from(probabilities.data.subarray(index * classes, (index + 1) * classes));
            const name = model.classNames?.[label] ?? String(label);
            predictions.push({
              input: file,
              index,
              class: name,
              label,
              probability: row[label]!,
              probabilities: row,
            });
          });
        }
        if (json) terminal.json({ model: path, predictions });
        else for (const line of predictionLines(predictions)) terminal.result(line);
      } finally {
        await model.close();
      }
    });
}

/** `seven.png  7  99.98 %`, in columns; a file of several samples counts them from 0: `test.csv[3]`. */
function predictionLines(predictions: readonly Prediction[]): string[] {
  const several = new Set(predictions.filter(({ index }) => index > 0).map(({ input }) => input));
  const names = predictions.map(({ input, index }) => (several.has(input) ? `${input}[${index}]` : input));
  const width = (texts: readonly string[]) => texts.reduce((most, { length }) => Math.max(most, length), 0);
  const nameWidth = width(names);
  const classWidth = width(predictions.map((one) => one.class));
  return predictions.map(
    (one, i) =>
      `${names[i]!.padEnd(nameWidth)}  ${one.class.padEnd(classWidth)}  ${showPercent(one.probability).padStart(8)}`,
  );
}
