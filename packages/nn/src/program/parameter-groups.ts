import type { OptimizerRange } from "@loam/kernels-as";
import { ConfigError, requireIn, showValue } from "../errors.js";
import type { Optimizer, ParameterGroup } from "../optimizers/optimizer.js";

type Settings = Required<Pick<OptimizerRange, "learningRateFactor" | "weightDecay">>;

/**
 * What each of some parameters is updated with.
 * @throws {ConfigError} `groups-not-usable` for a group that is no group or names nothing, `learning-rate-factor-out-of-range`, `weight-decay-out-of-range`.
 */
export function settingsByParameter(
  { name: owner, groups, weightDecay, decayMatricesOnly }: Optimizer,
  parameters: readonly { readonly name: string; readonly rank: number }[],
): Map<string, Settings> {
  const names = parameters.map(({ name }) => name);
  const listed = groups.map((group, i) => [group, patternsOf(owner, i, group, names)] as const);
  return new Map(
    parameters.map(({ name, rank }) => {
      const own = { learningRateFactor: 1, weightDecay: decayMatricesOnly && rank < 2 ? 0 : weightDecay };
      const named = listed.findLast(([, patterns]) => patterns.some((pattern) => pattern.test(name)));
      if (!named) return [name, own];
      const [group] = named;
      const { learningRateFactor = own.learningRateFactor, weightDecay: decay = own.weightDecay } = group;
      return [name, { learningRateFactor, weightDecay: decay }];
    }),
  );
}

function patternsOf(owner: string, i: number, group: ParameterGroup, names: readonly string[]): RegExp[] {
  const where = `${owner}: groups[${i}]`;
  const { parameters, learningRateFactor = 1, weightDecay = 0, ...more } = Object(group) as ParameterGroup;
  requireIn(where, "learningRateFactor", learningRateFactor, "[0, Infinity)");
  requireIn(where, "weightDecay", weightDecay, "[0, Infinity)");
  const texts = [parameters].flat();
  const unknown = Object.keys(more)[0];
  if (unknown !== undefined || texts.some((text) => typeof text !== "string")) {
    throw new ConfigError(
      "groups-not-usable",
      `${where}: expected { parameters, learningRateFactor, weightDecay } with names as parameters, got ${unknown === undefined ? showValue(parameters) : showValue(unknown)}.`,
    );
  }
  return (texts as readonly string[]).map((text) => {
    const letters = text.split("*").map((part) => part.replace(/[^\w]/g, "\\$&"));
    // A layer's name stands for all that it has.
    const pattern = new RegExp(`^${letters.join(".*")}(/.*)?$`);
    if (names.some((name) => pattern.test(name))) return pattern;
    throw new ConfigError(
      "groups-not-usable",
      `${where}: no parameter is called ${showValue(text)}; they are ${shortList(names)}.`,
    );
  });
}

function shortList(names: readonly string[]): string {
  return names.length > 6 ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more` : names.join(", ");
}
