/** A layer's type and options, as its configuration has them. */
interface LayerConfig {
  readonly type: string;
  readonly kernelSize?: number | readonly number[];
  readonly filters?: number;
  readonly units?: number;
}

/** A network in a few words: `conv 5×5 (8) – pool – dense 64 – dense 10`. Layers without a size of their own go without saying. */
export function describeLayers(layers: readonly LayerConfig[]): string {
  return layers.map(describe).filter(Boolean).join(" – ");
}

function describe({ type, kernelSize, filters, units }: LayerConfig): string {
  switch (type) {
    case "Conv2d": {
      const [height, width] = [kernelSize].flat();
      return `conv ${height}×${width ?? height} (${filters})`;
    }
    case "MaxPool2d":
    case "AvgPool2d":
      return "pool";
    case "Dense":
      return `dense ${units}`;
    default:
      return "";
  }
}
