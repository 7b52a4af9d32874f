/**
 * The messages of an ONNX file, https://github.com/onnx/onnx/blob/v1.12.0/onnx/onnx.proto: those parts that a network of numbers needs. Fields that
 * are not there are undefined; others of the format are skipped.
 */
export interface ModelProto {
  readonly irVersion?: number;
  readonly opsetImport?: readonly OperatorSet[];
  readonly producerName?: string;
  readonly producerVersion?: string;
  readonly graph?: GraphProto;
  readonly metadataProps?: readonly Property[];
}

/** A set of operators, and its version. The empty domain is ONNX's own. */
export interface OperatorSet {
  readonly domain?: string;
  readonly version?: number;
}

export interface Property {
  readonly key?: string;
  readonly value?: string;
}

export interface GraphProto {
  readonly node?: readonly NodeProto[];
  readonly name?: string;
  readonly initializer?: readonly TensorProto[];
  readonly input?: readonly ValueInfo[];
  readonly output?: readonly ValueInfo[];
}

export interface NodeProto {
  readonly input?: readonly string[];
  readonly output?: readonly string[];
  readonly name?: string;
  readonly opType?: string;
  readonly domain?: string;
  readonly attribute?: readonly AttributeProto[];
}

export interface AttributeProto {
  readonly name?: string;
  readonly type?: number;
  readonly f?: number;
  readonly i?: number;
  readonly s?: Uint8Array;
  readonly t?: TensorProto;
  readonly g?: GraphProto;
  readonly floats?: readonly number[];
  readonly ints?: readonly number[];
  readonly strings?: readonly Uint8Array[];
}

export interface TensorProto {
  readonly dims?: readonly number[];
  readonly dataType?: number;
  readonly floatData?: readonly number[];
  readonly int32Data?: readonly number[];
  readonly int64Data?: readonly number[];
  readonly doubleData?: readonly number[];
  readonly uint64Data?: readonly number[];
  readonly name?: string;
  readonly rawData?: Uint8Array;
  readonly externalData?: readonly Property[];
}

export interface ValueInfo {
  readonly name?: string;
  readonly type?: TypeProto;
}

export interface TypeProto {
  readonly tensorType?: TensorType;
}

export interface TensorType {
  readonly elemType?: number;
  readonly shape?: TensorShape;
}

export interface TensorShape {
  readonly dim?: readonly Dimension[];
}

/** A number, or a name for one that is free. */
export interface Dimension {
  readonly value?: number;
  readonly param?: string;
}

/** How a field is written. A list of one of them is a repeated field; lists of numbers are packed. */
export type Kind = "string" | "bytes" | "int" | "float" | "double";

/** A field's number, and its kind or the fields of the message that it is. */
export type Field = {
  readonly number: number;
  readonly kind: Kind | (() => Fields<object>);
  readonly repeated?: boolean;
};

/** One row a field, which the compiler sees to. */
export type Fields<Message extends object> = { readonly [field in keyof Message]-?: Field };

const one = (number: number, kind: Field["kind"]): Field => ({ number, kind });
const many = (number: number, kind: Field["kind"]): Field => ({ number, kind, repeated: true });

const property: Fields<Property> = { key: one(1, "string"), value: one(2, "string") };

const dimension: Fields<Dimension> = { value: one(1, "int"), param: one(2, "string") };
const tensorShape: Fields<TensorShape> = { dim: many(1, () => dimension) };
const tensorType: Fields<TensorType> = { elemType: one(1, "int"), shape: one(2, () => tensorShape) };
const type: Fields<TypeProto> = { tensorType: one(1, () => tensorType) };
const valueInfo: Fields<ValueInfo> = { name: one(1, "string"), type: one(2, () => type) };

export const tensorFields: Fields<TensorProto> = {
  dims: many(1, "int"),
  dataType: one(2, "int"),
  floatData: many(4, "float"),
  int32Data: many(5, "int"),
  int64Data: many(7, "int"),
  name: one(8, "string"),
  rawData: one(9, "bytes"),
  doubleData: many(10, "double"),
  uint64Data: many(11, "int"),
  externalData: many(13, () => property),
};

const attribute: Fields<AttributeProto> = {
  name: one(1, "string"),
  f: one(2, "float"),
  i: one(3, "int"),
  s: one(4, "bytes"),
  t: one(5, () => tensorFields),
  g: one(6, () => graph),
  floats: many(7, "float"),
  ints: many(8, "int"),
  strings: many(9, "bytes"),
  type: one(20, "int"),
};

const node: Fields<NodeProto> = {
  input: many(1, "string"),
  output: many(2, "string"),
  name: one(3, "string"),
  opType: one(4, "string"),
  attribute: many(5, () => attribute),
  domain: one(7, "string"),
};

const graph: Fields<GraphProto> = {
  node: many(1, () => node),
  name: one(2, "string"),
  initializer: many(5, () => tensorFields),
  input: many(11, () => valueInfo),
  output: many(12, () => valueInfo),
};

const operatorSet: Fields<OperatorSet> = { domain: one(1, "string"), version: one(2, "int") };

export const modelFields: Fields<ModelProto> = {
  irVersion: one(1, "int"),
  producerName: one(2, "string"),
  producerVersion: one(3, "string"),
  graph: one(7, () => graph),
  opsetImport: many(8, () => operatorSet),
  metadataProps: many(14, () => property),
};
