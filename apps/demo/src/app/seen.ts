/** Resolves once something of the page is on the screen; at once where nobody looks, or where the browser does not tell. */
export function seen(): Promise<void> {
  if (document.hidden || !PerformanceObserver.supportedEntryTypes?.includes("paint"))
    return Promise.resolve();
  return new Promise((resolve) => {
    new PerformanceObserver((list, observer) => {
      if (list.getEntriesByName("first-contentful-paint").length === 0) return;
      observer.disconnect();
      resolve();
    }).observe({ type: "paint", buffered: true });
    // A tab that is left meanwhile is not painted.
    document.addEventListener("visibilitychange", () => resolve(), { once: true });
  });
}
