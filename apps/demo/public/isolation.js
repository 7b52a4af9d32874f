// A service worker for static hosts that cannot send headers: it adds the two that let a page share memory between threads.
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== self.location.origin) return;
  // Chromium asks so for pages that it opened from its tools; such a request may not be repeated.
  if (request.cache === "only-if-cached" && request.mode !== "same-origin") return;
  event.respondWith(
    fetch(request).then((response) => {
      const isolated = new Headers(response.headers);
      for (const [name, value] of Object.entries(headers)) isolated.set(name, value);
      const empty = response.status === 204 || response.status === 304;
      return new Response(empty ? null : response.body, {
        status: response.status,
        statusText: response.statusText,
        headers: isolated,
      });
    }),
  );
});
