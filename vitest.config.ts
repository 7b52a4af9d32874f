import { defineConfig } from "vitest/config";
import { shared } from "./vitest.shared.js";

/** What belongs to no package: the documents, the rooms, the scripts, the examples. */
export default defineConfig({
  ...shared,
  test: {
    ...shared.test,
    include: ["test/**/*.test.ts", "examples/**/*.test.ts"],
    exclude: ["**/*.browser.test.ts", "**/*.system.test.ts", "**/node_modules/**"],
  },
});
