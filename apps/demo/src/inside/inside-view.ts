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
  const frame = element("div");
  const asked = address.get("look") ?? "";
  const first: LookName = asked in LOOKS ? (asked as LookName) : "layers";
  let leave: (() => void) | undefined;
  let turn = 0;
  const show = async (name: LookName) => {
    const mine = ++turn;
    leave?.();
    leave = undefined;
    // A place of its own: a look that comes too late fills one that nobody sees.
    const place = element("div", { "aria-busy": "true" });
    fill(frame, place);
    try {
      const left = await LOOKS[name](place, site);
      if (mine === turn) leave = left;
      else left();
    } catch (error) {
      const text = say("site.failed", { message: site.voice.explain(error) });
      fill(place, element("p", { class: "note bad", role: "alert" }, text));
    }
    place.removeAttribute("aria-busy");
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
          value: first,
        },
        (name) => {
          address.set({ look: name === "layers" ? undefined : name });
          void show(name);
        },
      ),
    ),
    frame,
  );
  void show(first);
  return () => {
    turn += 1;
    leave?.();
  };
}
