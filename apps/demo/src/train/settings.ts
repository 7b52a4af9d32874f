import { documentedLearningRates, type StandardModelName } from "@loam/nn";
import type { Address } from "../app/address.js";
import { decodeLayers, encodeLayers, FIRST_LAYERS, type LayerSpec } from "./layer-specs.js";

/** Those of the library's standard networks that are for pictures, tables and recordings, and one of one's own. */
const STANDARD = [
  "softmax",
  "mlp-sigmoid",
  "mlp",
  "cnn",
  "lenet",
  "pictures",
  "table",
  "recordings",
] as const satisfies readonly StandardModelName[];
export const NETWORKS = [...STANDARD, "custom"] as const;
export type NetworkName = (typeof NETWORKS)[number];

export const OPTIMIZERS = [
  "sgd",
  "momentum",
  "nesterov",
  "adagrad",
  "rmsprop",
  "adadelta",
  "adam",
  "adamw",
] as const;
export type OptimizerName = (typeof OPTIMIZERS)[number];

/** The learning rate of each optimizer unless told otherwise, as the `loam` command has it; the site's runs are to be the same. */
export const USUAL_RATE: Readonly<Record<OptimizerName, number>> = documentedLearningRates;

/** How each network is trained unless told otherwise, as the command does; but `lenet`'s learning rate does not fall here. */
const USUAL: Readonly<
  Record<
    NetworkName,
    { optimizer: OptimizerName; learningRate?: number; batchSize: number; dropout?: number }
  >
> = {
  softmax: { optimizer: "sgd", batchSize: 128 },
  "mlp-sigmoid": { optimizer: "sgd", batchSize: 128 },
  mlp: { optimizer: "adam", batchSize: 128, dropout: 0.2 },
  cnn: { optimizer: "adam", batchSize: 32, dropout: 0.2 },
  lenet: { optimizer: "adam", batchSize: 64 },
  pictures: { optimizer: "adam", batchSize: 32, dropout: 0.2 },
  table: { optimizer: "adamw", learningRate: 0.002, batchSize: 32, dropout: 0 },
  recordings: { optimizer: "adam", batchSize: 32, dropout: 0.2 },
  custom: { optimizer: "adam", batchSize: 32 },
};

/** A network's own rate goes with its own optimizer. */
function usualRate(network: NetworkName, optimizer: OptimizerName): number {
  const usual = USUAL[network];
  return (optimizer === usual.optimizer && usual.learningRate) || USUAL_RATE[optimizer];
}

/** All that decides a run, bit for bit. */
export interface Settings {
  readonly network: NetworkName;
  /** Only for a network of one's own, without the last Dense layer. */
  readonly layers: readonly LayerSpec[];
  readonly optimizer: OptimizerName;
  readonly learningRate: number;
  readonly batchSize: number;
  /** Undefined where the network has no dropout layer that takes a rate. */
  readonly dropout: number | undefined;
  readonly l2: number;
  readonly epochs: number;
  readonly seed: number;
  readonly data: "digits" | "files";
  /** The columns of a table that are to be predicted; none where none was chosen. */
  readonly targets: readonly string[];
  /** How many synthetic digits to learn from. */
  readonly samples: number;
}

/** Sizes of the training set to choose from; the command's default is among them. */
export const SAMPLES = [2_000, 5_000, 10_000, 20_000, 50_000] as const;
export const USUAL_SAMPLES = 20_000;
const USUAL_SEED = 1;

