// As much of a browser's document as it takes to write down what the site's first view makes of it.
const VOID = new Set(["input", "br", "img"]);
const BOOLEAN = ["hidden", "disabled"];
const TEXT = ["id", "href", "type", "lang", "value", "width", "height"];

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

/** An element that is only written down: nothing is laid out, and nothing happens to it. */
class Paper {
  #attributes = new Map();
  #children = [];
  /** The page's policy forbids the attribute, so what is set here is not written. */
  style = { setProperty() {} };

  constructor(tag) {
    this.tag = tag;
  }

  setAttribute(name, value) {
    this.#attributes.set(name, String(value));
  }

  getAttribute(name) {
    return this.#attributes.get(name) ?? null;
  }

  removeAttribute(name) {
    this.#attributes.delete(name);
  }

  append(...children) {
    this.#children.push(...children);
  }

  replaceChildren(...children) {
    this.#children = children;
  }

  set textContent(text) {
    this.#children = [String(text)];
  }

  set className(names) {
    this.setAttribute("class", names);
  }

  get classList() {
    const names = () => new Set((this.getAttribute("class") ?? "").split(" ").filter(Boolean));
    const write = (known) => this.setAttribute("class", [...known].join(" "));
    return {
      add: (name) => write(names().add(name)),
      toggle: (name, on) => {
        const known = names();
        if (on) known.add(name);
        else known.delete(name);
        if (known.size > 0) write(known);
        else this.removeAttribute("class");
      },
    };
  }

  get dataset() {
    const attribute = (name) => `data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return new Proxy(this, {
      get: (node, name) => node.getAttribute(attribute(name)) ?? undefined,
      set: (node, name, value) => {
        node.setAttribute(attribute(name), value);
        return true;
      },
      deleteProperty: (node, name) => {
        node.removeAttribute(attribute(name));
        return true;
      },
    });
  }

  /** All elements within, in their order. */
  *within() {
    for (const child of this.#children)
      if (child instanceof Paper) {
        yield child;
        yield* child.within();
      }
  }

  /** By a tag, or by one attribute's value. */
  querySelectorAll(selector) {
    const [, name, value] = /^\[([\w-]+)="(.*)"\]$/.exec(selector) ?? [];
    return [...this.within()].filter((node) =>
      name === undefined ? node.tag === selector : node.getAttribute(name) === value,
    );
  }

  querySelector(selector) {
    return this.querySelectorAll(selector)[0] ?? null;
  }

  contains() {
    return false;
  }

  addEventListener() {}

  getContext() {
    return { createImageData: () => ({ data: new Uint8ClampedArray(28 * 28 * 4) }), putImageData() {} };
  }

  remove() {}

  toString() {
    const attributes = [...this.#attributes].map(([name, value]) => ` ${name}="${escaped(value)}"`).join("");
    if (VOID.has(this.tag)) return `<${this.tag}${attributes}>`;
    const inner = this.#children.map((child) => (child instanceof Paper ? String(child) : escaped(child)));
    return `<${this.tag}${attributes}>${inner.join("")}</${this.tag}>`;
  }
}

for (const name of TEXT)
  Object.defineProperty(Paper.prototype, name, {
    get() {
      return this.getAttribute(name) ?? "";
    },
    set(value) {
      this.setAttribute(name, value);
    },
  });
for (const name of BOOLEAN)
  Object.defineProperty(Paper.prototype, name, {
    get() {
      return this.getAttribute(name) !== null;
    },
    set(on) {
      if (on) this.setAttribute(name, "");
      else this.removeAttribute(name);
    },
  });

/** What a page's program finds in its global object, for a visitor of that language. */
export function paperWindow(language) {
  return {
    document: {
      documentElement: new Paper("html"),
      body: new Paper("body"),
      activeElement: null,
      createElement: (tag) => new Paper(tag),
      createElementNS: (_, tag) => new Paper(tag),
    },
    navigator: { language, hardwareConcurrency: 1 },
    location: { hash: "", origin: "", pathname: "" },
    history: { state: null, replaceState() {} },
    matchMedia: () => ({ matches: false, addEventListener() {} }),
    addEventListener() {},
    cancelAnimationFrame() {},
    // So that the footer says nothing of threads, which only the device knows.
    crossOriginIsolated: true,
    ResizeObserver: class {
      observe() {}
    },
  };
}
