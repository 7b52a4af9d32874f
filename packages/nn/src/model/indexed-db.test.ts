import { expect, it } from "vitest";
import { indexedDBStorage } from "./indexed-db.js";

it("says so where there is no IndexedDB", async () => {
  await expect(indexedDBStorage("mine").list()).rejects.toMatchObject({
    name: "PlatformError",
    code: "no-indexed-db",
    message: "mine: there is no IndexedDB here, which browsers have; save to a file.",
  });
});
