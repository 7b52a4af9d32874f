/**
 * Lets the page use threads on hosts that do not send the two isolation headers: a service worker adds them, from the next load on.
 * The page loads itself again only while nobody has touched it; @returns false where threads are out of reach.
 */
export async function seekIsolation(): Promise<boolean> {
  if (crossOriginIsolated) return true;
  if (!isSecureContext || !("serviceWorker" in navigator)) return false;
  let touched = false;
  const touch = () => {
    touched = true;
  };
  for (const type of ["pointerdown", "keydown"]) addEventListener(type, touch, { once: true });
  try {
    await navigator.serviceWorker.register(new URL("./isolation.js", document.baseURI));
    await navigator.serviceWorker.ready;
  } catch {
    return false;
  }
  const tried = sessionStorage.getItem("loam-isolation");
  sessionStorage.setItem("loam-isolation", "tried");
  if (!tried && !touched) location.reload();
  return false;
}
