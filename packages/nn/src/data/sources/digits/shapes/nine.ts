import type { Hand } from "../hand.js";
import type { Pen } from "../pen.js";

/** A loop from its right, back up to the stem by a corner or a bend; the stem is straight, bent or hooked. */
export function nine(pen: Pen, r: Hand): void {
  const size = r.chance(0.85) ? r.between(0.28, 0.6) : r.between(0.5, 0.78);
  const width = r.chance(0.85) ? r.between(0.32, 0.64) : r.between(0.55, 0.9);
  const foot = r.between(0, 0.7);
  const right = width + r.between(-0.05, 0.05);
  const peak = size * (r.chance(0.7) ? r.between(0.0, 0.35) : r.between(-0.15, 0.6));
  if (r.chance(0.8)) pen.start(right - r.between(-0.02, 0.14), size * r.between(0.05, 0.4));
  else pen.start(right + r.between(-0.2, 0.12), size * r.between(-0.05, 0.12));
  pen.through(width * r.between(0.4, 0.75), 0);
  if (r.chance(0.7)) pen.through(width * 0.15, size * r.between(0.18, 0.28));
  pen.through(0, size * r.between(0.5, 0.75)).through(width * r.between(0.22, 0.42), size);
  pen.through(width * 0.75, size * r.between(0.6, 0.9));
  if (r.chance(0.7)) pen.corner(right, peak);
  else {
    pen
      .through(right, size * 0.35)
      .through(right + 0.02, peak)
      .turn();
  }
  const curl = r.share();
  if (curl < 0.75) {
    if (r.chance(0.7)) pen.through((right * 1.2 + foot) * 0.45, 0.6);
    pen.through(foot, 1);
  } else if (curl < 0.94) {
    pen
      .through(right - 0.02, 0.6)
      .through(right - r.between(0.04, 0.14), 0.9)
      .through(foot * 0.8, 1);
  } else {
    pen
      .through(right - 0.02, 0.6)
      .through(right - 0.1, 0.92)
      .through(0.2, 1)
      .through(r.between(-0.05, 0.1), r.between(0.82, 0.95));
  }
}
