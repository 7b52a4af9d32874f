// Parts are loaded when they are asked for, so that a fit does not wait for the others' code.
const load = async (part) =>
  part === "gesture"
    ? async () => [await (await import("./gesture.mjs")).fitGesture()]
    : (await import("../parts.mjs")).parts[part];

self.onmessage = async ({ data: { part, options } }) => {
  try {
    self.postMessage({ rows: await (await load(part))(options) });
  } catch (error) {
    self.postMessage({ error: error.stack });
  }
};
