import { centerDigit } from "@loam/nn";
import type { Address } from "../app/address.js";
import { decodeStrokes, encodeStrokes, fitStrokes, rasterize, type Stroke } from "./strokes.js";

/** The drawing that all views share; it is kept in the address under `d`. */
export class Drawing {
  readonly #address: Address;

  constructor(address: Address) {
    this.#address = address;
  }

  get strokes(): readonly Stroke[] {
    return decodeStrokes(this.#address.get("d") ?? "");
  }

  keep(strokes: readonly Stroke[]): void {
    this.#address.set({ d: encodeStrokes(strokes) || undefined });
  }
}

/** The 28x28 picture that a network gets of a drawing; undefined where nothing is drawn. */
export function digitOf(strokes: readonly Stroke[]): Uint8Array | undefined {
  if (strokes.length === 0) return undefined;
  const { ink, side } = rasterize(fitStrokes(strokes));
  return centerDigit(ink, side, side, "drawing");
}
