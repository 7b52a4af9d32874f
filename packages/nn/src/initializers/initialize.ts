import { ConfigError, type ErrorOwner, ownerLabel, showValue } from "../errors.js";
import { type Shape, sizeOf } from "../graph/shape.js";
import { requireOptions } from "../options.js";
import { constantDefinition } from "./constant.js";
import { givenValues } from "./given.js";
import { glorotNormalDefinition, glorotUniformDefinition } from "./glorot.js";
import { heNormalDefinition, heUniformDefinition } from "./he.js";
import type { Initializer, InitializerDefinition } from "./initializer.js";
import { lecunNormalDefinition, lecunUniformDefinition } from "./lecun.js";
import { orthogonalDefinition } from "./orthogonal.js";
import { randomNormalDefinition } from "./random-normal.js";
import { RandomStream, type StreamOf } from "./random-stream.js";
import { randomUniformDefinition } from "./random-uniform.js";
import { truncatedNormalDefinition } from "./truncated-normal.js";
import { zerosDefinition } from "./zeros.js";

/** All initializers by their kind. */
export const initializerDefinitions: Readonly<Record<string, InitializerDefinition<never>>> = {
  zeros: zerosDefinition,
  constant: constantDefinition,
  glorotUniform: glorotUniformDefinition,
  glorotNormal: glorotNormalDefinition,
  heUniform: heUniformDefinition,
  heNormal: heNormalDefinition,
  lecunUniform: lecunUniformDefinition,
  lecunNormal: lecunNormalDefinition,
  orthogonal: orthogonalDefinition,
  randomUniform: randomUniformDefinition,
  randomNormal: randomNormalDefinition,
  truncatedNormal: truncatedNormalDefinition,
};

/**
 * Checks an initializer given as the option `name`, perhaps from a file.
 * @throws {ConfigError} `initializer-unknown`, `unknown-option`, or what its kind finds wrong.
 */
export function requireInitializer(owner: ErrorOwner, name: string, initializer: Initializer): void {
  if (typeof initializer !== "object" || initializer === null) {
    throw new ConfigError(
      "initializer-unknown",
      `${ownerLabel(owner)}: ${name} must be an object with a kind, such as { kind: "zeros" }, got ${showValue(initializer)}.`,
    );
  }
  const kind: unknown = initializer.kind;
  if (typeof kind !== "string" || !Object.hasOwn(initializerDefinitions, kind)) {
    throw new ConfigError(
      "initializer-unknown",
      `${ownerLabel(owner)}: ${name} must be one of ${Object.keys(initializerDefinitions).join(", ")}, got ${showValue(kind)}.`,
    );
  }
  const { options, check } = initializerDefinitions[kind]!;
  const label = `${ownerLabel(owner)}: ${name} ${kind}`;
  requireOptions(label, initializer, ["kind", ...options]);
  check?.(label, initializer as never);
}

/**
 * The first values of a parameter, row-major: a function of the initializer, the shape, the seed and the stream (a number for each
 * parameter of a model) alone.
 *
 * @param ahead see `RandomStream`
 */
export function initialize(
  initializer: Initializer,
  shape: Shape,
  from: StreamOf,
  ahead?: Uint32Array,
): Float32Array {
  const given = givenValues(initializer);
  if (given) return given.slice();
  requireInitializer("initialize", "initializer", initializer);
  const values = new Float32Array(sizeOf(shape));
  initializerDefinitions[initializer.kind]!.fill(
    values,
    initializer as never,
    shape,
    new RandomStream(from, ahead),
  );
  return values;
}
