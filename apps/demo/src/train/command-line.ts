import { HELD_OUT, type OwnData } from "./files.js";
import { layerConfigs } from "./network.js";
import { type Settings, USUAL_SAMPLES } from "./settings.js";

/** Stands in for the visitor's data before there is any. */
const SOME_TABLE = "data.csv";

/** The command that trains the same network in a terminal. It is given where the visitor's files lie. */
export function commandLine(settings: Settings, files: OwnData | undefined): string {
  const { network, dropout, l2 } = settings;
  if (network === "custom") return "npx loam train --config loam.json";
  const { data, tableReader, limit, testData, validationSplit } = dataOptions(settings, files);
  return [
    "npx loam train",
    `--data ${quote(data)}`,
    tableReader !== undefined && `--table-reader ${tableReader}`,
    testData !== undefined && `--test-data ${quote(testData)}`,
    limit !== undefined && `--limit ${limit}`,
    validationSplit !== undefined && `--validation-split ${validationSplit}`,
    `--model ${network}`,
    `--optimizer ${settings.optimizer}`,
    `--learning-rate ${settings.learningRate}`,
    "--schedule constant", // here the learning rate stays what the form says
    `--batch-size ${settings.batchSize}`,
    `--epochs ${settings.epochs}`,
    dropout !== undefined && `--dropout ${dropout}`,
    l2 > 0 && `--l2 ${l2}`,
    `--seed ${settings.seed}`,
  ]
    .filter((part) => part !== false)
    .join(" ");
}

/** The configuration file for `loam train --config`, for networks of one's own. */
export function configFile(settings: Settings, classes: number, files: OwnData | undefined): string {
  const { optimizer, learningRate, batchSize, epochs, seed } = settings;
  const config = {
    ...dataOptions(settings, files),
    layers: layerConfigs(settings, classes),
    optimizer,
    learningRate,
    batchSize,
    epochs,
    seed,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

interface DataOptions {
  readonly data: string;
  /** Here tables are read as the lessons' are: a label and numbers. */
  readonly tableReader?: "lessons";
  readonly testData?: string;
  readonly limit?: number;
  readonly validationSplit?: number;
}

/** What the command has to be told of the data. */
function dataOptions({ data, samples }: Settings, files: OwnData | undefined): DataOptions {
  if (data === "digits") return { data, ...(samples !== USUAL_SAMPLES && { limit: samples }) };
  const table = { tableReader: "lessons" } as const;
  if (!files) return { data: SOME_TABLE, ...table, validationSplit: HELD_OUT };
  // IDX files are read by the folder that they are in.
  const source = files.kind === "idx" ? "." : files.name;
  const reader = files.kind === "table" ? table : {};
  if (!files.test) return { data: source, ...reader, validationSplit: HELD_OUT };
  return { data: source, ...reader, ...(files.kind === "table" && { testData: files.test.name }) };
}

function quote(file: string): string {
  return /^[\w./-]+$/.test(file) ? file : `"${file.replaceAll('"', '\\"')}"`;
}
