import type { Settings } from "./settings.js";

/**
 * In cross-validations inside training rows, eight networks told titanic and iris better than four (81.4 : 80.7 % and 94.2 : 93.8 %), and four told mpg
 * better than one (RMSE 2.79 : 2.96).
 */
const MEMBERS = 8;

/** How many networks are trained on so many rows, where the settings do not say; on more than `most`, one. */
export function membersOf(
  { members, steps, patience }: Pick<Settings, "members" | "steps" | "patience">,
  rows: number,
  most: number,
): number {
  if (members !== undefined) return members;
  return steps === undefined && patience !== undefined && rows <= most ? MEMBERS : 1;
}
