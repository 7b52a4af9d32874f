// The site's service worker. For static hosts that cannot send headers it adds the two that let a page share memory between threads. And it keeps
// the site for when there is no network: offline.json, written by the build, lists all its files.
const CACHE = "loam";
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

/** Fetches what the list names and is not there yet, and lets go of what it no longer names. Names in assets/ say what is in them. */
async function keepSite() {
  const response = await fetch("./offline.json", { cache: "no-cache" });
  if (!response.ok) return;
  const listed = (await response.json()).map((file) => new URL(file, self.registration.scope).href);
  const cache = await caches.open(CACHE);
  const known = new Set((await cache.keys()).map(({ url }) => url));
  await cache.addAll(listed.filter((url) => !url.includes("/assets/") || !known.has(url)));
  for (const url of known) if (!listed.includes(url)) await cache.delete(url);
}

self.addEventListener("message", (event) => {
  // Without a network there is nothing to fetch, and what is there stays.
  if (event.data === "keep") event.waitUntil(keepSite().catch(() => {}));
});

function isolated(response) {
  const all = new Headers(response.headers);
  for (const [name, value] of Object.entries(headers)) all.set(name, value);
  const empty = response.status === 204 || response.status === 304;
  return new Response(empty ? null : response.body, {
    status: response.status,
    statusText: response.statusText,
    headers: all,
  });
}

/** From the network; from what is kept where that fails. Other states of a page have the same file. */
async function answer(request) {
  const kept = () => caches.match(request, { ignoreSearch: true });
  if (request.url.includes("/assets/")) {
    const known = await kept();
    if (known) return known;
  }
  return fetch(request).catch(async (error) => {
    const known = await kept();
    if (known) return known;
    throw error;
  });
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== self.location.origin) return;
  // Chromium asks so for pages that it opened from its tools; such a request may not be repeated.
  if (request.cache === "only-if-cached" && request.mode !== "same-origin") return;
  event.respondWith(answer(request).then(isolated));
});
