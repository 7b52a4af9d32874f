import { ConfigError } from "../errors.js";
import { type Shape, sizeOf } from "../graph/shape.js";

/** What an engine's addresses reach. */
const MOST_BYTES = 2 ** 32;

/**
 * Looks, before any weight is drawn, whether the network's numbers fit into the most memory that an engine can have.
 *
 * @param blocks Numbers a parameter: 1 to be used; to be trained also its gradient and the optimizer's slots.
 * @throws {ConfigError} `model-too-large` naming the layer of the largest parameter.
 */
export function requireRoom(
  { parameters }: { readonly parameters: readonly { readonly name: string; readonly shape: Shape }[] },
  blocks: number,
): void {
  const sizes = parameters.map(({ shape }) => sizeOf(shape));
  const bytes = 4 * blocks * sizes.reduce((sum, size) => sum + size, 0);
  if (bytes <= MOST_BYTES) return;
  const largest = sizes.reduce((most, size) => Math.max(most, size));
  const { name } = parameters[sizes.indexOf(largest)]!;
  const use = blocks > 1 ? "trained" : "used";
  throw new ConfigError(
    "model-too-large",
    `Parameter "${name}" has ${largest.toLocaleString("en-US")} numbers; to be ${use}, the model takes ${(bytes / 2 ** 30).toFixed(1)} GiB, where 4 can be had; make that layer smaller.`,
    { layer: name.split("/")[0]! },
  );
}
