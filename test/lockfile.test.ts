import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";

describe.each(["package-lock.json", "test/package/package-lock.json", "test/engines/package-lock.json"])(
  "%s",
  (file) => {
    it("names every optional dependency, also those for other systems, or `npm ci` refuses it", async () => {
      const text = await readFile(new URL(`../${file}`, import.meta.url), "utf8");
      const packages: Record<string, { optionalDependencies?: Record<string, string> }> =
        JSON.parse(text).packages;
      const missing = Object.entries(packages).flatMap(([at, { optionalDependencies = {} }]) =>
        Object.keys(optionalDependencies).filter(
          (name) => !(`node_modules/${name}` in packages) && !(`${at}/node_modules/${name}` in packages),
        ),
      );
      expect(missing).toEqual([]);
    });
  },
);
