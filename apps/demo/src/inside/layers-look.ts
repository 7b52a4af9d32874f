import type { NamedValue, Output, Sequential } from "@loam/nn";
import type { ReaderName } from "../app/readers.js";
import type { Site } from "../app/site.js";
import { Drawing, digitOf } from "../draw/drawing.js";
import { exampleStrokes } from "../draw/example-digits.js";
import { ProbabilityBars } from "../draw/probability-bars.js";
import { choice } from "../ui/controls.js";
import { add, element, fill } from "../ui/element.js";
import { paintGrey, pixelCanvas } from "../ui/picture.js";
import { type LayerLook, layerCard } from "./layer-card.js";
import type { Convolution } from "./window-sum.js";

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
  let turn = 0;
  const show = async () => {
    const now = ++turn;
    const reader: ReaderName = address.get("reader") === "own" && readers.ownReads ? "own" : "shipped";
    const looks = await lookThrough(await readers.get(reader), digit);
    if (!open || now !== turn) return;
    const width = flow.clientWidth;
    const room = Math.max(200, width - FRAME - (width >= WIDE ? NAMES : 0));
    fill(flow, source(site, digit, strokes.length === 0, reader, show));
    for (const [look, ...followers] of grouped(looks)) {
      // A layer in a task of its own: all in one would hold the page up.
      await new Promise((resolve) => setTimeout(resolve));
      if (!open || now !== turn) return;
      add(flow, layerCard(site, look!, room, followers));
    }
    add(flow, ending(site, looks.at(-1)!));
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
    convolution: convolutionOf(
      model,
      position,
      position === 0 ? scaled(digit) : outputs[position - 1]!,
      weights,
    ),
    parameters: layers[position]!.parameters,
    kernel: weights.find(({ name }) => name === `${output.layer}/kernel`),
    output,
  }));
}

/** The digit as a network gets it: bytes from 0 to 1. */
function scaled(digit: Uint8Array): Pick<Output, "data" | "shape"> {
  return { data: Float32Array.from(digit, (byte) => byte / 255), shape: [1, 1, 28, 28] };
}

/** What a convolution's numbers are made of; undefined for other layers, and for groups and dilations, which the sum does not show. */
function convolutionOf(
  model: Sequential,
  position: number,
  { data, shape }: Pick<Output, "data" | "shape">,
  weights: readonly NamedValue[],
): Convolution | undefined {
  const layer = model.layers[position]!;
  const kernel = weights.find(({ name }) => name === `${layer.name}/kernel`);
  if (layer.type !== "Conv2d" || !kernel || kernel.shape[1] !== shape[1]) return undefined;
  const { stride = 1, padding = 0, dilation = 1 } = layer.config();
  const [strides, paddings, dilations] = [pairOf(stride), pairOf(padding), pairOf(dilation)];
  if (!strides || !paddings || dilations?.join() !== "1,1") return undefined;
  return {
    input: data,
    inputShape: shape.slice(1) as [number, number, number],
    kernel: kernel.data,
    kernelShape: kernel.shape as [number, number, number, number],
    bias: weights.find(({ name }) => name === `${layer.name}/bias`)?.data,
    stride: strides,
    padding: paddings,
  };
}

/** One number for both directions, or two; undefined for anything else, as a padding of four sides. */
function pairOf(value: unknown): readonly [number, number] | undefined {
  if (typeof value === "number") return [value, value];
  return Array.isArray(value) && value.length === 2 ? (value as [number, number]) : undefined;
}

/** Layers that only pass maps on go with the convolution before them. */
function grouped(looks: readonly LayerLook[]): LayerLook[][] {
  const groups: LayerLook[][] = [];
  for (const look of looks) {
    const last = groups.at(-1);
    const follows = last?.[0]?.convolution && look.parameters === 0 && look.output.shape.length === 4;
    if (follows) last.push(look);
    else groups.push([look]);
  }
  return groups;
}

/** The last layer's numbers as the bars that the pad shows. */
function ending({ say, voice }: Site, { output }: LayerLook): HTMLElement | undefined {
  if (output.shape[1] !== 10) return undefined;
  const largest = Math.max(...output.data);
  const powers = Float32Array.from(output.data, (value) => Math.exp(value - largest));
  const sum = powers.reduce((all, value) => all + value, 0);
  const probabilities = powers.map((value) => value / sum);
  const bars = new ProbabilityBars(voice);
  bars.show(probabilities, probabilities.indexOf(Math.max(...probabilities)));
  return element(
    "section",
    { class: "card layer-look" },
    element(
      "header",
      {},
      element("h2", {}, say("inside.bars")),
      element("p", { class: "quiet small" }, say("inside.barsMore")),
    ),
    bars.element,
  );
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
