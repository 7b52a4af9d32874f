// The page hands the work to a worker, where the engine may block, and offers `runPart` to whoever drives the browser.
const worker = new Worker(new URL("./worker.mjs", import.meta.url), { type: "module" });

globalThis.runPart = (part, options) =>
  new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.rows));
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage({ part, options });
  });
