/** A binary that was chosen and compiled. */
export interface Binary {
  readonly kind: "plain" | "relaxed";
  readonly module: WebAssembly.Module;
  /** Whether it has every instruction; a core lacks those that are `core: false` in their table. */
  readonly full: boolean;
}
