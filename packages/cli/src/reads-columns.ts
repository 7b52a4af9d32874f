import type { Model } from "@loam/nn";

/** Whether a model was trained on the columns of a table, which it knows by name. */
export function readsColumns({ schema }: Pick<Model, "schema">): boolean {
  return schema !== undefined && (schema.input.kind === "table" || schema.input.kind === "pixels");
}
