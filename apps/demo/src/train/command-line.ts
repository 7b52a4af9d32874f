import { HELD_OUT } from "./file-facts.js";
import { type OwnData, PATIENCE, stopsByItself } from "./files.js";
import { layerConfigs } from "./network.js";
import { type Settings, USUAL_SAMPLES } from "./settings.js";

/** Stands in for the visitor's data before there is any. */
const SOME_TABLE = "data.csv";

/** The command that trains the same network in a terminal. It is given where the visitor's files lie. */
export function commandLine(settings: Settings, files: OwnData | undefined): string {
  const { network, dropout, l2 } = settings;
  if (network === "custom") return "npx loam train --config loam.json";
  const { data, tableReader, target, limit, testData, validationSplit, patience, members } = dataOptions(
    settings,
    files,
  );
  return [
    "npx loam train",
    `--data ${quote(data)}`,
    tableReader !== undefined && `--table-reader ${tableReader}`,
    target !== undefined && `--target ${quote(target.join(","))}`,
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
    // The command has a number of its own for tables.
    (l2 > 0 || network === "table") && `--l2 ${l2}`,
    patience !== undefined && `--patience ${patience}`,
    members !== undefined && `--members ${members}`,
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
  /** Large tables are read as the lessons' are: a label and numbers. */
  readonly tableReader?: "lessons";
  readonly target?: readonly string[];
  readonly testData?: string;
  readonly limit?: number;
  readonly validationSplit?: number;
  readonly patience?: number;
  /** The command trains several networks on a large table; here it is one. */
  readonly members?: 1;
}

/** What the command has to be told of the data. */
function dataOptions({ data, samples }: Settings, files: OwnData | undefined): DataOptions {
  if (data === "digits") return { data, ...(samples !== USUAL_SAMPLES && { limit: samples }) };
  if (!files) return { data: SOME_TABLE, validationSplit: HELD_OUT };
  const { kind, name, testName, table } = files.facts;
  const stops = stopsByItself(files);
  return {
    // IDX files are read by the folder that they are in.
    data: kind === "idx" ? "." : name,
    ...(kind === "lessons" && { tableReader: "lessons" }),
    ...(table && { target: table.targets, members: 1 }),
    ...((stops || testName === undefined) && { validationSplit: HELD_OUT }),
    ...(stops && { patience: PATIENCE }),
    ...(testName !== undefined && (kind === "table" || kind === "lessons") && { testData: testName }),
  };
}

function quote(file: string): string {
  return /^[\w./,-]+$/.test(file) ? file : `"${file.replaceAll('"', '\\"')}"`;
}
