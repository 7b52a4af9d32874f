// The page hands the work to a worker, where the engine may block, and offers `runPart` to whoever drives the browser; and
// `measureFits`, for what a page itself waits for.
const worker = new Worker(new URL("./worker.mjs", import.meta.url), { type: "module" });

globalThis.runPart = (part, options) =>
  new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.rows));
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage({ part, options });
  });

/** Calls `work` some times, and says how long the page waited each time. */
async function timed(times, work) {
  const fits = [];
  for (let i = 0; i < times; i++) {
    const began = performance.now();
    const { accuracy } = await work();
    fits.push({ milliseconds: performance.now() - began, accuracy });
  }
  return fits;
}

/**
 * Fits of a gesture trainer's network, each a new one: from the call of `fit` to its result in the page, where the page calls it itself or asks a worker of its
 * own; and the longest time for which the page could not answer meanwhile, 0 where it was never over 50 ms.
 */
globalThis.measureFits = async (where, times) => {
  let blocked = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) blocked = Math.max(blocked, duration);
  });
  observer.observe({ type: "longtask" });
  let fits;
  if (where === "page") {
    const { fitGesture } = await import("./gesture.mjs");
    fits = [];
    for (let i = 0; i < times; i++) fits.push(await fitGesture());
  } else {
    fits = await timed(times, async () => (await globalThis.runPart("gesture", {}))[0]);
  }
  // Tasks are reported when they are over.
  await new Promise((resolve) => setTimeout(resolve, 200));
  observer.disconnect();
  return { fits, blocked };
};
