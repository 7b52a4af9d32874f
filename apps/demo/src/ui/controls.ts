import { element, freshId } from "./element.js";
import { type IconName, icon } from "./icons.js";

export interface ButtonOptions {
  readonly label: string;
  readonly icon?: IconName;
  readonly main?: boolean;
  readonly plain?: boolean;
  readonly iconOnly?: boolean;
  readonly disabled?: boolean;
}

/** A button with an icon, a text, or both; without visible text the label is for whoever hears it. */
export function button(options: ButtonOptions, onclick: () => void): HTMLButtonElement {
  const { label, main, plain, iconOnly, disabled } = options;
  const classes = ["button", main && "main", plain && "plain", iconOnly && "icon-only"]
    .filter(Boolean)
    .join(" ");
  return element(
    "button",
    {
      type: "button",
      class: classes,
      onclick,
      disabled,
      ...(iconOnly && { "aria-label": label, title: label }),
    },
    options.icon && icon(options.icon),
    !iconOnly && label,
  );
}

/** A control with its label above. */
export function field(label: string, control: HTMLElement, hint?: Hint): HTMLElement {
  control.id ||= freshId("field");
  const name = element("label", { for: control.id }, label);
  return element("div", { class: "field" }, ...withHint(name, hint), control);
}

/** A sentence that explains a setting, and is shown once its "?" is pressed. */
export interface Hint {
  /** What the "?" is called by whoever hears it. */
  readonly label: string;
  readonly text: string;
  readonly open: boolean;
  readonly ontoggle: (open: boolean) => void;
}

/** A label with its "?" beside it, and the sentence below. */
export function withHint(name: HTMLElement, hint: Hint | undefined): HTMLElement[] {
  if (!hint) return [name];
  const id = freshId("hint");
  const text = element("p", { class: "hint small", id, hidden: !hint.open }, hint.text);
  const mark = element(
    "button",
    {
      type: "button",
      class: "hint-mark",
      "aria-label": hint.label,
      "aria-expanded": String(hint.open),
      "aria-controls": id,
      onclick: () => {
        text.hidden = !text.hidden;
        mark.setAttribute("aria-expanded", String(!text.hidden));
        hint.ontoggle(!text.hidden);
      },
    },
    "?",
  );
  return [element("div", { class: "label-row" }, name, mark), text];
}

export interface Option<T extends string> {
  readonly value: T;
  readonly label: string;
}

/** A drop-down list. */
export function select<T extends string>(
  options: readonly Option<T>[],
  value: T,
  onchange: (value: T) => void,
): HTMLSelectElement {
  const control = element(
    "select",
    { onchange: () => onchange(control.value as T) },
    options.map((option) =>
      element("option", { value: option.value, selected: option.value === value }, option.label),
    ),
  );
  return control;
}

/** A number; what cannot be read as one, or lies outside, is refused with `refusal` and goes back to the last good value. */
export function numberInput(
  options: {
    value: number;
    min: number;
    max: number;
    step?: number | "any";
    whole?: boolean;
    label?: string;
    refusal?: string;
  },
  onchange: (value: number) => void,
): HTMLInputElement {
  const { min, max, step = "any", whole = false, label, refusal = `${min} – ${max}` } = options;
  let last = options.value;
  const control = element("input", {
    type: "number",
    inputmode: whole ? "numeric" : "decimal",
    value: last,
    min,
    max,
    step: whole ? 1 : step,
    ...(label !== undefined && { "aria-label": label }),
    oninput: () => control.setCustomValidity(""),
    onchange: () => {
      const value = control.value.trim() === "" ? Number.NaN : Number(control.value);
      if (Number.isFinite(value) && value >= min && value <= max && (!whole || Number.isInteger(value))) {
        last = value;
        onchange(value);
        control.value = String(last);
        return;
      }
      control.value = String(last);
      control.setCustomValidity(refusal);
      control.reportValidity();
    },
  });
  return control;
}

/** A slider whose value is shown beside its label. */
export function slider(
  options: {
    label: string;
    value: number;
    min: number;
    max: number;
    step: number;
    show?: (value: number) => string;
  },
  oninput: (value: number) => void,
): HTMLElement {
  const { label, value, min, max, step, show = String } = options;
  const id = freshId("slider");
  const output = element("output", { for: id }, show(value));
  const control = element("input", {
    type: "range",
    id,
    min,
    max,
    step,
    value,
    oninput: () => {
      output.textContent = show(Number(control.value));
      oninput(Number(control.value));
    },
  });
  return element("div", { class: "field" }, element("label", { for: id }, label, " ", output), control);
}

/** A few choices side by side, of which one is on. */
export function choice<T extends string>(
  options: { label: string; values: readonly Option<T>[]; value: T },
  onchange: (value: T) => void,
): HTMLElement {
  const name = freshId("choice");
  return element(
    "fieldset",
    { class: "choice-field" },
    element("legend", { class: "unseen" }, options.label),
    element(
      "div",
      { class: "choice" },
      options.values.map(({ value, label }) =>
        element(
          "label",
          {},
          element("input", {
            type: "radio",
            name,
            value,
            checked: value === options.value,
            onchange: () => onchange(value),
          }),
          label,
        ),
      ),
    ),
  );
}
