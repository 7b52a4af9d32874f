import type { Dataset } from "@loam/nn";
import type { Site } from "../app/site.js";
import { element } from "../ui/element.js";
import { paintGrey, pixelCanvas } from "../ui/picture.js";
import type { ClassesExamination } from "./examination.js";

/** The held-out samples that a network got most wrong, as pictures where they are pictures. */
export function mistakesList(
  { say, voice }: Site,
  { mistakes, names }: ClassesExamination,
  test: Dataset,
): HTMLElement {
  if (mistakes.length === 0) return element("p", { class: "quiet" }, say("train.noMistakes"));
  const [, channels, height, width] = test.inputs.shape;
  const isPicture =
    channels === 1 && height !== undefined && width !== undefined && test.inputs.data instanceof Uint8Array;
  return element(
    "ol",
    { class: "mistakes" },
    mistakes.map(({ index, label, read, share }) => {
      const item = element("li", {});
      if (isPicture) {
        const canvas = pixelCanvas(width, height);
        const size = width * height;
        paintGrey(canvas, test.inputs.data.subarray(index * size, (index + 1) * size) as Uint8Array);
        item.append(canvas);
      }
      item.append(
        element(
          "p",
          {},
          element("strong", {}, say("train.mistake", { label: names[label]!, read: names[read]! })),
          element("br"),
          element(
            "span",
            { class: "quiet" },
            say("train.mistakeShare", { label: names[label]!, share: voice.percent(share) }),
          ),
        ),
      );
      return item;
    }),
  );
}
