import type { Hand } from "../hand.js";
import { oval } from "../oval.js";
import type { Pen } from "../pen.js";

/** An S from the upper right and back up; or two ovals; or a crossing stroke begun at the waist. */
export function eight(pen: Pen, r: Hand): void {
  const waist = r.between(0.32, 0.62);
  const w1 = r.between(0.1, 0.38);
  const w2 = r.between(0.12, 0.36);
  const c = 0.32;
  const style = r.share();
  const cross = c + r.normal(0.04);
  if (style < 0.85) {
    // An S from the upper right, and straight back up; where the ends fail to meet, the top stays open.
    const gap = r.chance(0.4) ? r.between(0.02, 0.3) : 0;
    pen.start(c + w1 * r.between(0.2, 1.6), r.between(0.0, 0.2)).through(c + w1 * r.between(-0.2, 0.3), 0);
    pen.through(c - w1, waist * r.between(0.38, 0.55));
    if (r.chance(0.5)) pen.through(c - w1 * 0.5, waist * 0.85);
    if (r.chance(0.75)) pen.through(cross + 0.03, waist + 0.03);
    pen.through(c + w2, waist + (1 - waist) * r.between(0.4, 0.6));
    if (r.chance(0.6)) pen.through(c + w2 * 0.6, 0.95);
    pen.through(c + r.normal(0.04), 1);
    if (r.chance(0.6)) pen.through(c - w2 * 0.75, 0.94);
    pen.through(c - w2, waist + (1 - waist) * r.between(0.45, 0.65));
    if (r.chance(0.75)) pen.through(cross - 0.04, waist + 0.04);
    if (r.chance(0.6)) pen.through(c + w1 * r.between(0.55, 0.85), waist * 0.6);
    if (r.chance(0.6)) pen.through(c + w1 * r.between(0.8, 1.3), waist * 0.4 - gap * 0.4);
    pen.through(c + w1 * r.between(0.4, 1.6), r.between(0, 0.14) - gap);
  } else if (style < 0.92) {
    oval(pen.start(c, waist), c, waist / 2, w1, waist / 2, 3, 9);
    pen.through(c, waist).through(c - w2 * 0.8, waist + 0.12);
    oval(pen, c, (1 + waist) / 2, w2, (1 - waist) / 2, 12, 7);
    pen.through(c, waist);
  } else {
    pen
      .start(c - w1 * 0.2, waist + 0.05)
      .through(c - w1, waist * 0.5)
      .through(c, 0)
      .through(c + w1, waist * 0.4);
    pen
      .through(cross, waist)
      .through(c - w2, waist + (1 - waist) * 0.55)
      .through(c, 1);
    pen
      .through(c + w2, waist + (1 - waist) * 0.5)
      .through(cross, waist - 0.02)
      .through(c - w1 * 0.6, waist * 0.75);
  }
}
