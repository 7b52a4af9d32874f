import type { Settings } from "./settings.js";

/**
 * In cross-validations inside training rows, eight networks told titanic and iris better than four (81.4 : 80.7 % and 94.2 : 93.8 %), and four told mpg
 * better than one (RMSE 2.79 : 2.96). Of many rows each network misses few, and four do as well as eight: housing (16,500 rows) 48,100, where one
 * did 50,400.
 */
const MEMBERS = 8;

/** How many networks are trained on so many rows, where the settings do not say: on more than `most` half as many, on more than twice `most` one. */
export function membersOf(
  { members, steps, patience }: Pick<Settings, "members" | "steps" | "patience">,
  rows: number,
  most: number,
): number {
  if (members !== undefined) return members;
  if (steps !== undefined || patience === undefined || rows > 2 * most) return 1;
  return rows <= most ? MEMBERS : MEMBERS / 2;
}
