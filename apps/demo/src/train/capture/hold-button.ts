import { element } from "../../ui/element.js";

/** A button that does something for as long as it is held, by finger, mouse or keyboard. `begin` returns what ends it. */
export function holdButton(label: string, begin: () => (() => void) | undefined): HTMLButtonElement {
  let end: (() => void) | undefined;
  let isHeld = false;
  const press = () => {
    if (isHeld) return;
    isHeld = true;
    end = begin();
  };
  const release = () => {
    isHeld = false;
    end?.();
    end = undefined;
  };
  const control = element(
    "button",
    {
      type: "button",
      class: "button hold",
      onpointerdown: (event: PointerEvent) => {
        if (event.button !== 0) return;
        // Also a finger that slides off the button holds it.
        control.setPointerCapture(event.pointerId);
        press();
      },
      onlostpointercapture: release,
      onkeydown: (event: KeyboardEvent) => {
        if (event.key !== " " && event.key !== "Enter") return;
        event.preventDefault();
        press();
      },
      onkeyup: release,
      onblur: release,
      // A long press asks for no menu here.
      oncontextmenu: (event: Event) => event.preventDefault(),
    },
    label,
  );
  return control;
}
