// JSON that stays JSON: values become others, keys go, lists grow, so that a mutation reaches what lies behind the parser.
const VALUES = [
  ...[-1, 0, 1, 1.5, -0.25, 2 ** 31, 2 ** 32, 2 ** 53, 1e15, 1e308, 5e-324],
  ...[true, false, null, "", "x", "__proto__", "constructor", "\u0000\u001b[2J", "1", "NaN"],
  ...[[], {}, [[]], [null], [0, 0], [-1], [1.5], [""], { toString: 1, valueOf: 1 }, { length: 1e9 }],
];
const LONG = ["x".repeat(100_000), Array.from({ length: 5000 }, () => 0)];

/** A text of JSON, edited once to four times; undefined for what is no JSON. */
export function mutatedJson(bytes, { below, oneOf }) {
  let root;
  try {
    root = { value: JSON.parse(new TextDecoder().decode(bytes)) };
  } catch {
    return undefined;
  }
  const nodes = () => {
    const all = [];
    const walk = (parent) => {
      for (const key of Object.keys(parent)) {
        all.push([parent, key]);
        if (typeof parent[key] === "object" && parent[key] !== null) walk(parent[key]);
      }
    };
    walk(root);
    return all;
  };
  const another = (value) => {
    const kind = below(20);
    if (kind === 0) return structuredClone(oneOf(LONG));
    if (kind < 5) {
      const [parent, key] = oneOf(nodes());
      return structuredClone(parent[key]);
    }
    if (kind < 8 && typeof value === "number")
      return oneOf([-value, value * 2, value + 1, value / 3, value * 1e9]);
    return structuredClone(oneOf(VALUES));
  };
  for (let n = oneOf([1, 1, 1, 2, 4]); n > 0; n--) {
    const [parent, key] = oneOf(nodes());
    const kind = below(8);
    if (kind === 0 && parent !== root) {
      if (Array.isArray(parent)) parent.splice(Number(key), 1);
      else delete parent[key];
    } else if (kind === 1 && Array.isArray(parent)) {
      parent.splice(Number(key), 0, structuredClone(parent[key]));
    } else if (kind === 2 && parent !== root && !Array.isArray(parent)) {
      Object.defineProperty(parent, oneOf(["__proto__", "constructor", "name", "kind", "length", key]), {
        ...{ value: another(parent[key]), enumerable: true, configurable: true, writable: true },
      });
    } else {
      parent[key] = another(parent[key]);
    }
  }
  return new TextEncoder().encode(JSON.stringify(root.value) ?? "null");
}
