import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { operators } from "../../src/onnx/operators/index.js";

it("lists every operator of ONNX that it knows", async () => {
  const page = await readFile(new URL("../../../../docs/onnx.md", import.meta.url), "utf8");
  const [, list] = page.split("## Operators");
  const named = [...list!.matchAll(/`([A-Z]\w*)`/g)].map(([, name]) => name);
  expect(named).toEqual(Object.keys(operators).sort());
});
