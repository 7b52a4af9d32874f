import { createHash } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { sha256 } from "./sha256.js";

afterEach(() => vi.unstubAllGlobals());

describe.each([
  ["of the host", false],
  ["where the host has none, as in a page over plain http", true],
])("the digest %s", (_, without) => {
  it.each([0, 1, 55, 56, 64, 100_000])("of %i bytes is Node's", async (length) => {
    if (without) vi.stubGlobal("crypto", {});
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 31) % 251);
    expect(await sha256(bytes)).toBe(createHash("sha256").update(bytes).digest("hex"));
  });

  it("takes a view of shared memory", async () => {
    if (without) vi.stubGlobal("crypto", {});
    const shared = new Uint8Array(new SharedArrayBuffer(8), 2, 3).fill(7);
    expect(await sha256(shared)).toBe(
      createHash("sha256")
        .update(Uint8Array.of(7, 7, 7))
        .digest("hex"),
    );
  });
});
