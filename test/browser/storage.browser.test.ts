import { expect, it } from "vitest";
import { builtPage } from "./built-page.js";

const { visit } = builtPage("storage");

it("a page keeps models and checkpoints, and finds them when it is opened again", async () => {
  await visit(async (page, url) => {
    const ask = async (what: string) => {
      await page.waitForFunction(() => "storageWorks" in window);
      return page.evaluate(
        (name) =>
          (window as unknown as { storageWorks: Record<string, () => unknown> }).storageWorks[name]!(),
        what,
      );
    };
    await page.goto(url);
    const hash = await ask("keep");
    await page.reload();
    expect(await ask("find")).toEqual({ hash, names: ["bytes", "sums"], bytes: [2, 3] });
    const [whole, parts] = (await ask("goOn")) as string[];
    expect(parts).toBe(whole);
    expect(await ask("forget")).toEqual(["storage-missing", ["bytes", "run"]]);
    // The files that someone chose give the bits of the data in memory.
    expect(await ask("files")).toEqual([hash, hash]);
  });
}, 60_000);
