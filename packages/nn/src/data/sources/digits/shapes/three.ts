import type { Hand } from "../hand.js";
import type { Pen } from "../pen.js";

/** Two bowls, or a roof over a bowl; the waist is a point, a bend or a small loop. */
export function three(pen: Pen, r: Hand): void {
  const waist = r.between(0.33, 0.55);
  const depth = r.between(0.06, 0.38);
  const style = r.share();
  if (style < 0.78) {
    pen.start(r.between(-0.12, 0.14), r.between(0.0, 0.22)).through(r.between(0.2, 0.36), 0);
    pen.through(r.between(0.46, 0.6), r.between(0.15, 0.24));
    if (r.chance(0.3)) pen.through(0.45, waist - 0.1);
  } else {
    pen.start(r.between(-0.1, 0.08), r.between(0, 0.1)).corner(r.between(0.42, 0.68), r.between(-0.04, 0.08));
  }
  const turn = r.share();
  if (turn < 0.45) pen.corner(depth, waist);
  else if (turn < 0.8) {
    pen
      .through(depth + 0.06, waist - 0.02)
      .through(depth, waist + 0.01)
      .through(depth + 0.08, waist + 0.03);
  } else {
    pen
      .through(depth + 0.02, waist + 0.02)
      .through(depth - 0.06, waist)
      .through(depth + 0.02, waist - 0.05);
  }
  const belly = r.between(0.44, 0.74);
  pen.through(belly - 0.1, waist + 0.06).through(belly, r.between(0.66, 0.76));
  pen.through(belly * r.between(0.68, 0.85), r.between(0.9, 0.97)).through(r.between(0.18, 0.32), 1);
  if (r.chance(0.85)) pen.through(r.between(-0.16, 0.1), r.between(0.76, 1));
}
