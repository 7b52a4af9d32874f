import type { Address } from "../app/address.js";
import type { FilesFacts } from "./file-facts.js";
import { changeSettings, type NetworkName, readSettings } from "./settings.js";

/** The most epochs of data that is learned until it gets no better; pictures and recordings take longer each. */
const EPOCHS = { table: 200, pictures: 60, recordings: 60 } as const;

/** Takes the network, and how long it learns, from what the data is, where the visitor has chosen nothing else. */
export class SuitsData {
  /** L2 as it was set for the data; what the visitor sets stays. */
  #usualL2: string | undefined;

  constructor(private readonly address: Address) {}

  /** @returns the network, where another had to be taken since rows are no pictures. */
  take({ kind, inputShape, samples, task }: FilesFacts): NetworkName | undefined {
    const { address } = this;
    const isPicture = inputShape.length === 3;
    const others = isPicture ? "cnn" : "mlp";
    const isRecordings = kind === "recordings";
    const isOwnKind = kind === "table" || kind === "pictures" || isRecordings;
    const usual = isOwnKind && (kind !== "table" || !isPicture) ? kind : others;
    const { network } = readSettings(address);
    const suitsShape = isPicture ? network !== "table" || kind !== "pictures" : !isConvolutional(network);
    const suits = network === "recordings" ? isRecordings : suitsShape;
    const isChanged = !suits || (isOwnKind && address.get("net") === undefined && network !== usual);
    if (isChanged) changeSettings(address, { network: usual });
    if (isOwnKind && address.get("epochs") === undefined) changeSettings(address, { epochs: EPOCHS[kind] });
    const l2 = address.get("l2");
    if (l2 === undefined || l2 === this.#usualL2) {
      // As a prior on the weights, which more rows outweigh: the command's own number for the classes and labels of tables.
      const hasPrior = readSettings(address).network === "table" && task !== "numbers";
      changeSettings(address, { l2: hasPrior ? Number((1 / samples).toPrecision(2)) : 0 });
      this.#usualL2 = address.get("l2");
    }
    return isChanged && !isPicture && !isRecordings ? usual : undefined;
  }
}

function isConvolutional(network: NetworkName): boolean {
  return network === "cnn" || network === "lenet" || network === "pictures";
}
