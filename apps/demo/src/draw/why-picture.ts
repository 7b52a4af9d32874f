import { mix, pixelCanvas, token } from "../ui/picture.js";

const SIDE = 28;
/** How bright the ink is below the colours. */
const INK = 0.45;
/** How much of a colour the loudest field has. */
const LOUDEST = 0.9;

/** The picture that was read, with what its fields say for a class in green and against it in orange: laid over the pad. */
export class WhyPicture {
  readonly canvas = pixelCanvas(SIDE, SIDE);

  constructor() {
    this.canvas.classList.add("why");
    this.hide();
  }

  hide(): void {
    this.canvas.hidden = true;
  }

  /** @param says [fields · fields], each some pixels of the picture. */
  show(picture: Uint8Array, says: Float32Array): void {
    const fields = Math.sqrt(says.length);
    const context = this.canvas.getContext("2d")!;
    const image = context.createImageData(SIDE, SIDE);
    const largest = Math.max(1e-6, ...says.map(Math.abs));
    const [soil, chalk] = [token("--soil"), token("--chalk")];
    const [good, bad] = [token("--why-for"), token("--why-against")];
    for (let i = 0; i < SIDE * SIDE; i++) {
      const row = Math.floor((Math.floor(i / SIDE) * fields) / SIDE);
      const column = Math.floor(((i % SIDE) * fields) / SIDE);
      const value = says[row * fields + column]! / largest;
      const below = mix(soil, chalk, (picture[i]! / 255) * INK);
      // So that quiet fields are still seen beside the loudest.
      const colour = mix(below, value < 0 ? bad : good, Math.abs(value) ** 0.8 * LOUDEST);
      image.data.set([...colour, 255], i * 4);
    }
    context.putImageData(image, 0, 0);
    this.canvas.hidden = false;
  }
}
