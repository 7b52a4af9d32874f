import type { Hand } from "../hand.js";
import type { Pen } from "../pen.js";

/** A stroke; one in six has a flag, and some of those a foot. */
export function one(pen: Pen, r: Hand): void {
  const style = r.share();
  if (style < 0.12) pen.start(-r.between(0.08, 0.36), r.between(0.08, 0.34)).corner(0, 0);
  else if (style < 0.16) pen.start(-r.between(0.02, 0.12), r.between(0.05, 0.15)).through(0, 0);
  else pen.start(0, 0);
  pen.through(r.normal(0.025), 0.5).through(0, 1);
  if (style < 0.07) {
    const y = 1 + r.normal(0.03);
    pen.start(-r.between(0.15, 0.42), y).through(r.between(0.15, 0.45), y + r.normal(0.04));
  } else if (style > 0.97) pen.through(r.between(0.04, 0.12), 0.98);
}
