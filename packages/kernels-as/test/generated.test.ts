import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

describe("the generated sources", () => {
  it.each(["gemm", "instructions", "lanes", "short", "window", "winograd"])(
    "of generate-%s.mjs are what it writes",
    (name) => {
      const script = fileURLToPath(new URL(`../scripts/generate-${name}.mjs`, import.meta.url));
      expect(() => execFileSync(process.execPath, [script, "--check"], { stdio: "pipe" })).not.toThrow();
    },
  );
});
