/** A model in ONNX Runtime. */
export interface Session {
  readonly inputNames: readonly string[];
  run(
    feeds: Readonly<Record<string, object>>,
  ): Promise<Readonly<Record<string, { readonly dims: readonly number[]; readonly data: Float32Array }>>>;
}

/** What is used of onnxruntime-node, whose own types are there only where it is installed. */
interface Runtime {
  readonly InferenceSession: { create(bytes: Uint8Array): Promise<Session> };
  readonly Tensor: new (
    type: "float32" | "int64",
    data: Float32Array | BigInt64Array,
    shape: readonly number[],
  ) => object;
}

const name: string = "onnxruntime-node";
const { InferenceSession, Tensor } = (await import(name)) as Runtime;

export const openSession = (bytes: Uint8Array): Promise<Session> => InferenceSession.create(bytes);

export function tensorOf(
  data: Float32Array,
  shape: readonly number[],
  type: "float32" | "int64" = "float32",
): object {
  return new Tensor(type, type === "int64" ? BigInt64Array.from(data, BigInt) : data, shape);
}
