import { createHash } from "node:crypto";

/** The numbers from 0 to count − 1 in an order that the key alone decides, on every machine. */
export function seededOrder(count: number, key: string): Uint32Array {
  const marks = Array.from({ length: count }, (_, i) =>
    createHash("sha256").update(`loam ${key} ${i}`).digest("hex"),
  );
  return Uint32Array.from(marks, (_, i) => i).sort((a, b) => (marks[a]! < marks[b]! ? -1 : 1));
}
