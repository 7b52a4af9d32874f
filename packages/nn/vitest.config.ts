import { defineConfig } from "vitest/config";
import { shared } from "../../vitest.shared.js";

export default defineConfig({
  ...shared,
  test: {
    ...shared.test,
    // Some tests wait for threads or files: two workers keep two cores busy, where the runner would take one.
    maxWorkers: 2,
    // No test changes what another's module holds, so that a worker loads the library once and not for each file.
    isolate: false,
  },
});
