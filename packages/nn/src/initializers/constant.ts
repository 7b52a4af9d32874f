import { requireFinite } from "../options.js";
import type { Initializer, InitializerDefinition } from "./initializer.js";

export interface Constant extends Initializer {
  readonly kind: "constant";
  readonly value: number;
}

/** The same number everywhere. @throws {ConfigError} `not-finite` */
export function constant(value: number): Constant {
  const initializer: Constant = { kind: "constant", value };
  constantDefinition.check!("constant", initializer);
  return initializer;
}

export const constantDefinition: InitializerDefinition<Constant> = {
  options: ["value"],
  check: (owner, { value }) => requireFinite(owner, "value", value),
  fill: (values, { value }) => {
    values.fill(value);
  },
};
