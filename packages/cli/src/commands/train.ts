import { pictureVariations } from "@loam/nn/data/images";
import { COLUMN_TYPES } from "@loam/nn/data/table";
import { type Command, Option } from "commander";
import { readConfig } from "../config.js";
import { UsageError } from "../failure.js";
import type { FieldName } from "../fields.js";
import { flagOf, flagReader } from "../flags.js";
import { MODEL_NAMES, OPTIMIZER_NAMES, PRECISIONS, SCHEDULE_NAMES } from "../names.js";
import type { Terminal } from "../terminal.js";
import { type AskedFlags, readBudget, trainAsAsked } from "../train-as-asked.js";
import { resume } from "../training-run.js";
import { useWide, wideOption } from "../wide.js";

/** The flags of `loam train` that are settings, with their help; the rest are `--config` and `--json`. */
const FLAGS: readonly (readonly [name: FieldName, argument: string, help: string])[] = [
  [
    "data",
    "<source>",
    "digits (default), mnist, a folder of pictures, texts or recordings (one folder a class) or of IDX files, a table (.csv and the like), a text for --model char-gpt, or - for stdin",
  ],
  ["dataDir", "<folder>", "where mnist lies or is to be kept (default: LOAM_DATA, else ~/.cache/loam/mnist)"],
  ["testData", "<source>", "what to test on, in place of the test set that belongs to the data"],
  [
    "target",
    "<column>",
    "the column of a table that is to be predicted; several numbers, or columns of 0 and 1 or yes and no, parted by commas",
  ],
  ["labelColumn", "<column>", "the old name of --target, also a position from 0"],
  [
    "tableReader",
    "<kind>",
    "schema (default), or lessons: a label, by default the first column, and numbers that are divided by the largest",
  ],
  [
    "horizon",
    "<length>",
    "a table whose rows were measured one after the other: forecast the target so far ahead, such as 30d, 12h, or 30 rows",
  ],
  [
    "window",
    "<length>",
    "series: how much of the past is looked at (default: a season and a tenth, or three times the horizon); recordings: rows at once (default: as many as the shortest has, at most 128)",
  ],
  [
    "textColumn",
    "<column>",
    "a table whose rows are told apart by a text: the column that holds it (default: the one of sentences, where there is nothing else)",
  ],
  [
    "recording",
    "<column>",
    "a table whose rows are moments of recordings: the column that names each row's; the target says what a recording is",
  ],
  ["time", "<column>", "series: the column that says when a row was measured (default: the first of dates)"],
  ["testSplit", "<share>", "series: test on forecasts from this share of the rows, the last ones"],
  ["drop", "<columns>", "columns to leave out, parted by commas"],
  ["weight", "<column>", "the column of a table that says how much each row counts; it is no input"],
  [
    "classWeight",
    "<weights>",
    "how much each class counts: balanced, or no=1,yes=5 (default: every sample alike)",
  ],
  [
    "types",
    "<list>",
    `what columns are where that is not found: zip=word,… (${COLUMN_TYPES.join(", ")}, text)`,
  ],
  [
    "task",
    "<kind>",
    "classification or regression, where the target looks like the other; multilabel for words parted by |",
  ],
  ["scaling", "<kind>", "a table's numbers: auto (default), standard, quantile, pieces, maximum"],
  ["classes", "<n>", "number of classes (default: 10 for 28x28 pictures, else what the labels say)"],
  [
    "limit",
    "<n>",
    "train on n samples only: the first of digits and mnist, else drawn, each class with its share",
  ],
  [
    "size",
    "<sides>",
    "pictures: a side, or height x width such as 64x48 (default: their own if small, else 32)",
  ],
  ["channels", "<kind>", "pictures: grey or rgb (default: grey where no picture has colours)"],
  [
    "memory",
    "<MB>",
    "pictures: a folder of which the decoded ones take more is read while it is trained on (default: 512)",
  ],
  ["context", "<n>", "language models: how many characters are seen at once (default: 64)"],
  [
    "augment",
    "<how>",
    `pictures: vary copies of them by ${pictureVariations.join(", ")}; drawn digits: a number of distorted copies`,
  ],
  [
    "validationSplit",
    "<share>",
    "set this share of the training data aside, and watch it after each epoch (default for tables and folders of pictures: 0.15)",
  ],
  [
    "model",
    "<name>",
    `${MODEL_NAMES.join(", ")}, or auto, which tries some on what is held out (default: cnn; table for tables, series with --horizon, pictures and text for folders of them)`,
  ],
  ["from", "<model>", "begin with the weights of a model, and read the data as it does"],
  [
    "folds",
    "<n>",
    "cross-validation: part the data into n folds, train a network for each on all others, and test it on the fold",
  ],
  ["fold", "<n>", "train only the network whose test is this one of --folds"],
  ["optimizer", "<name>", OPTIMIZER_NAMES.join(", ")],
  ["learningRate", "<rate>", "default: one that suits the optimizer"],
  ["schedule", "<kind>", `what the learning rate does over the run: ${SCHEDULE_NAMES.join(", ")}`],
  [
    "warmup",
    "<steps>",
    "raise the learning rate over the first steps, before its schedule (default: 0; warmup-cosine: a twentieth of the run)",
  ],
  ["epochs", "<n>", "how often to go through the data (default: 1; for tables up to 200)"],
  ["steps", "<n>", "steps in all, in place of --epochs"],
  [
    "patience",
    "<epochs>",
    "stop after so many epochs without a lower validation loss, and keep the best weights (default for tables: 20)",
  ],
  [
    "onNan",
    "<how>",
    "when a step is not finite: stop (default), skip it, or rollback to the best weights so far, at half the learning rate",
  ],
  [
    "members",
    "<n>",
    "train so many networks on a table, each with other rows held out, and make one of them (default: 8 up to 10,000 rows, 4 up to 20,000, else 1)",
  ],
  ["earlyStopping", "<epochs>", "the old name of --patience"],
  ["batchSize", "<n>", "samples a step"],
  ["accumulate", "<n>", "sum the gradients of so many batches for each step (default: 1)"],
  [
    "ema",
    "<share>",
    "keep a moving average of the weights, of which each step leaves this share, such as 0.999, and take it as the model",
  ],
  ["dropout", "<rate>", "after each hidden layer"],
  ["l2", "<factor>", "adds factor · Σ w² to the loss (default: 0; for classes of a table 1 / rows)"],
  ["seed", "<n>", "decides every random choice (default: drawn, printed and stored)"],
  ["checkpointEvery", "<steps>", "steps from one checkpoint to the next (default: each epoch)"],
  ["threads", "<n>", "auto (default) or a number; no bit of the result depends on it"],
  ["precision", "<kind>", `${PRECISIONS.join(", ")}; fast gives up the same bits on every machine`],
  ["out", "<folder>", "the run folder (default: runs/<time>-<model>)"],
];

