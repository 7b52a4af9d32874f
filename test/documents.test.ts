import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const read = (file: string) => readFile(path.join(root, file), "utf8");

const documents = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "SECURITY.md",
  "docs/architecture.md",
  "docs/adding-an-op.md",
  "docs/errors.md",
  "docs/cli.md",
  "docs/guide.md",
  "docs/in-and-out.md",
  "docs/members.md",
  "docs/measurements.md",
  "docs/onnx.md",
  "docs/pictures.md",
  "docs/precision.md",
  "docs/python.md",
  "docs/text.md",
  "README.ko.md",
  "examples/README.md",
  "docs/lessons/README.md",
  ...["kernels-as", "nn", "cli"].map((name) => `packages/${name}/README.md`),
];

/** GitHub's anchor of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/\s/g, "-");
}

function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading!));
}

describe.each(documents)("%s", (file) => {
  it("links to what is there", async () => {
    const text = await read(file);
    const broken: string[] = [];
    for (const [, target] of text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      const [to, anchor] = target!.split("#") as [string, string?];
      const linked = to === "" ? path.join(root, file) : path.resolve(root, path.dirname(file), to);
      if (!existsSync(linked)) broken.push(target!);
      else if (anchor && !anchorsOf(await readFile(linked, "utf8")).includes(anchor)) broken.push(target!);
    }
    expect(broken).toEqual([]);
  });

  it("names files that are there", async () => {
    const text = await read(file);
    const missing = [
      ...text.matchAll(/`((?:packages|apps|scripts|bench|test|docs|examples)\/[\w@./*-]*)`( <!-- new -->)?/g),
    ]
      .filter(([, name, fresh]) => !fresh && !name!.includes("*") && !existsSync(path.join(root, name!)))
      .map(([, name]) => name);
    expect(missing).toEqual([]);
  });
});

describe("packages/nn/README.md", () => {
  it("names every op, and no other", async () => {
    const [, section] = (await read("packages/nn/README.md")).split("## Ops\n");
    const table = section!.split("\n").filter((line) => line.startsWith("| "));
    const named = table.flatMap((line) => [...line.matchAll(/`(\w+)`/g)].map(([, name]) => name));
    expect(named.sort()).toEqual((await exportedOps()).map(({ name }) => name).sort());
  });
});

describe("docs/adding-an-op.md", () => {
  it("has the formula that the package's page runs and checks", async () => {
    const formula = /^(?:export )?(const softplus = .*)$/m;
    const [page, run] = [await read("docs/adding-an-op.md"), await read("packages/nn/README.md")];
    expect(formula.exec(page)?.[1]).toBe(formula.exec(run)![1]);
  });
});

describe("ops", () => {
  it("have a comment each", async () => {
    const bare: string[] = [];
    for (const { name, file } of await exportedOps()) {
      const source = await read(`packages/nn/src/ops/${file}.ts`);
      if (!new RegExp(`\\*/\nexport (const|function) ${name}\\b`).test(source)) bare.push(name);
    }
    expect(bare).toEqual([]);
  });
});

/** The functions that users have as `ops`, with the files that define them. */
async function exportedOps(): Promise<{ name: string; file: string }[]> {
  const index = await read("packages/nn/src/ops/index.ts");
  return [...index.matchAll(/^export \{([^}]*)\} from "\.\/([\w-]+)\.js";$/gm)].flatMap(([, names, file]) =>
    names!
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name && !name.startsWith("type "))
      .map((name) => ({ name, file: file! })),
  );
}

describe("docs/errors.md", () => {
  it("lists every code of the sources, and no other", async () => {
    const documented = new Set(
      [...(await read("docs/errors.md")).matchAll(/^\| `([a-z0-9<>-]+)` \|/gm)].map(([, code]) => code),
    );
    const used = new Set<string>();
    for (const name of ["kernels-as", "nn"]) {
      const folder = `packages/${name}/src`;
      for (const file of await readdir(path.join(root, folder), { recursive: true })) {
        if (!/\.ts$/.test(file) || /\.test\.ts$/.test(file) || file.startsWith("generated")) continue;
        for (const code of codesOf(await read(`${folder}/${file}`))) used.add(code);
      }
    }
    expect([...used].filter((code) => !documented.has(code)).sort()).toEqual([]);
    expect([...documented].filter((code) => !used.has(code!)).sort()).toEqual([]);
  });
});

/** Codes that a source throws: the first argument of an error's constructor, or of the helpers that pass it on. */
function codesOf(source: string): string[] {
  const thrown =
    /(?:new \w+Error|this\.shapeError|\bfail)\(\s*(?:"([a-z0-9]+(?:-[a-z0-9]+)*)"|`\$\{kebab\(name\)\}(-[a-z-]+)`)\s*,/g;
  return [...source.matchAll(thrown)].map(([, code, rest]) => code ?? `<option>${rest}`);
}
