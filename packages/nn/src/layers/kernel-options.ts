import { ConfigError, type ErrorOwner, ownerLabel } from "../errors.js";
import { glorotUniform } from "../initializers/glorot.js";
import type { Initializer } from "../initializers/initializer.js";
import { zeros } from "../initializers/zeros.js";
import type { Regularizer } from "../regularizers/regularizer.js";
import { type Activation, activation } from "./activation.js";
import type { LayerOptions } from "./layer.js";
import { boolean, initializer, regularizer } from "./option-rules.js";

/** What layers with a kernel have in common. */
export interface KernelOptions extends LayerOptions {
  /** What is done to the output, such as "relu"; nothing by default. */
  readonly activation?: Activation;
  /** Default true. */
  readonly useBias?: boolean;
  /** Default `glorotUniform()`. */
  readonly kernelInitializer?: Initializer;
  /** Default `zeros()`. */
  readonly biasInitializer?: Initializer;
  /** What the kernel adds to the loss, such as `l2(1e-4)`. */
  readonly kernelRegularizer?: Regularizer;
}

export const kernelRules = {
  activation,
  useBias: boolean(true),
  kernelInitializer: initializer(glorotUniform),
  biasInitializer: initializer(zeros),
  kernelRegularizer: regularizer,
};

/** @throws {ConfigError} `groups-do-not-divide` unless the groups divide the filters. */
export function requireGroups(
  layer: ErrorOwner & { readonly groups: number; readonly filters: number },
): void {
  if (layer.filters % layer.groups === 0) return;
  throw new ConfigError(
    "groups-do-not-divide",
    `${ownerLabel(layer)}: groups must divide filters, got ${layer.groups} and ${layer.filters}.`,
  );
}
