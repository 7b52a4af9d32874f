import type { Initializer, InitializerDefinition } from "./initializer.js";

/** All zeros. */
export function zeros(): Initializer {
  return { kind: "zeros" };
}

export const zerosDefinition: InitializerDefinition = {
  options: [],
  fill: (values) => {
    values.fill(0);
  },
};
