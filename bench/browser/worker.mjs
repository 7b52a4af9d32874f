import { parts } from "../parts.mjs";

self.onmessage = async ({ data: { part, options } }) => {
  try {
    self.postMessage({ rows: await parts[part](options) });
  } catch (error) {
    self.postMessage({ error: error.stack });
  }
};
