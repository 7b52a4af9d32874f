import { type Layer, layerFromConfig, type NamedValue, Sequential } from "@loam/nn";

/** Layers that treat each number by itself, and so treat the networks of a committee alike. */
const ELEMENTWISE: ReadonlySet<string> = new Set(["ReLU", "LeakyReLU", "ELU", "Sigmoid", "Tanh", "Dropout"]);

/** Whether networks of these layers can be made one: dense layers with functions of single numbers between them, the last one dense. */
export function canJoin(layers: readonly Layer[]): boolean {
  return (
    layers.at(-1)?.type === "Dense" && layers.every(({ type }) => type === "Dense" || ELEMENTWISE.has(type))
  );
}

/**
 * One network whose output is the mean of those of several that are built alike: their hidden layers stand beside each other, so that the kernels
 * between them are block-diagonal, and the last layer takes the mean. It has no part that an ordinary network of dense layers does not have.
 */
export async function join(members: readonly Sequential[], threads: "auto" | number): Promise<Sequential> {
  const [first] = members as readonly [Sequential, ...Sequential[]];
  const weights = await Promise.all(members.map((member) => member.getWeights()));
  const dense = first.layers.filter(({ type }) => type === "Dense");
  const layers = first.layers.map((layer) => {
    const { type, name } = layer;
    // What training adds to the loss has no place in the mean: it would grow with the number of networks.
    const { kernelRegularizer: _, ...config } = layer.config();
    if (type !== "Dense" || layer === dense.at(-1)) return layerFromConfig(type, { ...config, name });
    return layerFromConfig(type, { ...config, name, units: Number(config.units) * members.length });
  });
  const { inputShape, name, seed } = first;
  const joined = new Sequential(layers, { inputShape, name, seed, threads });
  const values: NamedValue[] = dense.flatMap((layer, i) => {
    const of = (part: string) =>
      weights
        .map((all) => all.find((value) => value.name === `${layer.name}/${part}`))
        .filter((value) => value !== undefined);
    const place = { isFirst: i === 0, isLast: i === dense.length - 1 };
    const biases = of("bias");
    return [joinKernels(of("kernel"), place), ...(biases.length > 0 ? [joinBiases(biases, place)] : [])];
  });
  await joined.setWeights(values);
  joined.scaling = first.scaling;
  joined.classNames = first.classNames;
  joined.schema = first.schema;
  joined.loss = first.loss;
  return joined;
}

interface Place {
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** [in, out] of each: beside each other behind the inputs, on the diagonal between hidden layers, below each other and averaged at the end. */
function joinKernels(kernels: readonly NamedValue[], { isFirst, isLast }: Place): NamedValue {
  const [rows = 0, columns = 0] = kernels[0]!.shape;
  const count = kernels.length;
  const [height, width] = [isFirst ? rows : rows * count, isLast ? columns : columns * count];
  const data = new Float32Array(height * width);
  kernels.forEach((kernel, member) => {
    const [top, left] = [isFirst ? 0 : member * rows, isLast ? 0 : member * columns];
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const value = kernel.data[row * columns + column]!;
        data[(top + row) * width + left + column]! += isLast ? value / count : value;
      }
    }
  });
  return { name: kernels[0]!.name, shape: [height, width], data };
}

function joinBiases(biases: readonly NamedValue[], { isLast }: Place): NamedValue {
  const [{ name, data: first }] = biases as readonly [NamedValue, ...NamedValue[]];
  if (!isLast) {
    const data = Float32Array.from(biases.flatMap(({ data }) => [...data]));
    return { name, shape: [data.length], data };
  }
  const data = first.map((_, i) => biases.reduce((sum, bias) => sum + bias.data[i]!, 0) / biases.length);
  return { name, shape: [data.length], data };
}
