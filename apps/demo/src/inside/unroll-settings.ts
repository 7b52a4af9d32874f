import type { Address } from "../app/address.js";
import type { UnrollGeometry } from "./unroll.js";

export type Direction = "forward" | "backward";

/** The pictures to choose from: the digit made smaller, so that its pixels can be told apart, or whole. */
export const SIZES = ["7", "14", "28"] as const;

export interface UnrollSettings {
  readonly geometry: UnrollGeometry;
  readonly direction: Direction;
  /** The window of now, counted from 0. */
  readonly at: number;
}

/** In the middle of the digit: matrix and map are half full, and the window has something in it. */
const USUAL_WINDOW = 67;
const USUAL = `14-3-1-0-f-${USUAL_WINDOW}`;

/** Reads what is looked at from the address, `unroll=14-3-1-0-f-1`: size, kernel, stride, padding, there (f) or back (b), and the window from 1. */
export function readUnroll(address: Address): UnrollSettings {
  const [size, kernel, stride, padding, direction, window] = (address.get("unroll") ?? USUAL).split("-");
  const number = (text: string | undefined, least: number, most: number, otherwise: number) => {
    const value = text ? Number(text) : Number.NaN;
    return Number.isInteger(value) && value >= least && value <= most ? value : otherwise;
  };
  return {
    geometry: {
      size: Number(SIZES.find((known) => known === size) ?? 14),
      kernel: number(kernel, 1, 7, 3),
      stride: number(stride, 1, 4, 1),
      padding: number(padding, 0, 3, 0),
    },
    direction: direction === "b" ? "backward" : "forward",
    at: number(window, 1, 1e4, 1) - 1,
  };
}

export function writeUnroll(address: Address, { geometry, direction, at }: UnrollSettings): void {
  const { size, kernel, stride, padding } = geometry;
  const text = [size, kernel, stride, padding, direction === "backward" ? "b" : "f", at + 1].join("-");
  address.set({ unroll: text === USUAL ? undefined : text });
}