/** Reads a run's settings from the address; what is missing or makes no sense there is as usual. */
export function readSettings(address: Address): Settings {
  const network = NETWORKS.find((name) => name === address.get("net")) ?? "cnn";
  const usual = USUAL[network];
  const optimizer = OPTIMIZERS.find((name) => name === address.get("opt")) ?? usual.optimizer;
  const number = (name: string, least: number, most: number, otherwise: number, whole = false) => {
    const text = address.get(name);
    const value = text === undefined || text === "" ? Number.NaN : Number(text);
    const good = value >= least && value <= most && (!whole || Number.isInteger(value));
    return good ? value : otherwise;
  };
  return {
    network,
    layers: decodeLayers(address.get("layers") ?? "") ?? [],
    optimizer,
    learningRate: number("lr", 1e-9, 1e3, usualRate(network, optimizer)),
    batchSize: number("batch", 1, 4096, usual.batchSize, true),
    dropout: usual.dropout === undefined ? undefined : number("dropout", 0, 0.95, usual.dropout),
    l2: number("l2", 0, 10, 0),
    epochs: number("epochs", 1, 1000, 1, true),
    seed: number("seed", 0, Number.MAX_SAFE_INTEGER, USUAL_SEED, true),
    data: address.get("data") === "files" ? "files" : "digits",
    targets: readNames(address.get("target") ?? ""),
    samples: number("samples", 100, 200_000, USUAL_SAMPLES, true),
  };
}

/** Writes one change into the address. Another network or optimizer takes its own usual numbers along. */
export function changeSettings(address: Address, change: Partial<Settings>): void {
  const values: Record<string, string | undefined> = {};
  const put = (name: string, value: number | undefined, usual: number | undefined) => {
    values[name] = value === undefined || value === usual ? undefined : String(value);
  };
  if (change.network !== undefined) {
    values.net = change.network === "cnn" ? undefined : change.network;
    for (const name of ["opt", "lr", "batch", "dropout", "l2", "layers"]) values[name] = undefined;
    if (change.network === "custom") values.layers = encodeLayers(change.layers ?? FIRST_LAYERS);
  }
  const network = change.network ?? readSettings(address).network;
  if (change.layers !== undefined) values.layers = encodeLayers(change.layers);
  if (change.optimizer !== undefined) {
    values.opt = change.optimizer === USUAL[network].optimizer ? undefined : change.optimizer;
    values.lr = undefined;
  }
  const optimizer = change.optimizer ?? readSettings(address).optimizer;
  if ("learningRate" in change) put("lr", change.learningRate, usualRate(network, optimizer));
  if ("batchSize" in change) put("batch", change.batchSize, USUAL[network].batchSize);
  if ("dropout" in change) put("dropout", change.dropout, USUAL[network].dropout);
  if ("l2" in change) put("l2", change.l2, 0);
  if ("epochs" in change) put("epochs", change.epochs, 1);
  if ("seed" in change) put("seed", change.seed, USUAL_SEED);
  if ("samples" in change) put("samples", change.samples, USUAL_SAMPLES);
  if (change.data !== undefined) values.data = change.data === "files" ? "files" : undefined;
  if (change.targets) values.target = writeNames(change.targets);
  address.set(values);
}

/** Names parted by commas; a comma of a name's own is written as `%2C`. */
function writeNames(names: readonly string[]): string | undefined {
  const parts = names.map((name) => name.replaceAll("%", "%25").replaceAll(",", "%2C"));
  return parts.join(",") || undefined;
}

function readNames(text: string): readonly string[] {
  const parts = text.split(",").filter((part) => part !== "");
  return parts.map((part) => part.replaceAll("%2C", ",").replaceAll("%25", "%"));
}

/** The address that holds exactly these settings and no more. */
export function linkTo(settings: Settings): string {
  const link = new Map<string, string | undefined>();
  const address = {
    get: (name: string) => link.get(name),
    set: (values: Record<string, string | undefined>) => {
      for (const [name, value] of Object.entries(values)) link.set(name, value);
    },
  } as unknown as Address;
  changeSettings(address, { network: settings.network, layers: settings.layers });
  if (settings.network !== "custom") link.delete("layers");
  changeSettings(address, { optimizer: settings.optimizer });
  const { network: _, layers: __, optimizer: ___, ...others } = settings;
  changeSettings(address, others);
  // The seed is always said: it is what the link is for.
  link.set("seed", String(settings.seed));
  const params = new URLSearchParams();
  for (const [name, value] of link) if (value !== undefined) params.set(name, value);
  return new URL(`#/train?${params}`, location.href).href;
}
