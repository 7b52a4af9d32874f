import type { NamedValue, Output } from "@loam/nn";
import type { Site } from "../app/site.js";
import { element } from "../ui/element.js";
import { numbersTable } from "../ui/numbers-table.js";
import { ramp } from "../ui/picture.js";
import { extent, tiles } from "../ui/tiles.js";
import { MapProbe } from "./map-probe.js";
import type { Convolution } from "./window-sum.js";

/** Units of a first Dense layer whose weights are shown as pictures. */
const MOST_UNITS = 40;
/** A vector of so many values is shown as large fields with their index below. */
const FEW = 16;
const TABLE_ROWS = 12;

/** All that is known of a layer once a digit went through it. */
export interface LayerLook {
  readonly position: number;
  readonly name: string;
  readonly type: string;
  readonly parameters: number;
  readonly kernel: NamedValue | undefined;
  readonly output: Output;
  /** Of a convolution, all that its numbers are made of. */
  readonly convolution: Convolution | undefined;
}

/**
 * A layer: what it has learnt, and what it made of the digit. `room` is the width for pictures. What only passes a convolution's maps on, ReLU and pools, is folded
 * under it as `followers`.
 */
export function layerCard(
  site: Site,
  layer: LayerLook,
  room: number,
  followers: readonly LayerLook[] = [],
): HTMLElement {
  const { say, voice } = site;
  const { position, type, parameters, output } = layer;
  const { low, high } = extent(output.data);
  const facts = [
    output.shape.slice(1).join(" × "),
    parameters > 0 ? say("inside.parameters", { parameters }) : say("inside.noParameters"),
    say("inside.range", { low: voice.number(low, 2), high: voice.number(high, 2) }),
  ];
  return element(
    "section",
    { class: "card layer-look" },
    element(
      "header",
      {},
      element("h2", {}, `${position + 1}. ${type}`),
      facts.map((fact) => element("p", { class: "quiet small" }, fact)),
    ),
    layer.convolution
      ? element(
          "div",
          { class: "stack" },
          mapsFigure(site, layer, layer.convolution),
          folded(site, followers, room),
        )
      : element("div", { class: "stack" }, kernelFigure(site, layer, room), outputFigure(site, output, room)),
  );
}

/** Filters above their maps, to be touched. */
function mapsFigure(site: Site, { output }: LayerLook, convolution: Convolution): HTMLElement {
  const { say } = site;
  const [, count = 0, height = 0, width = 0] = output.shape;
  return element(
    "figure",
    {},
    new MapProbe(site, convolution, output.data, output.shape).element,
    element(
      "div",
      { class: "below" },
      element("figcaption", {}, say("inside.maps", { count, height, width })),
      mapsTable(site, output.data, count, height * width),
    ),
  );
}

/** The layers behind a convolution, each to be opened. */
function folded(site: Site, followers: readonly LayerLook[], room: number): HTMLElement[] {
  return followers.map(({ position, type, output }) => {
    const facts = output.shape.slice(1).join(" × ");
    return element(
      "details",
      { class: "folded" },
      element("summary", {}, element("h2", {}, `${position + 1}. ${type}`), " ", element("span", {}, facts)),
      outputFigure(site, output, room),
    );
  });
}

/** What a layer has learnt: filters of a convolution, or the pictures that the units of a first Dense layer look for. */
function kernelFigure(
  { say }: Site,
  { name, type, kernel, position }: LayerLook,
  room: number,
): HTMLElement | undefined {
  if (!kernel) return undefined;
  const { data, shape } = kernel;
  const title = say("inside.filters", { layer: name });
  if (type === "Conv2d") {
    const [filters = 0, channels = 0, height = 0, width = 0] = shape;
    const caption = say("inside.filtersMore", { count: filters * channels, height, width });
    const set = { values: data, count: filters * channels, width, height };
    // One column a filter and one row a channel where there are several channels: as many tiles as fit would be a muddle.
    const rows =
      channels === 1
        ? set
        : { ...set, values: byChannel(data, filters, channels, height * width), columns: filters };
    return figure(title, caption, tiles(rows, room, ramp(), caption));
  }
  const [inputs = 0, units = 0] = shape;
  if (type === "Dense" && position <= 1 && inputs === 784 && units <= MOST_UNITS * 3) {
    const shown = Math.min(units, MOST_UNITS);
    const pictures = new Float32Array(shown * inputs);
    for (let unit = 0; unit < shown; unit++) {
      for (let i = 0; i < inputs; i++) pictures[unit * inputs + i] = data[i * units + unit]!;
    }
    const caption = say("inside.weights", { count: shown });
    const set = { values: pictures, count: shown, width: 28, height: 28 };
    return figure(title, caption, tiles(set, room, ramp(), caption));
  }
  return undefined;
}

