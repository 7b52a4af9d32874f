/** The embedded binaries, in the form that is quickest where they run; chosen by the package's `imports` conditions. */
export interface Embedded {
  bytes(kind: "plain" | "relaxed"): Promise<Uint8Array<ArrayBuffer>>;
}
