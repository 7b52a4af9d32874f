import type { Site, View } from "../app/site.js";
import { choice } from "../ui/controls.js";
import { element, fill } from "../ui/element.js";
import { viewHead } from "../ui/view-head.js";
import { layersLook } from "./layers-look.js";
import { raceLook } from "./race-look.js";
import { unrollLook } from "./unroll-look.js";

const LOOKS = { layers: layersLook, unroll: unrollLook, race: raceLook } as const satisfies Record<
  string,
  View
>;
type LookName = keyof typeof LOOKS;

/** Three things to look at: the network's layers, im2col, and optimizers on a hill. Which one is kept in the address under `look`. */
export function insideView(main: HTMLElement, site: Site): () => void {
  const { say, address } = site;
  const place = element("div");
  const asked = address.get("look") ?? "";
  let shown: LookName = asked in LOOKS ? (asked as LookName) : "layers";
  let leave: (() => void) | undefined;
  let turn = 0;
  const show = async (name: LookName) => {
    shown = name;
    const mine = ++turn;
    leave?.();
    leave = undefined;
    fill(place);
    const left = await LOOKS[name](place, site);
    if (mine === turn) leave = left;
    else left();
  };
  const names: readonly LookName[] = ["layers", "unroll", "race"];
  main.append(
    viewHead(say("inside.title"), say("inside.lead")),
    element(
      "div",
      { class: "sub-views" },
      choice<LookName>(
        {
          label: say("inside.what"),
          values: names.map((value) => ({ value, label: say(`inside.${value}`) })),
          value: shown,
        },
        (name) => {
          address.set({ look: name === "layers" ? undefined : name });
          void show(name);
        },
      ),
    ),
    place,
  );
  void show(shown);
  return () => {
    turn += 1;
    leave?.();
  };
}
