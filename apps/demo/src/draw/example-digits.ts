import type { Point, Stroke } from "./strokes.js";

/** One handwriting of each digit, as SVG paths on a square of 100. */
const PATHS: readonly (readonly string[])[] = [
  ["M52 18C30 18 26 44 27 56C28 72 36 83 50 83C68 83 74 62 73 46C72 28 64 18 52 18"],
  ["M47 24L55 17L51 84"],
  ["M29 34C31 20 45 15 56 18C70 22 71 37 62 49C53 61 38 70 28 81C42 79 58 80 73 80"],
  ["M31 24C40 15 64 15 66 30C67 42 54 47 44 48C58 48 71 54 70 67C69 84 42 88 28 76"],
  ["M43 17C39 32 34 42 28 54C43 53 59 52 75 52", "M62 32C60 50 59 66 58 85"],
  ["M69 19L38 20L34 46C46 40 69 43 70 62C71 82 44 88 29 77"],
  ["M62 17C46 26 31 46 31 65C31 80 42 85 52 84C64 83 71 74 69 63C67 52 52 48 41 55C36 58 33 63 31 68"],
  ["M27 21C42 20 57 20 73 19C63 38 53 58 45 84"],
  ["M66 26C60 15 37 15 35 29C33 43 68 52 69 67C70 84 41 88 33 76C25 62 62 48 66 34C67 31 67 28 66 26"],
  ["M68 31C62 18 36 18 33 35C31 52 56 56 65 43C68 38 69 33 68 27C69 46 66 66 58 85"],
];

const POINTS = 34;

/** Strokes of an example of a digit, in [0, 1]. */
export function exampleStrokes(digit: number): Stroke[] {
  return PATHS[digit]!.map((d) => {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", d);
    const length = path.getTotalLength();
    return Array.from({ length: POINTS }, (_, i): Point => {
      const { x, y } = path.getPointAtLength((length * i) / (POINTS - 1));
      return { x: x / 100, y: y / 100 };
    });
  });
}
