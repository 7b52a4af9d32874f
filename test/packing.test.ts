import { readFile } from "node:fs/promises";
import { inflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { embedded as forBrowsers } from "../packages/kernels-as/src/embedded/browser.js";
import { embedded as forNode } from "../packages/kernels-as/src/embedded/node.js";

const BINARIES = ["plain", "relaxed", "core-plain", "core-relaxed"] as const;

describe.each(BINARIES)("the embedded %s binary", (name) => {
  const generated = new URL("../packages/kernels-as/src/generated/", import.meta.url);
  const compiled = readFile(new URL(`../../build/${name}.wasm`, generated));

  it("is what was compiled, for browsers and for Node", async () => {
    expect(Buffer.compare(await forBrowsers.bytes(name), await compiled)).toBe(0);
    expect(Buffer.compare(await forNode.bytes(name), await compiled)).toBe(0);
  });

  it("reaches a page deflated, less than half as large", async () => {
    const { deflatedBase64 } = await import(new URL(`deflated/${name}.ts`, generated).href);
    const deflated = Buffer.from(deflatedBase64, "base64");
    expect(Buffer.compare(inflateRawSync(deflated), await compiled)).toBe(0);
    expect(deflated.length).toBeLessThan((await compiled).length / 2);
  });
});
