import type { Hand } from "../hand.js";
import type { Pen } from "../pen.js";

/** A roof, with or without a serif, and a leg from a corner or a bend; one in seven has a bar. */
export function seven(pen: Pen, r: Hand): void {
  const right = r.between(0.44, 0.72);
  const foot = r.between(0, 0.52);
  const bar = r.between(0, 0.16);
  const style = r.share();
  const serif = r.share();
  if (serif < 0.28) pen.start(r.between(-0.08, 0.1), bar + r.between(0.06, 0.34)).corner(0, bar);
  else if (serif < 0.36) {
    pen.start(r.between(-0.12, 0.02), bar + r.between(0.1, 0.4)).through(0.04, bar + 0.03);
  } else pen.start(0, bar + r.normal(0.03));
  pen.through(right * 0.5, bar + r.normal(0.03));
  if (style < 0.6) pen.corner(right, r.between(-0.04, 0.08));
  else if (style < 0.85) pen.through(right - 0.04, 0.03).through(right, 0.12);
  else pen.through(right - 0.12, r.between(-0.04, 0.04)).through(right, r.between(0.12, 0.3));
  pen.through(foot + (right - foot) * r.between(0.3, 0.7), r.between(0.42, 0.55));
  pen.through(foot + r.between(-0.02, 0.06), 0.8).through(foot, 1);
  if (r.chance(0.14)) {
    const x = foot + (right - foot) * 0.4;
    const y = r.between(0.4, 0.62);
    pen
      .start(x - r.between(0.1, 0.3), y + r.normal(0.05))
      .through(x + r.between(0.1, 0.36), y + r.normal(0.05));
  }
}
