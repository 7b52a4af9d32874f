import type { Hand } from "../hand.js";
import type { Pen } from "../pen.js";

/** A bow down into a loop, which ends on the bow, runs along it, stays open or crosses it. */
export function six(pen: Pen, r: Hand): void {
  const size = r.chance(0.8) ? r.between(0.3, 0.58) : r.between(0.5, 0.74);
  const width = r.chance(0.8) ? r.between(0.34, 0.66) : r.between(0.55, 0.95);
  const top = 1 - size;
  const cy = 1 - size / 2;
  const tip = r.chance(0.8) ? r.between(0.0, 0.5) : r.between(0.3, 0.75);
  if (r.chance(0.15)) pen.start(tip + 0.1, r.between(0.02, 0.12)).through(tip, 0);
  else pen.start(tip, 0);
  if (r.chance(0.5)) pen.through(tip * 0.5 + r.between(-0.08, 0.02), 0.25);
  pen.through(tip * 0.15 + r.between(-0.04, 0.06), top + r.between(-0.06, 0.1));
  if (r.chance(0.75)) {
    pen.through(r.between(-0.02, 0.03), cy + r.between(0, 0.08)).through(width * 0.25, r.between(0.92, 0.98));
    pen.through(width * 0.55, 1).through(width * 0.92, cy + size * r.between(0.2, 0.32));
  } else {
    pen
      .through(0, 0.86)
      .through(width * 0.2, 1)
      .through(width * r.between(0.6, 0.95), cy + size * r.between(0.1, 0.35));
  }
  pen
    .through(width, cy - size * r.between(0, 0.25))
    .through(width * r.between(0.5, 0.75), top + r.between(-0.02, 0.04));
  const close = r.share();
  if (close < 0.5) {
    pen
      .through(width * 0.25, cy - size * 0.2)
      .through(r.between(-0.02, 0.12), cy + size * r.between(-0.05, 0.25));
  } else if (close < 0.65) {
    pen
      .through(width * 0.25, cy - size * 0.15)
      .through(0.04, cy + size * 0.2)
      .through(0.14, 0.97);
  } else if (close < 0.85) pen.through(width * r.between(0.2, 0.4), cy - size * r.between(0, 0.3));
  else pen.through(width * 0.2, cy).through(-r.between(0.02, 0.2), cy + r.normal(0.06));
}
