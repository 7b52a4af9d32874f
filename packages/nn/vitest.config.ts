import { defineConfig } from "vitest/config";
import { shared } from "../../vitest.shared.js";

/** Tests of all that is registered, and one that has a module mocked. */
const ALONE = [
  "test/contracts/{initializers,layers,losses,optimizers,schedules}.contract.test.ts",
  "src/platform/node.test.ts",
];
const { include, exclude, ...options } = shared.test!;

export default defineConfig({
  ...shared,
  test: {
    ...options,
    // Some tests wait for threads or files: two workers keep two cores busy, where the runner would take one.
    maxWorkers: 2,
    projects: [
      // A worker loads the library once and not for each file; what a test registers stays there.
      {
        extends: true,
        test: { name: "together", include: include!, exclude: [...exclude!, ...ALONE], isolate: false },
      },
      { extends: true, test: { name: "alone", include: ALONE } },
    ],
  },
});
