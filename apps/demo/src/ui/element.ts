type Attributes = Readonly<Record<string, string | number | boolean | undefined | ((event: never) => void)>>;
type Child = Node | string | undefined | false;

/**
 * Makes an element. `on…` functions become listeners, true an empty attribute, false and undefined none. There is no `style`: the page's
 * policy forbids the attribute, and classes serve better.
 */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Child | readonly Child[])[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value as EventListener);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== undefined && value !== false) node.setAttribute(name, String(value));
  }
  add(node, ...children);
  return node;
}

/** Appends children; strings become text. */
export function add(parent: Element, ...children: readonly (Child | readonly Child[])[]): void {
  for (const child of children.flat()) {
    if (child !== undefined && child !== false) parent.append(child as Node | string);
  }
}

/** Replaces all that an element holds. */
export function fill(parent: Element, ...children: readonly (Child | readonly Child[])[]): void {
  parent.replaceChildren();
  add(parent, ...children);
}

let count = 0;

/** A fresh id, to tie a label to its control. */
export function freshId(prefix: string): string {
  count += 1;
  return `${prefix}-${count}`;
}
