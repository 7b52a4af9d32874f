// npm run demo: builds everything quietly, then serves the demo site with the headers that let it use threads, and opens it where there is a
// desktop to open it on. Arguments after `--` go to `vite preview`, such as --port 8080 or --open false.
import { spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { buildOrExit } from "./build.mjs";

const site = fileURLToPath(new URL("../apps/demo", import.meta.url));
const vite = fileURLToPath(new URL("../node_modules/vite/bin/vite.js", import.meta.url));

const { env, platform, stdout } = process;
const hasDesktop = platform === "darwin" || platform === "win32" || !!(env.DISPLAY || env.WAYLAND_DISPLAY);
const open = stdout.isTTY && hasDesktop && !env.CI ? ["--open"] : [];

buildOrExit("@loam/demo...");
const { status } = spawnSync(process.execPath, [vite, "preview", ...open, ...process.argv.slice(2)], {
  cwd: site,
  stdio: "inherit",
});
process.exit(status ?? 1);
