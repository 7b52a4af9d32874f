/** A range outside the memory, or a memory that the host will not give. */
export class MemoryError extends Error {
  readonly code = "memory";
  override readonly name = "MemoryError";
}
