import type { Site } from "../app/site.js";
import { button, numberInput, select } from "../ui/controls.js";
import { element } from "../ui/element.js";
import { LAYER_TYPES, type LayerSpec, type LayerType, newLayer } from "./layer-specs.js";

/** The options of a layer that the editor shows, with their bounds. */
const OPTIONS = {
  filters: { word: "train.filters", min: 1, max: 256, whole: true },
  kernelSize: { word: "train.kernel", min: 1, max: 28, whole: true },
  stride: { word: "train.stride", min: 1, max: 28, whole: true },
  padding: { word: "train.padding", min: 0, max: 14, whole: true },
  units: { word: "train.units", min: 1, max: 4096, whole: true },
  rate: { word: "train.rate", min: 0, max: 0.95, whole: false },
} as const;

type OptionName = keyof typeof OPTIONS;

/** A list of layers to change, move, add to and take from; each change is told as a whole new list. */
export function layerEditor(
  site: Site,
  layers: readonly LayerSpec[],
  onchange: (layers: readonly LayerSpec[]) => void,
): HTMLElement {
  const { say } = site;
  const replace = (at: number, ...by: LayerSpec[]) => onchange(layers.toSpliced(at, 1, ...by));
  const swap = (a: number, b: number) => {
    const moved = [...layers];
    [moved[a], moved[b]] = [moved[b]!, moved[a]!];
    onchange(moved);
  };
  const items = layers.map((layer, i) => {
    const name = `${i + 1}. ${layer.type}`;
    const type = select(
      LAYER_TYPES.map((value) => ({ value, label: value })),
      layer.type,
      (value: LayerType) => replace(i, newLayer(value)),
    );
    type.setAttribute("aria-label", name);
    const options = (Object.keys(OPTIONS) as OptionName[]).filter((option) => option in layer);
    return element(
      "li",
      { class: "layer-item" },
      element(
        "div",
        { class: "row" },
        element("div", { class: "layer-type" }, type),
        button(
          {
            label: say("train.moveUp", { layer: name }),
            icon: "up",
            iconOnly: true,
            plain: true,
            disabled: i === 0,
          },
          () => swap(i, i - 1),
        ),
        button(
          {
            label: say("train.moveDown", { layer: name }),
            icon: "down",
            iconOnly: true,
            plain: true,
            disabled: i === layers.length - 1,
          },
          () => swap(i, i + 1),
        ),
        button(
          { label: say("train.removeLayer", { layer: name }), icon: "close", iconOnly: true, plain: true },
          () => replace(i),
        ),
      ),
      options.length > 0 &&
        element(
          "div",
          { class: "numbers" },
          options.map((option) => {
            const { word, min, max, whole } = OPTIONS[option];
            const value = (layer as unknown as Record<OptionName, number>)[option];
            const input = numberInput({ value, min, max, whole, label: `${name}, ${say(word)}` }, (changed) =>
              replace(i, { ...layer, [option]: changed } as LayerSpec),
            );
            input.dataset.key = `layer-${i}-${option}`;
            return element("label", { class: "small quiet" }, say(word), input);
          }),
        ),
    );
  });
  return element(
    "fieldset",
    { class: "stack" },
    element("legend", { class: "small quiet" }, say("train.layers")),
    element("ol", { class: "layer-list" }, items),
    element("p", { class: "quiet small" }, say("train.outputLayer")),
    button({ label: say("train.addLayer"), icon: "plus" }, () => onchange([...layers, newLayer("Dense")])),
  );
}
