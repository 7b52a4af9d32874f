import type { Page } from "playwright-core";

/** Ten digits as a hand would draw them on the pad: strokes of points, on a square of 100. Other drawings than the site's own examples. */
export const SCRIPTED: readonly (readonly (readonly (readonly [number, number])[])[])[] = [
  [arc(50, 50, 20, 32, -90, 270)],
  [line([50, 18], [50, 84])],
  [[...arc(50, 34, 19, 17, -170, 20), ...line([66, 45], [31, 82]), ...line([31, 82], [72, 81])]],
  [[...arc(47, 33, 18, 15, -150, 90), ...arc(47, 66, 20, 18, -90, 150)]],
  [[...line([40, 18], [28, 55]), ...line([28, 55], [74, 55])], line([62, 34], [60, 86])],
  [[...line([70, 18], [38, 18]), ...line([38, 18], [35, 46]), ...arc(47, 63, 22, 19, -110, 150)]],
  [[...line([62, 16], [38, 42]), ...arc(50, 64, 19, 19, -150, 210)]],
  [[...line([28, 20], [72, 20]), ...line([72, 20], [46, 84])]],
  [[...arc(50, 33, 16, 15, 90, -270), ...arc(50, 66, 19, 18, -90, 270)]],
  [[...arc(49, 36, 18, 18, 0, -360), ...line([67, 36], [60, 85])]],
];

function line(from: readonly [number, number], to: readonly [number, number]): [number, number][] {
  return Array.from({ length: 9 }, (_, i) => [
    from[0] + ((to[0] - from[0]) * i) / 8,
    from[1] + ((to[1] - from[1]) * i) / 8,
  ]);
}

/** A piece of an ellipse; angles in degrees, 0 to the right, growing clockwise. */
function arc(
  x: number,
  y: number,
  width: number,
  height: number,
  from: number,
  to: number,
): [number, number][] {
  return Array.from({ length: 22 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / 21) * Math.PI) / 180;
    return [x + width * Math.cos(angle), y + height * Math.sin(angle)];
  });
}

/** Draws a digit on the pad with the mouse. */
export async function drawDigit(page: Page, digit: number): Promise<void> {
  const box = (await page.locator(".pad").boundingBox())!;
  for (const stroke of SCRIPTED[digit]!) {
    for (const [i, [x, y]] of stroke.entries()) {
      await page.mouse.move(box.x + (x / 100) * box.width, box.y + (y / 100) * box.height);
      if (i === 0) await page.mouse.down();
    }
    await page.mouse.up();
  }
}
