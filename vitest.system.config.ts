import { defineConfig } from "vitest/config";
import { reporters } from "./vitest.shared.js";

/** Tests of the built command on a real terminal, on real data and beside other programs: one file at a time. */
export default defineConfig({
  test: {
    include: ["test/**/*.system.test.ts", "packages/**/*.system.test.ts"],
    exclude: ["**/node_modules/**"],
    environment: "node",
    fileParallelism: false,
    maxConcurrency: 2,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    passWithNoTests: false,
    reporters,
  },
});
