// A short training on four classes, and which weights it moved.
import { Adam, type Model, type Optimizer, softmaxCrossEntropy } from "../../src/index.js";
import { quarters } from "./tiny-data.js";

export const DATA = quarters(22);
/** The last batch of an epoch is short. */
export const FIT = { epochs: 2, batchSize: 8 } as const;

export const compiled = <M extends Model>(net: M, optimizer: Optimizer = new Adam({ learningRate: 0.01 })) =>
  net.compile({ optimizer, loss: softmaxCrossEntropy() });

export async function weightsOf(net: Model): Promise<Map<string, string>> {
  return new Map((await net.getWeights()).map(({ name, data }) => [name, String(data)]));
}

/** The weights that differ from those of before, by name. */
export async function changed(net: Model, before: ReadonlyMap<string, string>): Promise<string[]> {
  return [...(await weightsOf(net))].flatMap(([name, data]) => (data === before.get(name) ? [] : [name]));
}
