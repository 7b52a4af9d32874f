import type { Model } from "@loam/nn";

/** What a model was trained on, in words; undefined for one that does not say, or that numbers of any origin do for. */
export function trainedOn({ schema }: Pick<Model, "schema">): string | undefined {
  switch (schema?.input.kind) {
    case "table":
      return "a table";
    case "series":
      return "a series";
    case "recording":
      return "recordings";
    case "text":
      return "text";
    case "image":
      return schema.input.fit === "resize" ? "pictures" : undefined;
    default:
      return undefined;
  }
}
