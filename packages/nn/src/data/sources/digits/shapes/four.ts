import type { Hand } from "../hand.js";
import type { Pen } from "../pen.js";

/** Open with a bar across the stem, open in one stroke, closed at the top, or with arms like a Y. */
export function four(pen: Pen, r: Hand): void {
  const bar = r.between(0.4, 0.68);
  const stem = r.between(0.42, 0.6);
  const style = r.share();
  const foot = stem + r.between(-0.16, 0.06);
  if (style < 0.6) {
    pen.start(r.between(-0.02, 0.24), r.between(0, 0.2));
    if (r.chance(0.4)) pen.through(r.between(0, 0.1), bar * 0.5);
    if (r.chance(0.3)) pen.through(r.between(-0.02, 0.06), bar - 0.08).through(0.1, bar);
    else pen.corner(r.between(-0.06, 0.06), bar + r.normal(0.03));
    pen
      .through(stem * 0.6, bar + r.normal(0.03))
      .through(stem + r.between(-0.04, 0.3), bar + r.normal(0.06) - 0.03);
    pen
      .start(stem + r.normal(0.05), r.between(-0.06, 0.34))
      .through((stem + foot) * 0.5, 0.55)
      .through(foot, 1);
  } else if (style < 0.82) {
    pen.start(r.between(-0.04, 0.12), r.between(0, 0.16)).through(r.between(-0.03, 0.04), bar * 0.7);
    pen
      .through(0.1, bar)
      .through(stem * 0.6, bar - 0.02)
      .through(stem * 0.95, bar * 0.65);
    pen.corner(stem + r.between(0, 0.08), r.between(-0.08, 0.12));
    pen.through((stem + foot) * 0.5, 0.55).through(foot, 1);
  } else if (style < 0.87) {
    const top = r.normal(0.03);
    pen
      .start(stem + r.between(-0.16, 0.0), top)
      .through(stem * 0.45, bar * 0.55)
      .corner(r.between(-0.06, 0.04), bar);
    pen.through(stem * 0.6, bar + r.normal(0.02)).through(stem + r.between(0.05, 0.28), bar + r.normal(0.04));
    pen
      .start(stem + r.between(-0.04, 0.06), top + r.between(-0.02, 0.2))
      .through((stem + foot) * 0.5, 0.6)
      .through(foot, 1);
  } else {
    // Arms like a Y: the bar runs straight into the stem, or the left arm is a bowl.
    pen.start(r.between(-0.06, 0.1), r.between(0, 0.2)).through(r.between(0, 0.12), bar - 0.06);
    if (r.chance(0.5)) pen.through(stem * 0.5, bar + r.between(-0.04, 0.06));
    pen.through(stem - 0.02, bar - r.between(0, 0.1));
    pen
      .start(stem + r.between(0, 0.14), r.between(-0.08, 0.16))
      .through(stem, bar * 0.9)
      .through(foot, 1);
  }
}
