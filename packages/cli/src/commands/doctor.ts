import { constants } from "node:fs";
import { access, rm, stat, writeFile } from "node:fs/promises";
import { availableParallelism, homedir } from "node:os";
import { dirname, join } from "node:path";
import { createEngine } from "@loam/nn";
import type { Command } from "commander";
import { findDataSource } from "../data-source.js";
import { sentenceOf } from "../exit.js";
import { CommandError } from "../failure.js";
import type { Terminal } from "../terminal.js";
import { textTable } from "../text-table.js";
import { VERSION } from "../version.js";

/** What was looked at, how it is, and what to do about it. */
interface Finding {
  readonly what: string;
  readonly state: "ok" | "note" | "fails";
  readonly found: string;
  /** Present where something can be done. */
  readonly todo?: string;
}

/** The oldest Node that is supported, as package.json says. */
const NODE = [20, 19] as const;

/** `loam doctor`. */
export function doctorCommand(loam: Command, terminal: Terminal): Command {
  return loam
    .command("doctor")
    .description("Look whether everything is there that Loam needs or can make use of, and say what to do.")
    .option("--json", "print one JSON object")
    .action(async ({ json }: { json?: boolean }) => {
      const findings = [
        { what: "Loam", state: "ok", found: VERSION } as const,
        node(),
        threads(),
        ...instructions(),
        sharedMemory(),
        ...(await engine()),
        await cacheFolder(),
        await mnist(),
        await thisFolder(),
      ];
      if (json) terminal.json({ findings });
      else {
        const rows = findings.map(({ state, what, found, todo }) => [
          state,
          what,
          todo ? `${found}; ${todo}` : found,
        ]);
        for (const line of textTable(rows, "left")) terminal.result(line);
      }
      const broken = findings.filter(({ state }) => state === "fails").length;
      if (broken > 0)
        throw new CommandError(
          `${broken === 1 ? "one thing" : `${broken} things`} that Loam needs ${broken === 1 ? "fails" : "fail"}, as said above.`,
        );
    });
}

function node(): Finding {
  const version = process.versions.node;
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isOld = major < NODE[0] || (major === NODE[0] && minor < NODE[1]);
  return {
    ...{
      what: "Node",
      found: `${version} on ${process.platform} ${process.arch}`,
      state: isOld ? "fails" : "ok",
    },
    ...(isOld && { todo: `take Node ${NODE.join(".")} or later, from nodejs.org` }),
  };
}

function threads(): Finding {
  const count = availableParallelism();
  return {
    ...{
      what: "threads",
      found: `${count} ${count === 1 ? "processor" : "processors"}`,
      state: count > 1 ? "ok" : "note",
    },
    ...(count === 1 && { todo: "training takes one thread; give the machine or container more processors" }),
  };
}

/** A module with one instruction of each kind, which engines without it refuse. */
const SIMD = [253, 15, 253, 98];
const RELAXED = [65, 2, 253, 15, 253, 128, 2];
const HEAD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0];

/** Code section of one function () → v128 with this body. */
function knows(body: readonly number[]): boolean {
  const code = [0, ...body, 11];
  return WebAssembly.validate(Uint8Array.of(...HEAD, 10, code.length + 2, 1, code.length, ...code));
}

function instructions(): Finding[] {
  const simd = knows([65, 0, ...SIMD]);
  const relaxed = knows([65, 1, 253, 15, ...RELAXED]);
  return [
    {
      ...{ what: "SIMD", found: simd ? "yes" : "no", state: simd ? "ok" : "fails" },
      ...(!simd && { todo: "Loam's kernels need it; take a processor and a Node of this decade" }),
    },
    {
      ...{
        what: "relaxed SIMD",
        found: relaxed ? "yes, for --precision fast" : "no",
        state: relaxed ? "ok" : "note",
      },
      ...(!relaxed && { todo: "--precision fast is as standard; a later Node may know it" }),
    },
  ];
}

function sharedMemory(): Finding {
  const what = "shared memory";
  try {
    new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    return { what, state: "ok", found: "yes" };
  } catch (error) {
    return { what, state: "note", found: `no: ${String(error)}`, todo: "training takes one thread" };
  }
}

/** What runs when a network is trained here. */
async function engine(): Promise<Finding[]> {
  const what = "engine";
  try {
    const isOff = process.env.LOAM_WIDE === "off";
    const started = await createEngine({ threads: "auto", wide: isOff ? "off" : "auto" });
    await started.settled;
    const { threads: count, binary, notes } = started;
    await started.close();
    const found = `${count} ${count === 1 ? "thread" : "threads"}, ${binary} binary`;
    const aboutWide = notes.find((note) => /^The (wide|narrow) binary runs/.test(note));
    const others = notes.filter((note) => note !== aboutWide);
    return [
      {
        ...{ what, found, state: others.length > 0 ? "note" : "ok" },
        ...(others.length > 0 && { todo: others.join("; ") }),
      },
      {
        what: "256-bit lanes",
        found: isOff ? "off, by LOAM_WIDE" : (aboutWide ?? "unknown"),
        state: aboutWide?.startsWith("The wide") ? "ok" : "note",
      },
    ];
  } catch (error) {
    return [{ what, state: "fails", found: sentenceOf(error), todo: "please report this" }];
  }
}

async function cacheFolder(): Promise<Finding> {
  const what = "cache";
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "loam");
  if (await canWrite(folder)) return { what, state: "ok", found: folder };
  return {
    ...{ what, state: "note", found: `${folder}: cannot be written` },
    todo: "decoded pictures are not kept, and MNIST needs --data-dir; name another folder with XDG_CACHE_HOME",
  };
}

const MNIST = [
  "train-images-idx3-ubyte",
  "train-labels-idx1-ubyte",
  "t10k-images-idx3-ubyte",
  "t10k-labels-idx1-ubyte",
];

async function mnist(): Promise<Finding> {
  const what = "MNIST";
  try {
    const source = await findDataSource("mnist");
    const directory = source.kind === "mnist" ? source.directory : "";
    const there = await Promise.all(
      MNIST.map(
        async (name) =>
          (await isThere(join(directory, name))) || (await isThere(join(directory, `${name}.gz`))),
      ),
    );
    if (there.every(Boolean)) return { what, state: "ok", found: directory };
    const some = there.some(Boolean) ? "some of its files are missing" : "not there";
    return {
      what,
      state: "note",
      found: `${directory}: ${some}`,
      todo: "loam train --data mnist fetches it, or LOAM_DATA names where it lies",
    };
  } catch (error) {
    return { what, state: "note", found: sentenceOf(error) };
  }
}

async function thisFolder(): Promise<Finding> {
  const what = "this folder";
  const folder = process.cwd();
  const probe = join(folder, `.loam-doctor-${process.pid}`);
  try {
    await writeFile(probe, "");
    await rm(probe);
    return { what, state: "ok", found: `${folder} can be written` };
  } catch {
    return { what, state: "note", found: `${folder} cannot be written`, todo: "runs want --out <folder>" };
  }
}

/** Whether a folder is there and can be written, or could be made. */
async function canWrite(folder: string): Promise<boolean> {
  for (let path = folder; ; path = dirname(path)) {
    if (await isThere(path))
      return access(path, constants.W_OK).then(
        () => true,
        () => false,
      );
    if (dirname(path) === path) return false;
  }
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
