import type { Binary } from "../compiled-binary.js";
import type { Wide } from "./platform.js";

// The wide binary: tiles of 16 columns, whose pairs of vectors V8 merges into one of 256 bits if it is told to before it compiles them. The
// flag is experimental and the process's own, so this file is loaded only when somebody asks for it.

/** The Nodes whose V8 knows the flag and has been tried with it; another would say on stderr that it does not know it. */
const OLDEST = 24;
const NEWEST = 26;

/** Bytes of code that a function runs before it is compiled well: for this binary, and V8's own number. */
const BUDGET = 500_000;
const USUAL_BUDGET = 13_000_000;

const setFlag = (flag: string) => process.getBuiltinModule("node:v8").setFlagsFromString(flag);

interface Attempt extends Wide {
  /** Whether it was tried and came out wrong, which is worth a word to anybody. */
  readonly failed?: true;
}

/** By kind: what was found is so for as long as the process lives. */
const found = new Map<boolean, Promise<Attempt>>();
/** Whether one of them has the flag set. */
let runs = false;

/**
 * Compiles the wide binary and compares its kernels with known answers, once in a process.
 * @param wanted "auto", or "quiet" for no note but of a check that failed. @param isNarrow whether kernels were compiled before it.
 */
export async function startWide(wanted: string, relaxed: boolean, isNarrow: boolean): Promise<Wide> {
  if (wanted !== "auto" && wanted !== "quiet") {
    return { note: `The narrow binary runs: LOAM_WIDE and wide are "auto" or "off", not "${wanted}".` };
  }
  let wide = found.get(relaxed);
  if (!wide) {
    wide = attempt(relaxed, isNarrow && !runs);
    found.set(relaxed, wide);
  }
  const { failed, ...said } = await wide;
  return wanted === "auto" || failed ? said : { ...(said.binary && { binary: said.binary }) };
}

async function attempt(relaxed: boolean, isNarrow: boolean): Promise<Attempt> {
  const obstacle = isNarrow ? "this process has compiled kernels before it was asked for" : hostObstacle();
  if (obstacle !== undefined) return { note: `The narrow binary runs, not the wide one: ${obstacle}.` };
  const { wholeBase64 } = relaxed
    ? await import("../generated/whole/wide-relaxed.js")
    : await import("../generated/whole/wide-plain.js");
  const { wrongKernel } = await import("./wide-check.js");
  setFlag("--experimental-wasm-revectorize");
  // Only the second of V8's compilers merges lanes, and it takes a function on once that has run for a while, in the background. So that the check meets
  // its work: sooner, and while the function waits. Without the first compiler V8 would lack what that notes for the second, and end the process.
  setFlag(`--wasm-tiering-budget=${BUDGET}`);
  setFlag("--wasm-sync-tier-up");
  const module = new WebAssembly.Module(Buffer.from(wholeBase64, "base64"));
  let wrong: string | undefined;
  try {
    wrong = wrongKernel(module, !relaxed);
  } catch (error) {
    wrong = `check (${(error as Error).message})`;
  }
  setFlag("--no-wasm-sync-tier-up");
  setFlag(`--wasm-tiering-budget=${USUAL_BUDGET}`);
  if (wrong !== undefined) {
    if (!runs) setFlag("--no-experimental-wasm-revectorize");
    return {
      failed: true,
      note: `The narrow binary runs, not the wide one: its ${wrong} gave other bits on this machine.`,
    };
  }
  runs = true;
  const binary: Binary = { kind: relaxed ? "relaxed" : "plain", module, full: true };
  return {
    note: "The wide binary runs: lanes of 256 bits, by V8's flag --experimental-wasm-revectorize.",
    binary,
  };
}

/** Why this host cannot run it, or undefined where it can. */
function hostObstacle(): string | undefined {
  const { versions, arch, platform } = process;
  const major = Number.parseInt(versions.node, 10);
  if (["bun", "deno", "electron"].some((other) => other in versions)) return "only Node has it";
  if (major < OLDEST || major > NEWEST) {
    return `it is for Node ${OLDEST} to ${NEWEST}, and this is ${versions.node}`;
  }
  if (arch !== "x64") return `it is for x86-64, and this is ${arch}`;
  if (platform !== "linux") return "only Linux tells whether the processor has AVX2";
  return hasAvx2() ? undefined : "the processor has no AVX2";
}

function hasAvx2(): boolean {
  const fs = process.getBuiltinModule("node:fs");
  const head = Buffer.alloc(8192);
  try {
    const file = fs.openSync("/proc/cpuinfo", "r");
    try {
      // The first processor's lines are within it.
      return /^flags.*\bavx2\b/m.test(head.toString("latin1", 0, fs.readSync(file, head)));
    } finally {
      fs.closeSync(file);
    }
  } catch {
    return false;
  }
}
