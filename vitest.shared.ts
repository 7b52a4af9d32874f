import path from "node:path";
import process from "node:process";
import type { ViteUserConfig } from "vitest/config";

/** Where continuous integration collects every suite's results; unset at a desk. */
const reports = process.env.LOAM_TEST_REPORTS;

/** What a person reads and, where results are collected, what a machine counts: one JSON file a suite. */
export const reporters: NonNullable<NonNullable<ViteUserConfig["test"]>["reporters"]> = reports
  ? [
      "default",
      ["json", { outputFile: path.join(reports, `${path.basename(process.cwd())}-${process.pid}.json`) }],
    ]
  : ["default"];

/** Tests run from source: no one debugs a stale build. The WASM and the kernel worker's file are built first. */
export const shared: ViteUserConfig = {
  resolve: { conditions: ["@loam/source"] },
  ssr: { resolve: { conditions: ["@loam/source"], externalConditions: ["@loam/source"] } },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    exclude: ["**/*.browser.test.ts", "**/*.system.test.ts", "**/node_modules/**"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    passWithNoTests: false,
    reporters,
  },
};
