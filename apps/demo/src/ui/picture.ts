/** Colours as [red, green, blue], read from the page's own tokens so that pictures follow its theme. */
export type Colour = readonly [number, number, number];

/** A canvas as large as the picture; CSS enlarges it without smoothing. */
export function pixelCanvas(width: number, height: number, label?: string): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  canvas.className = "pixels";
  if (label === undefined) canvas.setAttribute("aria-hidden", "true");
  else {
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", label);
  }
  return canvas;
}

/** Paints bytes, 0 black and 255 white, as MNIST is shown everywhere. */
export function paintGrey(canvas: HTMLCanvasElement, bytes: ArrayLike<number>): void {
  const context = canvas.getContext("2d")!;
  const image = context.createImageData(canvas.width, canvas.height);
  for (let i = 0; i < canvas.width * canvas.height; i++) {
    const value = bytes[i] ?? 0;
    image.data.set([value, value, value, 255], i * 4);
  }
  context.putImageData(image, 0, 0);
}

/** A tile of a larger picture: `values` is [height, width], row after row, `at` its top left corner. */
export interface Tile {
  readonly values: ArrayLike<number>;
  readonly offset: number;
  readonly width: number;
  readonly height: number;
  readonly x: number;
  readonly y: number;
}

/** From the ground's colour to the accent: activations, which have no sign that matters. */
export function paintHeat(image: ImageData, tile: Tile, largest: number, ramp: Ramp): void {
  paintTile(image, tile, (value) =>
    mix(ramp.zero, ramp.positive, largest === 0 ? 0 : Math.max(0, value) / largest),
  );
}

/** Green for positive, orange for negative, the ground's colour for zero: weights. */
export function paintSigned(image: ImageData, tile: Tile, largest: number, ramp: Ramp): void {
  paintTile(image, tile, (value) => {
    const share = largest === 0 ? 0 : Math.min(1, Math.abs(value) / largest);
    return mix(ramp.zero, value < 0 ? ramp.negative : ramp.positive, share);
  });
}

function paintTile(image: ImageData, tile: Tile, colour: (value: number) => Colour): void {
  for (let row = 0; row < tile.height; row++) {
    for (let column = 0; column < tile.width; column++) {
      const [r, g, b] = colour(tile.values[tile.offset + row * tile.width + column] ?? 0);
      const at = ((tile.y + row) * image.width + tile.x + column) * 4;
      image.data[at] = r;
      image.data[at + 1] = g;
      image.data[at + 2] = b;
      image.data[at + 3] = 255;
    }
  }
}

export interface Ramp {
  readonly zero: Colour;
  readonly positive: Colour;
  readonly negative: Colour;
}

/** The page's colours for pictures of numbers. */
export function ramp(): Ramp {
  return { zero: token("--sunken"), positive: token("--positive"), negative: token("--negative") };
}

/** A colour token as numbers. */
export function token(name: string): Colour {
  const text = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const digits = text.slice(1);
  // Minifiers write #ffffff as #fff.
  const number = Number.parseInt(digits.length === 3 ? digits.replace(/./g, "$&$&") : digits, 16);
  return [(number >> 16) & 255, (number >> 8) & 255, number & 255];
}

export function css([r, g, b]: Colour, alpha = 1): string {
  return `rgb(${r} ${g} ${b} / ${alpha})`;
}

export function mix(a: Colour, b: Colour, share: number): Colour {
  const blend = (i: 0 | 1 | 2) => Math.round(a[i] + (b[i] - a[i]) * share);
  return [blend(0), blend(1), blend(2)];
}
