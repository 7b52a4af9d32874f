/** Asks the service worker to keep the whole site, once the page has nothing better to do: later visits need no network. */
export function keepForOffline(): void {
  if (!isSecureContext || !("serviceWorker" in navigator)) return;
  const { connection } = navigator as Navigator & { connection?: { saveData?: boolean } };
  if (connection?.saveData) return;
  const keep = async () => {
    await navigator.serviceWorker.register(new URL("./isolation.js", document.baseURI));
    const { active } = await navigator.serviceWorker.ready;
    active?.postMessage("keep");
  };
  // Without a service worker, as in some private windows, the site works as long as there is a network.
  const later = () => setTimeout(() => void keep().catch(() => {}), 2000);
  if (document.readyState === "complete") later();
  else addEventListener("load", later, { once: true });
}
