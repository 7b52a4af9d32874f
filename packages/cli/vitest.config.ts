import { defineConfig } from "vitest/config";
import { shared } from "../../vitest.shared.js";

// The tests wait for processes of their own: two at a time keep two cores busy.
export default defineConfig({ ...shared, test: { ...shared.test, maxWorkers: 2 } });
