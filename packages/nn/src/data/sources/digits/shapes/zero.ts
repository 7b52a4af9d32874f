import type { Hand } from "../hand.js";
import { onOval, oval } from "../oval.js";
import type { Pen } from "../pen.js";

/** An oval, mostly against the clock from the top, whose ends meet, miss each other, or run on as a tail outside or inside; rarely struck through. */
export function zero(pen: Pen, r: Hand): void {
  const rx = r.chance(0.7) ? r.between(0.3, 0.5) : r.between(0.2, 0.66);
  const from = r.chance(0.75) ? 6 : 7 + r.below(2);
  const cx = 0.4;
  const [right, down] = onOval(from);
  const x = cx + rx * right;
  const y = 0.5 + 0.5 * down;
  pen.start(x + r.normal(0.05), y + r.normal(0.04));
  if (r.chance(0.85)) oval(pen, cx, 0.5, rx, 0.5, from - 1, from - 7);
  else oval(pen, cx, 0.5, rx, 0.5, from + 1, from + 7);
  const end = r.share();
  if (end < 0.55) pen.through(x + r.normal(0.03), y + r.between(-0.02, 0.1));
  else if (end < 0.72) pen.through(x + r.between(-0.25, 0.2), y + r.between(-0.08, 0.12));
  else if (end < 0.84) pen.through(x + r.between(0, 0.4), y + r.between(-0.18, 0.02));
  else if (end < 0.95) {
    pen.through(x, y + r.between(0.02, 0.12)).through(x - r.between(0, 0.3), y + r.between(0.1, 0.45));
  }
  if (r.chance(0.015)) pen.start(cx + 0.35, 0.05).through(cx - 0.35, 0.95);
}
