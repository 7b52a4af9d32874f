import { ConfigError } from "../errors.js";
import type { Tensor } from "../graph/tensor.js";

/** @throws {ConfigError} `not-indices` for what is not u32. */
export function requireIndices(owner: string, { type }: Tensor): void {
  if (type === "u32") return;
  throw new ConfigError(
    "not-indices",
    `${owner}: expected indices of type u32, got ${type}; convert them with cast(indices, "u32").`,
  );
}
