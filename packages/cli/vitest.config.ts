import { defineConfig } from "vitest/config";
import { shared } from "../../vitest.shared.js";

export default defineConfig({
  test: {
    // Some tests wait for processes of their own: two at a time keep two cores busy.
    maxWorkers: 2,
    reporters: shared.test?.reporters,
    projects: [
      { ...shared, test: { ...shared.test, name: "files", include: ["src/**/*.test.ts"] } },
      // Tests of the command as it is built, which Node imports as the command's own process does.
      {
        test: {
          ...shared.test,
          name: "command",
          include: ["test/**/*.test.ts"],
          server: { deps: { external: [/\/dist\/node\//] } },
        },
      },
    ],
  },
});
