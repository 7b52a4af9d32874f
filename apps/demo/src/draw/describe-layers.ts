import type { Layer } from "@loam/nn";

/** A network in a few words: `conv 5×5 (8) – pool – dense 64 – dense 10`. Layers without a size of their own go without saying. */
export function describeLayers(layers: readonly Layer[]): string {
  return layers.map(describe).filter(Boolean).join(" – ");
}

function describe(layer: Layer): string {
  const config = layer.config();
  switch (layer.type) {
    case "Conv2d": {
      const [height, width] = [config.kernelSize].flat() as number[];
      return `conv ${height}×${width ?? height} (${config.filters})`;
    }
    case "MaxPool2d":
    case "AvgPool2d":
      return "pool";
    case "Dense":
      return `dense ${config.units}`;
    default:
      return "";
  }
}
