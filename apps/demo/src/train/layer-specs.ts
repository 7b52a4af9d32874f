/** A layer of one's own network, as the editor and the address know it. `type` and the options are the library's own names. */
export type LayerSpec =
  | {
      readonly type: "Conv2d";
      readonly filters: number;
      readonly kernelSize: number;
      readonly stride: number;
      readonly padding: number;
    }
  | { readonly type: "MaxPool2d" | "AvgPool2d"; readonly kernelSize: number }
  | { readonly type: "Dense"; readonly units: number }
  | { readonly type: "Dropout"; readonly rate: number }
  | { readonly type: "Flatten" | "ReLU" | "LeakyReLU" | "ELU" | "Sigmoid" | "Tanh" };

export type LayerType = LayerSpec["type"];

export const LAYER_TYPES: readonly LayerType[] = [
  "Conv2d",
  "MaxPool2d",
  "AvgPool2d",
  "Dense",
  "ReLU",
  "LeakyReLU",
  "ELU",
  "Sigmoid",
  "Tanh",
  "Dropout",
  "Flatten",
];

/** What the editor begins with: a small network with pooling. */
export const FIRST_LAYERS: readonly LayerSpec[] = [
  { type: "Conv2d", filters: 16, kernelSize: 3, stride: 1, padding: 1 },
  { type: "ReLU" },
  { type: "MaxPool2d", kernelSize: 2 },
  { type: "Flatten" },
  { type: "Dense", units: 64 },
  { type: "ReLU" },
];

/** A new layer of a type, with usual options. */
export function newLayer(type: LayerType): LayerSpec {
  switch (type) {
    case "Conv2d":
      return { type, filters: 16, kernelSize: 3, stride: 1, padding: 1 };
    case "MaxPool2d":
    case "AvgPool2d":
      return { type, kernelSize: 2 };
    case "Dense":
      return { type, units: 64 };
    case "Dropout":
      return { type, rate: 0.2 };
    default:
      return { type };
  }
}

const SHORT: Readonly<Record<LayerType, string>> = {
  Conv2d: "c",
  MaxPool2d: "m",
  AvgPool2d: "a",
  Dense: "u",
  Dropout: "d",
  Flatten: "f",
  ReLU: "r",
  LeakyReLU: "l",
  ELU: "e",
  Sigmoid: "s",
  Tanh: "t",
};

/** Writes layers into an address: `c16-3-1-1.r.m2.f.u64.r`. */
export function encodeLayers(layers: readonly LayerSpec[]): string {
  return layers
    .map((layer) => {
      const numbers =
        layer.type === "Conv2d"
          ? [layer.filters, layer.kernelSize, layer.stride, layer.padding]
          : "kernelSize" in layer
            ? [layer.kernelSize]
            : "units" in layer
              ? [layer.units]
              : "rate" in layer
                ? [Math.round(layer.rate * 1000)]
                : [];
      return SHORT[layer.type] + numbers.join("-");
    })
    .join(".");
}

/** Reads layers from an address; undefined where it is not understood, so that no other network is trained than was meant. */
export function decodeLayers(text: string): LayerSpec[] | undefined {
  const layers: LayerSpec[] = [];
  for (const part of text.split(".").filter(Boolean).slice(0, 24)) {
    const type = LAYER_TYPES.find((name) => SHORT[name] === part[0]);
    const numbers = part.slice(1).split("-").filter(Boolean).map(Number);
    if (!type || numbers.some((value) => !Number.isInteger(value) || value < 0 || value > 4096))
      return undefined;
    const layer = fromNumbers(type, numbers);
    if (!layer) return undefined;
    layers.push(layer);
  }
  return layers;
}

function fromNumbers(type: LayerType, numbers: readonly number[]): LayerSpec | undefined {
  const [first = 0, second = 0, third = 0, fourth = 0] = numbers;
  switch (type) {
    case "Conv2d":
      if (first < 1 || second < 1 || third < 1) return undefined;
      return { type, filters: first, kernelSize: second, stride: third, padding: fourth };
    case "MaxPool2d":
    case "AvgPool2d":
      return first < 1 ? undefined : { type, kernelSize: first };
    case "Dense":
      return first < 1 ? undefined : { type, units: first };
    case "Dropout":
      return first >= 1000 ? undefined : { type, rate: first / 1000 };
    default:
      return { type };
  }
}
