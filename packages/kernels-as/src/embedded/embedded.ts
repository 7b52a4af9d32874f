/** What is embedded: each binary in full, and its core, which has what networks of dense layers run. */
export type BinaryName = "plain" | "relaxed" | "core-plain" | "core-relaxed";

/** The embedded binaries, in the form that is quickest where they run; chosen by the package's `imports` conditions. */
export interface Embedded {
  /** Whether the cores are there too. */
  readonly cores: boolean;
  bytes(name: BinaryName): Promise<Uint8Array<ArrayBuffer>>;
}
