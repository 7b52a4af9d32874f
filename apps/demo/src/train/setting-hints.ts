import type { Site } from "../app/site.js";
import type { Hint } from "../ui/controls.js";

/** The settings that are explained; each has its sentence among the texts. */
type Explained =
  | "network"
  | "optimizer"
  | "learningRate"
  | "batchSize"
  | "epochs"
  | "dropout"
  | "l2"
  | "seed"
  | "data"
  | "target"
  | "samples"
  | "activation";

/** The "?" of each setting. Which are open is kept: a form is written anew more often than they are closed. */
export class SettingHints {
  readonly #open = new Set<Explained>();

  constructor(private readonly site: Site) {}

  of(name: Explained, label: string): Hint {
    const { say } = this.site;
    return {
      label: say("train.whatIs", { name: label }),
      text: say(`train.help.${name}`),
      open: this.#open.has(name),
      ontoggle: (open) => {
        if (open) this.#open.add(name);
        else this.#open.delete(name);
      },
    };
  }
}

/** Writes a form anew with `write`, and keeps the focus on the control that had it. */
export function rewrite(form: HTMLElement, write: () => void): void {
  const active = document.activeElement as HTMLInputElement | null;
  const focused = form.contains(active) ? active : null;
  write();
  if (!focused) return;
  const again = focused.type === "radio" ? "[type=radio]:checked" : `[data-key="${focused.dataset.key}"]`;
  form.querySelector<HTMLElement>(again)?.focus();
}

/** Marks a control, so that the focus finds it again in a form that was written anew. */
export function keyed<T extends HTMLElement>(key: string, control: T): T {
  control.dataset.key = key;
  return control;
}