/** [filters, channels, size] → [channels, filters, size]. */
function byChannel(data: Float32Array, filters: number, channels: number, size: number): Float32Array {
  const turned = new Float32Array(data.length);
  for (let f = 0; f < filters; f++) {
    for (let c = 0; c < channels; c++) {
      const from = (f * channels + c) * size;
      turned.set(data.subarray(from, from + size), (c * filters + f) * size);
    }
  }
  return turned;
}

function outputFigure(site: Site, { data, shape }: Output, room: number): HTMLElement {
  const { say } = site;
  const [, first = 1, rows = 1, across = 1] = shape;
  if (shape.length === 4) {
    const caption = say("inside.maps", { count: first, height: rows, width: across });
    const set = { values: data, count: first, width: across, height: rows };
    return figure(
      undefined,
      caption,
      tiles(set, room, ramp(), caption),
      mapsTable(site, data, first, rows * across),
    );
  }
  const caption = say("inside.values", { count: first });
  return figure(
    undefined,
    caption,
    vectorPicture(data.subarray(0, first), room, caption),
    valuesTable(site, data),
  );
}

/** A vector as fields in rows; a short one in one row, with the index below each. */
function vectorPicture(values: Float32Array, room: number, caption: string): HTMLElement {
  const isShort = values.length <= FEW;
  const columns = isShort ? values.length : Math.min(128, Math.ceil(Math.sqrt(values.length * 6)));
  const padded = new Float32Array(Math.ceil(values.length / columns) * columns);
  padded.set(values);
  const set = { values: padded, count: 1, width: columns, height: padded.length / columns };
  const canvas = tiles(set, room, ramp(), caption);
  const field = Math.min(isShort ? 44 : values.length <= 256 ? 24 : 10, room / columns);
  const width = `${columns * field}px`;
  canvas.style.width = width;
  if (!isShort) return canvas;
  const labels = element(
    "div",
    { class: "strip-labels", "aria-hidden": "true" },
    Array.from(values.keys(), (i) => element("span", {}, String(i))),
  );
  labels.style.width = width;
  return element("div", {}, canvas, labels);
}

function figure(
  title: string | undefined,
  caption: string,
  picture: HTMLElement,
  table?: HTMLElement,
): HTMLElement {
  return element(
    "figure",
    {},
    title && element("h3", {}, title),
    picture,
    element("div", { class: "below" }, element("figcaption", {}, caption), table),
  );
}

function mapsTable(site: Site, data: Float32Array, count: number, size: number): HTMLElement {
  const { say, voice } = site;
  const rows = Array.from({ length: count }, (_, map) => {
    const values = data.subarray(map * size, (map + 1) * size);
    const mean = values.reduce((sum, value) => sum + value, 0) / size;
    return [voice.number(map), voice.number(mean, 3), voice.number(extent(values).high, 3)];
  });
  return numbersTable(
    say("site.table"),
    [say("inside.map"), say("inside.mean"), say("inside.maximum")],
    rows,
  );
}

function valuesTable(site: Site, data: Float32Array): HTMLElement {
  const { say, voice } = site;
  const order = Array.from(data.keys())
    .sort((a, b) => data[b]! - data[a]!)
    .slice(0, TABLE_ROWS);
  const rows = order.map((index) => [voice.number(index), voice.number(data[index]!, 3)]);
  return numbersTable(say("site.table"), [say("inside.index"), say("inside.value")], rows);
}
