import type { Sequential } from "@loam/nn";
import type { ReaderName } from "../app/readers.js";
import type { Site } from "../app/site.js";
import { Drawing, digitOf } from "../draw/drawing.js";
import { exampleStrokes } from "../draw/example-digits.js";
import { choice } from "../ui/controls.js";
import { element, fill } from "../ui/element.js";
import { paintGrey, pixelCanvas } from "../ui/picture.js";
import { type LayerLook, layerCard } from "./layer-card.js";

/** Shown where nothing has been drawn yet. */
const EXAMPLE = 3;
/** What a card takes of the width beside its pictures: its frame, and on wide screens the column that names the layer. */
const FRAME = 60;
const NAMES = 210;
const WIDE = 720;

/** The visitor's digit on its way through a network: after every layer its filters and what they made of the digit. */
export async function layersLook(place: HTMLElement, site: Site): Promise<() => void> {
  const { address, readers } = site;
  const strokes = new Drawing(address).strokes;
  const digit = digitOf(strokes.length > 0 ? strokes : exampleStrokes(EXAMPLE))!;
  const flow = element("div", { class: "flow" });
  let open = true;
  const show = async () => {
    const reader: ReaderName = address.get("reader") === "own" && readers.ownReads ? "own" : "shipped";
    const looks = await lookThrough(await readers.get(reader), digit);
    if (!open) return;
    const width = flow.clientWidth;
    const room = Math.max(200, width - FRAME - (width >= WIDE ? NAMES : 0));
    fill(
      flow,
      source(site, digit, strokes.length === 0, reader, show),
      looks.map((look) => layerCard(site, look, room)),
    );
  };
  place.append(flow);
  await show();
  const end = readers.onChange(() => void show().catch(() => {}));
  return () => {
    open = false;
    end();
  };
}

/** Sends the digit through all layers. */
async function lookThrough(model: Sequential, digit: Uint8Array): Promise<LayerLook[]> {
  const [outputs, weights] = await Promise.all([
    model.activations({ data: digit, shape: [1, ...model.inputShape] }),
    model.getWeights(),
  ]);
  const { layers } = model.summary();
  return outputs.map((output, position) => ({
    position,
    name: output.layer,
    type: layers[position]!.type,
    parameters: layers[position]!.parameters,
    kernel: weights.find(({ name }) => name === `${output.layer}/kernel`),
    output,
  }));
}

function source(
  site: Site,
  digit: Uint8Array,
  isExample: boolean,
  reader: ReaderName,
  show: () => Promise<void>,
): HTMLElement {
  const { say, readers, address } = site;
  const canvas = pixelCanvas(28, 28, say("inside.yourDigit"));
  paintGrey(canvas, digit);
  return element(
    "section",
    { class: "card flow-source" },
    canvas,
    element(
      "div",
      { class: "stack" },
      element("h2", {}, say(isExample ? "inside.exampleDigit" : "inside.yourDigit")),
      isExample &&
        element(
          "p",
          { class: "quiet" },
          say("inside.drawFirst"),
          " ",
          element("a", { href: address.link("draw") }, say("inside.toDraw")),
        ),
      readers.ownReads &&
        choice<ReaderName>(
          {
            label: say("inside.network"),
            values: [
              { value: "shipped", label: say("draw.shipped") },
              { value: "own", label: say("draw.own") },
            ],
            value: reader,
          },
          (chosen) => {
            address.set({ reader: chosen === "own" ? chosen : undefined });
            void show();
          },
        ),
    ),
  );
}
