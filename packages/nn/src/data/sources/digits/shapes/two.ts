import type { Hand } from "../hand.js";
import type { Pen } from "../pen.js";

/** A bowl and a diagonal, then a foot: at a corner, out of a loop, out of a bend, or as a stroke of its own. */
export function two(pen: Pen, r: Hand): void {
  const top = r.between(0.1, 0.34);
  const right = r.between(0.42, 0.76);
  const style = r.share();
  if (r.chance(0.2)) {
    pen.start(r.between(0.12, 0.25), top + r.between(0.05, 0.15)).through(0.04, top + r.between(-0.02, 0.1));
  } else pen.start(r.between(-0.06, 0.2), top * r.between(0.1, 1.4));
  pen.through(r.between(0.2, 0.38), r.between(-0.02, 0.04)).through(right, top);
  pen.through(right * r.between(0.66, 0.92), top + r.between(0.18, 0.36));
  const base = r.between(0.84, 1);
  const tail = r.chance(0.75) ? r.between(0.5, 0.95) : r.between(0.3, 1.3);
  const drop = r.between(-0.14, 0.28);
  if (style < 0.4) {
    pen.corner(r.between(-0.08, 0.12), base);
    pen.through(tail * 0.5, base + drop * 0.3 + r.normal(0.035)).through(tail, base + drop);
  } else if (style < 0.86) {
    const size = r.between(0.08, 0.36);
    const reach = r.between(-0.22, 0.02);
    pen.through(r.between(0.12, 0.32), base - size * r.between(0.1, 0.3));
    pen
      .through(r.between(0.0, 0.12), base + r.between(-0.02, 0.07))
      .through(reach, base - size * r.between(0.35, 0.65));
    pen
      .through(reach + r.between(0.12, 0.3), base - size)
      .through(r.between(0.3, 0.5), base - size * r.between(0.05, 0.45));
    if (r.chance(0.8)) pen.through(tail, base + drop);
  } else if (style < 0.94) {
    pen
      .through(0.1, base - 0.05)
      .through(0.02, base)
      .through(0.2, base + r.normal(0.03))
      .through(tail, base + drop);
  } else {
    pen.corner(r.between(0.1, 0.3), base);
    pen.start(r.between(-0.1, 0.1), base + r.normal(0.04)).through(tail, base + drop * 0.6);
  }
}
