// A static server for tests and benchmarks: one folder, on a free port of this machine alone.
import { readFile, realpath } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";

/** The headers without which a page may not share memory between threads. */
export const ISOLATED = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

const TYPES = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".map": "application/json",
  ".mjs": "text/javascript",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/**
 * Serves `folder` with the given headers until `close` is called.
 * @param {string} folder
 * @param {Record<string, string>} headers
 * @param {(text: string) => void} [receive] is given what a page posts, wherever to
 * @param {{ packed?: boolean }} [how] packed: every file by gzip, as a host of static sites does
 * @returns {Promise<{ url: string, close(): Promise<void> }>}
 */
export async function serveFolder(folder, headers = {}, receive = undefined, { packed = false } = {}) {
  const root = await realpath(folder);
  const server = createServer(async (request, response) => {
    if (receive && request.method === "POST") {
      receive(await text(request));
      response.writeHead(204, headers).end();
      return;
    }
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const file = path.join(
      root,
      decodeURIComponent(pathname.endsWith("/") ? `${pathname}index.html` : pathname),
    );
    try {
      if (!file.startsWith(root)) throw new Error("outside the folder");
      const content = await readFile(file);
      response.writeHead(200, {
        "Content-Type": TYPES[path.extname(file)] ?? "application/octet-stream",
        ...(packed && { "Content-Encoding": "gzip" }),
        ...headers,
      });
      response.end(packed ? gzipSync(content) : content);
    } catch {
      response.writeHead(404, headers).end();
    }
  });
  await new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
