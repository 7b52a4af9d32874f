// What arrays of inputs and of labels are called, alone or beside the name of a part: x, x_train, train_images.
export const INPUT_NAMES = ["x", "images", "data", "inputs"];
export const LABEL_NAMES = ["y", "labels", "targets", "target"];
export const PART_NAMES = {
  training: ["", "train", "training"],
  test: ["test"],
  validation: ["val", "valid", "validation"],
} as const;

/** The first of the arrays that is called so. */
export function findArray<T>(
  arrays: ReadonlyMap<string, T>,
  kinds: readonly string[],
  parts: readonly string[],
): T | undefined {
  const wanted = new Set(
    kinds.flatMap((kind) =>
      parts.flatMap((part) => (part === "" ? [kind] : [`${kind}_${part}`, `${part}_${kind}`])),
    ),
  );
  for (const [name, array] of arrays) if (wanted.has(name.toLowerCase())) return array;
  return undefined;
}
