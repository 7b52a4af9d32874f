import type { Layer } from "../layers/layer.js";
import type { SymbolicTensor } from "../layers/symbolic.js";

/** A model that is a layer of another: its layers are the other's, and so are their numbers. */
export interface Part {
  readonly name: string;
  readonly network: { readonly layers: readonly Layer[] };
}

const parts = new WeakMap<SymbolicTensor, Part>();

/** Remembers which model, applied as a layer, made a value. */
export function markPart(value: SymbolicTensor, part: Part): void {
  parts.set(value, part);
}

/** The models that were applied as layers to make these values, each once. */
export function partsOf(values: Iterable<SymbolicTensor>): readonly Part[] {
  return [...new Set([...values].flatMap((value) => parts.get(value) ?? []))];
}

/** Names the layers of parts "body.dense1": by the part's name, counted on where that is taken. */
export function namePartLayers(parts: readonly Part[], layers: readonly Layer[]): void {
  const inside = new Set(parts.flatMap(({ network }) => network.layers));
  const taken = new Set(layers.filter((layer) => !inside.has(layer)).map(({ name }) => name));
  for (const { name, network } of parts) {
    // "/" parts a layer's name from a variable's.
    const stem = name.replaceAll("/", "-");
    const namesWith = (prefix: string) => network.layers.map((layer) => `${prefix}.${layer.name}`);
    let prefix = stem;
    for (let count = 2; namesWith(prefix).some((one) => taken.has(one)); count++) prefix = `${stem}${count}`;
    for (const [i, one] of namesWith(prefix).entries()) {
      network.layers[i]!.name = one;
      taken.add(one);
    }
  }
}
