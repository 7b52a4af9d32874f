import { describe, expect, it } from "vitest";
import { InternalError, LoamError } from "../../src/errors.js";
import { decodeModel, encodeModel } from "../../src/io/onnx/codec.js";
import type { AttributeProto, ModelProto, NodeProto, TensorProto } from "../../src/io/onnx/messages.js";
import { tensorOf } from "../../src/io/onnx/tensor-data.js";
import { describeModel } from "../../src/onnx/describe-model.js";

const ints = (name: string, ...list: number[]): AttributeProto => ({ name, type: 7, ints: list });

/** A model of one input [batch, 2, 6, 6]. */
function file(node: readonly NodeProto[], initializer: readonly TensorProto[] = []): ModelProto {
  const dim = [{ param: "n" }, { value: 2 }, { value: 6 }, { value: 6 }];
  return {
    irVersion: 8,
    opsetImport: [{ domain: "", version: 17 }],
    graph: {
      node,
      initializer,
      input: [{ name: "x", type: { tensorType: { elemType: 1, shape: { dim } } } }],
      output: [{ name: "y" }],
    },
  };
}

const whole = (name: string, ...values: number[]) => tensorOf(name, "int64", [values.length], values);

const NETWORK = file(
  [
    {
      opType: "Conv",
      name: "conv",
      input: ["x", "w", "b"],
      output: ["h"],
      attribute: [ints("pads", 1, 1, 1, 1)],
    },
    { opType: "Relu", input: ["h"], output: ["r"] },
    {
      opType: "MaxPool",
      input: ["r"],
      output: ["p"],
      attribute: [ints("kernel_shape", 2, 2), ints("strides", 2, 2)],
    },
    { opType: "Pad", input: ["p", "pads"], output: ["q"] },
    { opType: "Shape", input: ["x"], output: ["s"] },
    { opType: "Slice", input: ["s", "zero", "one"], output: ["n"] },
    { opType: "Concat", input: ["n", "rest"], output: ["to"], attribute: [{ name: "axis", type: 2, i: 0 }] },
    { opType: "Reshape", input: ["q", "to"], output: ["f"] },
    { opType: "Gemm", input: ["f", "k"], output: ["y"], attribute: [{ name: "transB", type: 2, i: 1 }] },
  ],
  [
    tensorOf("w", "float", [3, 2, 3, 3], new Float32Array(54).fill(0.1)),
    tensorOf("b", "float", [3], new Float32Array(3)),
    tensorOf("k", "float", [2, 48], new Float32Array(96).fill(0.1)),
    ...[whole("pads", 0, 0, 1, 0, 0, 0, 0, 1), whole("zero", 0), whole("one", 1), whole("rest", 48)],
  ],
);

/** The code of what reading a file throws. */
function refused(model: ModelProto): string {
  try {
    describeModel(decodeModel(encodeModel(model)));
  } catch (error) {
    expect(error).toBeInstanceOf(LoamError);
    return (error as LoamError).code;
  }
  return "nothing";
}

describe("a file of ONNX from a stranger", () => {
  it("is read when nothing is wrong with it", () => {
    const { description, weights } = describeModel(decodeModel(encodeModel(NETWORK)));
    expect([...weights.keys()]).toEqual(["w", "b", "k"]);
    expect(Object.keys(description.constants)).toEqual(["pads", "zero", "one", "rest"]);
  });

  it("asks for no memory that its bytes do not hold", () => {
    const one = (
      opType: string,
      input: string[],
      initializer: TensorProto[],
      attribute: AttributeProto[] = [],
    ) =>
      refused(
        file(
          [
            { opType, input, output: ["h"], attribute },
            { opType: "Add", input: ["x", "h"], output: ["y"] },
          ],
          initializer,
        ),
      );
    const list = (name: string, value: number) => tensorOf(name, "int64", [], [value]);
    expect(one("Range", ["a", "b", "c"], [list("a", 0), list("b", 2 ** 40), list("c", 1)])).toBe(
      "onnx-unsupported",
    );
    const edges = whole("p", 0, 0, 2 ** 40, 0, 0, 0, 0, 0);
    expect(
      one("Pad", ["x", "p"], [edges], [{ name: "mode", type: 3, s: new TextEncoder().encode("edge") }]),
    ).toBe("onnx-unsupported");
    expect(
      refused(
        file(
          [{ opType: "Add", input: ["x", "w"], output: ["y"] }],
          [{ name: "w", dims: [2 ** 40], dataType: 1 }],
        ),
      ),
    ).toBe("onnx-tensor-size");
  });

  it("names all operators that Loam does not know", () => {
    const model = file([
      { opType: "Det", input: ["x"], output: ["h"] },
      { opType: "Attention", domain: "com.microsoft", input: ["h"], output: ["y"] },
    ]);
    expect(() => describeModel(model)).toThrowError(/Det, com\.microsoft\.Attention/);
    expect(refused(model)).toBe("onnx-unsupported");
  });

  it("says what is wrong", () => {
    expect(refused({ ...NETWORK, opsetImport: [{ domain: "", version: 3 }] })).toBe("onnx-opset");
    expect(refused({ graph: NETWORK.graph! })).toBe("onnx-damaged");
    expect(refused(file([{ opType: "Relu", input: ["nobody"], output: ["y"] }]))).toBe("onnx-graph");
    expect(refused(file([{ opType: "Relu", input: ["x"], output: ["z"] }]))).toBe("onnx-output");
    const { graph } = NETWORK;
    const free = { name: "x", type: { tensorType: { elemType: 1, shape: { dim: [{}, {}, {}, {}] } } } };
    expect(refused({ ...NETWORK, graph: { ...graph, input: [free] } })).toBe("onnx-input-shape");
    expect(() => decodeModel(new TextEncoder().encode("not a model at all"))).toThrowError(/onnx: /);
  });

  it("ends in a typed error however its bytes are changed", () => {
    const bytes = encodeModel(NETWORK);
    let state = 1;
    const below = (limit: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    };
    let read = 0;
    for (let i = 0; i < 1500; i++) {
      const copy = bytes.slice(0, below(8) === 0 ? below(bytes.length) : bytes.length);
      for (let change = below(3); change >= 0 && copy.length > 0; change--) {
        copy[below(copy.length)] = below(3) === 0 ? 255 : below(256);
      }
      try {
        describeModel(decodeModel(copy));
        read++;
      } catch (error) {
        expect(error).toBeInstanceOf(LoamError);
        expect(error).not.toBeInstanceOf(InternalError);
        expect((error as LoamError).message.length).toBeLessThan(1000);
      }
    }
    expect(read).toBeGreaterThan(100);
  });
});
