import { Option } from "commander";
import { UsageError } from "./failure.js";

const KINDS = ["auto", "off"] as const;

/** `--wide`: a command's process compiles no kernels but Loam's, so that it takes the wide binary by itself where that runs. */
export function wideOption(): Option {
  const option = new Option("--wide <kind>", "kernels of 256-bit lanes where they run: auto (default), off");
  const readKind = (text: string) => {
    if (KINDS.some((kind) => kind === text)) return text;
    throw new UsageError(`--wide must be one of ${KINDS.join(", ")}, got ${JSON.stringify(text)}.`);
  };
  return option.choices(KINDS).argParser(readKind);
}

/** Has every engine of this process know what is wanted. Without the flag `LOAM_WIDE` counts, and then it is taken without a word. */
export function useWide(wanted: string | undefined): void {
  process.env.LOAM_WIDE = wanted ?? (process.env.LOAM_WIDE || "quiet");
}