/** `loam train`. */
export function trainCommand(loam: Command, terminal: Terminal): Command {
  const command = loam
    .command("train")
    .description("Train a network; its run folder gets run.json, history.csv and model.safetensors.");
  for (const [name, argument, help] of FLAGS) {
    const read = flagReader(name);
    const parser = name === "model" ? (text: string) => (text === "auto" ? text : read(text)) : read;
    command.addOption(new Option(`${flagOf(name)} ${argument}`, help).argParser(parser));
  }
  return command
    .option("--config <file>", "settings as JSON, with layers of one's own if wanted; flags win over it")
    .option(
      "--resume <folder>",
      "go on with a run that ended early, with its own settings, or with a finished one and more --epochs",
    )
    .addOption(
      new Option(
        "--budget <time>",
        "how long --model auto may try networks, such as 90s or 5m (default: 60s)",
      ).argParser(readBudget),
    )
    .addOption(wideOption())
    .option("--plot", "draw the epochs' losses when it is done")
    .option("--json", "print one JSON object as the last line of stdout")
    .action(
      async ({
        config,
        resume: path,
        json = false,
        debug: _,
        plot = false,
        budget,
        model,
        wide,
        ...flags
      }: TrainFlags) => {
        useWide(wide);
        if (path !== undefined) {
          if (config !== undefined)
            throw new UsageError("--resume takes the settings of the run that goes on; leave out --config.");
          if (budget !== undefined)
            throw new UsageError("--budget is for --model auto, and the run that goes on has its network.");
          if (model === "auto")
            throw new UsageError("--resume takes the settings of the run that goes on; leave out --model.");
          const given = { ...flags, ...(model && { model }) };
          await resume(path, given, { terminal, json, plot });
          return;
        }
        const file = config === undefined ? {} : await readConfig(config);
        await trainAsAsked({ ...flags, ...(model && { model }) }, file, {
          terminal,
          json,
          plot,
          ...(budget !== undefined && { budget }),
        });
      },
    );
}

interface TrainFlags extends AskedFlags {
  readonly config?: string;
  readonly resume?: string;
  readonly json?: boolean;
  readonly debug?: boolean;
  readonly plot?: boolean;
  readonly budget?: number;
  readonly wide?: string;
}
