import { describe, expect, it } from "vitest";
import { compileBinary } from "../src/binary.js";
import { platform } from "../src/platform/node.js";

describe("compileBinary", () => {
  it("asks the engine for relaxed SIMD only where that is not on: a newer one does not know the flag, and says so", async () => {
    platform.enableRelaxedSimd();
    let asked = 0;
    const { kind } = await compileBinary("fast", { enableRelaxedSimd: () => void asked++ });
    expect({ kind, asked }).toEqual({ kind: "relaxed", asked: 0 });
  });
});
