import { defineConfig } from "vitest/config";
import { reporters } from "./vitest.shared.js";

/** Tests that drive a real Chromium against built sites, from Node: one file at a time, so that none starves another. */
export default defineConfig({
  test: {
    include: ["test/**/*.browser.test.ts", "packages/**/*.browser.test.ts", "apps/**/*.browser.test.ts"],
    exclude: ["**/node_modules/**"],
    environment: "node",
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    passWithNoTests: false,
    reporters,
  },
});
