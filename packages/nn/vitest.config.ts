import { defineConfig } from "vitest/config";
import { shared } from "../../vitest.shared.js";

// Some tests wait for threads or files: two workers keep two cores busy, where the runner would take one.
export default defineConfig({ ...shared, test: { ...shared.test, maxWorkers: 2 } });
