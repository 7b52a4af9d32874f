import { Add } from "./add.js";
import { AvgPool2d } from "./avg-pool2d.js";
import { Concatenate } from "./concatenate.js";
import { Conv2d } from "./conv2d.js";
import { Dense } from "./dense.js";
import { Dropout } from "./dropout.js";
import { ELU } from "./elu.js";
import { Flatten } from "./flatten.js";
import type { Layer } from "./layer.js";
import { LeakyReLU } from "./leaky-relu.js";
import { type LayerClass, makeLayer } from "./make-layer.js";
import { MaxPool2d } from "./max-pool2d.js";
import { ReLU } from "./relu.js";
import { Sigmoid } from "./sigmoid.js";
import { Softmax } from "./softmax.js";
import { Tanh } from "./tanh.js";

/** Layers that a page which opens a file has at once; the others come when a file names one. */
const usualLayers: ReadonlyMap<string, LayerClass> = new Map<string, LayerClass>(
  Object.entries({
    ...{ Dense, Conv2d, MaxPool2d, AvgPool2d, Flatten, Dropout, Add, Concatenate },
    ...{ ReLU, LeakyReLU, ELU, Sigmoid, Tanh, Softmax },
  }),
);

/** What a file says of one layer. */
interface DescribedLayer {
  readonly type: string;
  readonly name: string;
  readonly config: Record<string, unknown>;
}

/** The layers that a file describes, of classes of one's own as well. @throws as `layerFromConfig` does. */
export async function describedLayers(
  described: readonly DescribedLayer[],
  custom: Readonly<Record<string, LayerClass>> = {},
): Promise<Layer[]> {
  const own = new Map(Object.entries(custom));
  const known = new Map([...usualLayers, ...own]);
  if (described.every(({ type }) => known.has(type)))
    return described.map(({ type, name, config }) => makeLayer(known, type, { ...config, name }));
  const { layerFromFile } = await import("./registry.js");
  return described.map(({ type, name, config }) => layerFromFile(type, { ...config, name }, custom));
}
