// What the options of layers may be: each rule looks at what was given under a name and says what the layer has.
import { type ErrorOwner, requireIn, requireNonNegativeInteger, requirePositiveInteger } from "../errors.js";
import type { Pair } from "../graph/geometry.js";
import { requireInitializer } from "../initializers/initialize.js";
import type { Initializer } from "../initializers/initializer.js";
import { requireBoolean } from "../options.js";
import { type Regularizer, requireRegularizer } from "../regularizers/regularizer.js";
import { type PaddingOption, type PairOption, requirePadding, resolvePair } from "./window.js";

/** @throws {ConfigError} when what was given is not allowed; it may come from a file. */
export type OptionRule<Value> = (owner: ErrorOwner, name: string, given: unknown) => Value;

/** A rule an option of `Options`, each for what `Owner` has under the same name. */
export type OptionRules<Options, Owner> = {
  readonly [Name in Exclude<keyof Options, "name" | "trainable">]-?: OptionRule<
    Name extends keyof Owner ? Owner[Name] : never
  >;
};

/** A rule of a value that is only checked. */
function checked<Value>(
  check: (owner: ErrorOwner, name: string, value: Value) => void,
  otherwise?: () => Value,
): OptionRule<Value> {
  return (owner, name, given) => {
    const value = (otherwise ? (given ?? otherwise()) : given) as Value;
    check(owner, name, value);
    return value;
  };
}

/** An integer of at least 1; one that has to be given, unless there is a default. */
export const positiveInteger = (otherwise?: number): OptionRule<number> =>
  checked(requirePositiveInteger, otherwise === undefined ? undefined : () => otherwise);

/** An integer of at least 0. */
export const nonNegativeInteger = (otherwise: number): OptionRule<number> =>
  checked(requireNonNegativeInteger, () => otherwise);

/** A value that may be left out, and is looked at otherwise. */
export const optional =
  <Value>(rule: OptionRule<Value>): OptionRule<Value | undefined> =>
  (owner, name, given) =>
    given === undefined ? undefined : rule(owner, name, given);

/** A number in an interval written as in mathematics. */
export const inInterval = (interval: string, otherwise?: number): OptionRule<number> =>
  checked<number>(
    (owner, name, value) => requireIn(owner, name, value, interval),
    otherwise === undefined ? undefined : () => otherwise,
  );

/** An option that is true or false. */
export const boolean = (otherwise: boolean): OptionRule<boolean> =>
  checked<boolean>(
    (owner, name, value) => requireBoolean(owner, name, value),
    () => otherwise,
  );

/** An option that says how a parameter begins. */
export const initializer = (otherwise: () => Initializer): OptionRule<Initializer> =>
  checked(requireInitializer, otherwise);

/** One that may be left out. */
export const regularizer: OptionRule<Regularizer | undefined> = checked<Regularizer | undefined>(
  requireRegularizer,
);

/** [height, width], also given as one number. */
export const pair =
  (otherwise?: () => PairOption): OptionRule<Pair> =>
  (owner, name, given) =>
    resolvePair(owner, name, (given ?? otherwise?.()) as PairOption);

/** An option that says how much padding there is: "same", "valid", a number, or a pair of them. */
export const padding: OptionRule<PaddingOption> = checked<PaddingOption>(
  (owner, _, value) => requirePadding(owner, value),
  () => 0,
);
