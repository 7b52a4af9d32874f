import type { Hand } from "../hand.js";
import type { Pen } from "../pen.js";

/** Roof, neck and belly in one stroke, roof set on afterwards, or without corners like an S. */
export function five(pen: Pen, r: Hand): void {
  const neck = r.between(0.3, 0.54);
  const left = r.between(0.02, 0.16);
  const tip = r.between(0.38, 0.95);
  const style = r.share();
  const top = r.between(0, 0.08);
  if (style < 0.4) {
    pen
      .start(tip, top + r.between(-0.1, 0.04))
      .through((tip + left) * 0.5, top + r.normal(0.02))
      .corner(left + 0.03, top + 0.02);
    pen.corner(left - r.between(-0.02, 0.08), neck);
  } else if (style < 0.8) {
    pen.start(left + r.between(0.0, 0.14), top + r.normal(0.02)).through(tip, top + r.normal(0.05) - 0.02);
    pen
      .start(left + r.between(-0.02, 0.06), top + r.normal(0.03))
      .corner(left - r.between(-0.02, 0.08), neck);
  } else {
    pen
      .start(tip, top + r.between(-0.08, 0.04))
      .through(left + 0.18, top)
      .through(left, neck * 0.55)
      .through(left + 0.04, neck);
  }
  const belly = r.between(0.34, 0.66);
  const low = r.between(0.62, 0.8);
  if (r.chance(0.6)) pen.through(belly * 0.6, neck - r.between(0, 0.08));
  pen
    .through(belly * 0.9, neck + 0.08)
    .through(belly, low)
    .through(belly * r.between(0.6, 0.8), r.between(0.9, 0.98));
  pen.through(r.between(0.12, 0.25), 1).through(r.between(-0.16, 0.08), r.between(0.66, 1));
}
