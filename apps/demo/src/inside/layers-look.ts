import type { NamedValue, Output, Sequential } from "@loam/nn";
import type { ReaderName } from "../app/readers.js";
import type { Site } from "../app/site.js";
import { Drawing, digitOf } from "../draw/drawing.js";
import { exampleStrokes } from "../draw/example-digits.js";
import { choice } from "../ui/controls.js";
import { element, fill } from "../ui/element.js";
import { paintGrey, pixelCanvas, ramp } from "../ui/picture.js";
import { extent, tiles } from "./tiles.js";

/** Shown where nothing has been drawn yet. */
const EXAMPLE = 3;
/** Units of a first Dense layer whose weights are shown as pictures. */
const MOST_UNITS = 40;
const TABLE_ROWS = 12;

/** The visitor's digit on its way through a network: after every layer its filters and what they made of the digit. */
export async function layersLook(place: HTMLElement, site: Site): Promise<() => void> {
  const { say, address, readers } = site;
  const strokes = new Drawing(address).strokes;
  const digit = digitOf(strokes.length > 0 ? strokes : exampleStrokes(EXAMPLE))!;
  const flow = element("div", { class: "flow" });
  let open = true;
  const show = async () => {
    const name: ReaderName = address.get("reader") === "own" && readers.ownReads ? "own" : "shipped";
    const model = await readers.get(name);
    const [outputs, weights] = await Promise.all([
      model.activations({ data: digit, shape: [1, ...model.inputShape] }),
      model.getWeights(),
    ]);
    if (open)
      fill(
        flow,
        source(site, digit, strokes.length === 0, name, show),
        ...cards(site, model, outputs, weights, flow.clientWidth),
      );
  };
  place.append(flow);
  try {
    await show();
  } catch (error) {
    fill(
      flow,
      element(
        "p",
        { class: "note bad", role: "alert" },
        say("draw.loadFailed", { message: (error as Error).message }),
      ),
    );
  }
  const end = readers.onChange(() => void show().catch(() => {}));
  return () => {
    open = false;
    end();
  };
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
      element("h2", {}, say("inside.yourDigit")),
      isExample && element("p", { class: "quiet" }, say("inside.drawFirst")),
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

function cards(
  site: Site,
  model: Sequential,
  outputs: readonly (Output & { readonly layer: string })[],
  weights: readonly NamedValue[],
  width: number,
): HTMLElement[] {
  const { say, voice } = site;
  const room = Math.max(200, Math.min(1000, width - 60));
  return outputs.map((output, i) => {
    const { type, parameters } = model.summary().layers[i]!;
    const kernel = weights.find(({ name }) => name === `${output.layer}/kernel`);
    const { low, high } = extent(output.data);
    return element(
      "section",
      { class: "card stack layer-look" },
      element(
        "header",
        {},
        element("h2", {}, `${i + 1}. ${type}`),
        element(
          "span",
          { class: "quiet small" },
          `${output.shape.slice(1).join(" × ")} · ${
            parameters > 0 ? say("inside.parameters", { parameters }) : say("inside.noParameters")
          } · ${say("inside.range", { low: voice.number(low, 2), high: voice.number(high, 2) })}`,
        ),
      ),
      kernel && kernelFigure(site, output.layer, type, kernel, i, room),
      outputFigure(site, output, room),
    );
  });
}

/** What a layer has learnt: filters of a convolution, or the pictures that the units of a first Dense layer look for. */
function kernelFigure(
  { say }: Site,
  layer: string,
  type: string,
  kernel: NamedValue,
  position: number,
  room: number,
): HTMLElement | undefined {
  const { data, shape } = kernel;
  if (type === "Conv2d") {
    const [filters = 0, channels = 0, height = 0, width = 0] = shape;
    const caption = say("inside.filtersMore", { count: filters * channels, height, width });
    const set = { values: data, count: filters * channels, width, height };
    // One column a filter and one row a channel where there are several channels: as many tiles as fit would be a muddle.
    const canvas =
      channels === 1
        ? tiles({ ...set, count: filters }, room, ramp(), caption)
        : tiles(
            { ...set, values: byChannel(data, filters, channels, height * width), columns: filters },
            room,
            ramp(),
            caption,
          );
    return figure(say("inside.filters", { layer }), caption, canvas);
  }
  const [inputs = 0, units = 0] = shape;
  if (type === "Dense" && position <= 1 && inputs === 784 && units <= MOST_UNITS * 3) {
    const shown = Math.min(units, MOST_UNITS);
    const pictures = new Float32Array(shown * inputs);
    for (let unit = 0; unit < shown; unit++) {
      for (let i = 0; i < inputs; i++) pictures[unit * inputs + i] = data[i * units + unit]!;
    }
    const caption = say("inside.weights", { count: shown });
    const canvas = tiles({ values: pictures, count: shown, width: 28, height: 28 }, room, ramp(), caption);
    return figure(say("inside.filters", { layer }), caption, canvas);
  }
  return undefined;
}

/** [filters, channels, size] → [channels, filters, size]. */
function byChannel(data: Float32Array, filters: number, channels: number, size: number): Float32Array {
  const turned = new Float32Array(data.length);
  for (let f = 0; f < filters; f++) {
    for (let c = 0; c < channels; c++) {
      turned.set(
        data.subarray((f * channels + c) * size, (f * channels + c + 1) * size),
        (c * filters + f) * size,
      );
    }
  }
  return turned;
}

function outputFigure(site: Site, { data, shape }: Output, room: number): HTMLElement {
  const { say } = site;
  const [, first = 1, rows = 1, across = 1] = shape;
  if (shape.length === 4) {
    const caption = say("inside.maps", { count: first, height: rows, width: across });
    const canvas = tiles({ values: data, count: first, width: across, height: rows }, room, ramp(), caption);
    return figure(undefined, caption, canvas, mapsTable(site, data, first, rows * across));
  }
  const caption = say("inside.values", { count: first });
  // A long vector in rows; a short one as large fields.
  const columns = first <= 16 ? first : Math.min(128, Math.ceil(Math.sqrt(first * 6)));
  const padded = new Float32Array(Math.ceil(first / columns) * columns);
  padded.set(data.subarray(0, first));
  const canvas = tiles(
    { values: padded, count: 1, width: columns, height: padded.length / columns },
    room,
    ramp(),
    caption,
  );
  const enlarge = Math.min(first <= 16 ? 44 : first <= 256 ? 24 : 10, room / columns);
  const width = `${columns * enlarge}px`;
  canvas.style.width = width;
  if (first > 16) return figure(undefined, caption, canvas, valuesTable(site, data));
  const labels = element(
    "div",
    { class: "strip-labels", "aria-hidden": "true" },
    Array.from({ length: first }, (_, i) => element("span", {}, String(i))),
  );
  labels.style.width = width;
  return figure(undefined, caption, canvas, labels, valuesTable(site, data));
}

function figure(
  title: string | undefined,
  caption: string,
  canvas: HTMLCanvasElement,
  ...more: readonly HTMLElement[]
): HTMLElement {
  const [labels, table] = more.length > 1 ? more : [undefined, more[0]];
  return element(
    "figure",
    { class: "stack" },
    title && element("h3", {}, title),
    element("div", {}, canvas, labels),
    element("figcaption", {}, caption),
    table,
  );
}

function mapsTable(site: Site, data: Float32Array, count: number, size: number): HTMLElement {
  const { say, voice } = site;
  const rows = Array.from({ length: count }, (_, map) => {
    const values = data.subarray(map * size, (map + 1) * size);
    const mean = values.reduce((sum, value) => sum + value, 0) / size;
    return [voice.number(map), voice.number(mean, 3), voice.number(extent(values).high, 3)];
  });
  return details(site, [say("inside.map"), say("inside.mean"), say("inside.maximum")], rows);
}

function valuesTable(site: Site, data: Float32Array): HTMLElement {
  const { say, voice } = site;
  const order = Array.from(data.keys())
    .sort((a, b) => data[b]! - data[a]!)
    .slice(0, TABLE_ROWS);
  const rows = order.map((index) => [voice.number(index), voice.number(data[index]!, 3)]);
  return details(site, [say("inside.index"), say("inside.value")], rows);
}

function details({ say }: Site, head: readonly string[], rows: readonly (readonly string[])[]): HTMLElement {
  return element(
    "details",
    {},
    element("summary", {}, say("site.table")),
    element(
      "div",
      { class: "table-frame" },
      element(
        "table",
        { class: "plain" },
        element(
          "thead",
          {},
          element(
            "tr",
            {},
            head.map((name, i) => element("th", { scope: "col", class: i > 0 ? "number" : "" }, name)),
          ),
        ),
        element(
          "tbody",
          {},
          rows.map(([first = "", ...others]) =>
            element(
              "tr",
              {},
              element("th", { scope: "row" }, first),
              others.map((value) => element("td", { class: "number" }, value)),
            ),
          ),
        ),
      ),
    ),
  );
}
