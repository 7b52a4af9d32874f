import { ConfigError, type ErrorOwner, ownerLabel, requireIn, showValue } from "../errors.js";
import type { Tensor } from "../graph/tensor.js";
import { add } from "../ops/add.js";
import { sumAbs, sumSquares } from "../ops/reductions.js";
import { scale } from "../ops/scale.js";
import { requireOptions } from "../options.js";

/** What a parameter adds to the loss: l1·Σ|w| + l2·Σw². Plain data, made by `l1`, `l2` and `l1l2`. */
export interface Regularizer {
  readonly kind: "l1" | "l2" | "l1l2";
  readonly l1?: number;
  readonly l2?: number;
}

const OPTIONS = { l1: ["l1"], l2: ["l2"], l1l2: ["l1", "l2"] } as const;

/**
 * Checks a regularizer given as the option `name`; undefined is none.
 * @throws {ConfigError} `regularizer-unknown`, `unknown-option` or `l1-out-of-range`, `l2-out-of-range`
 */
export function requireRegularizer(
  owner: ErrorOwner,
  name: string,
  regularizer: Regularizer | undefined,
): void {
  if (regularizer === undefined) return;
  const kind: unknown = regularizer?.kind;
  const options: readonly ("l1" | "l2")[] | undefined =
    typeof kind === "string" && Object.hasOwn(OPTIONS, kind) ? OPTIONS[regularizer.kind] : undefined;
  if (!options) {
    throw new ConfigError(
      "regularizer-unknown",
      `${ownerLabel(owner)}: ${name} must be made by l1, l2 or l1l2, got ${showValue(kind ?? regularizer)}.`,
    );
  }
  requireOptions(`${ownerLabel(owner)}: ${name} ${regularizer.kind}`, regularizer, ["kind", ...options]);
  for (const option of options) requireIn(owner, option, regularizer[option]!, "[0, Infinity)");
}

/** The penalty of a parameter, a scalar tensor; undefined where it is 0 whatever w is. */
export function penalty({ l1 = 0, l2 = 0 }: Regularizer, w: Tensor): Tensor | undefined {
  const absolute = l1 > 0 ? scale(sumAbs(w), l1) : undefined;
  const squared = l2 > 0 ? scale(sumSquares(w), l2) : undefined;
  return absolute && squared ? add(absolute, squared) : (absolute ?? squared);
}
