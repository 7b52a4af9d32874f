import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { FormatError } from "../../errors.js";
import {
  type Field,
  type Fields,
  type Kind,
  type ModelProto,
  modelFields,
  type TensorProto,
  tensorFields,
} from "./messages.js";

/** Graphs lie in attributes of graphs; no network does so more often. */
const MAX_DEPTH = 60;

const WIRE: Readonly<Record<Kind, WireType>> = {
  string: WireType.LengthDelimited,
  bytes: WireType.LengthDelimited,
  int: WireType.Varint,
  float: WireType.Bit32,
  double: WireType.Bit64,
};

type Values = Record<string, unknown>;

/** A file of ONNX. @throws {FormatError} `onnx-damaged` for what is none, or only a part of one. */
export function decodeModel(bytes: Uint8Array): ModelProto {
  const model = decode<ModelProto>(bytes, modelFields);
  if (!model.graph || !model.opsetImport) {
    throw damaged("expected a model with a graph and the version of its operators, got a file without");
  }
  return model;
}

/** A tensor that is a file of its own, as in ONNX's test data. @throws {FormatError} `onnx-damaged` */
export function decodeTensor(bytes: Uint8Array): TensorProto {
  return decode<TensorProto>(bytes, tensorFields);
}

export function encodeModel(model: ModelProto): Uint8Array {
  const writer = new BinaryWriter();
  write(writer, model, modelFields);
  return writer.finish();
}

function damaged(what: string): FormatError {
  return new FormatError("onnx-damaged", `onnx: ${what}; is it a whole ONNX file?`);
}

function decode<Message extends object>(bytes: Uint8Array, fields: Fields<Message>): Message {
  try {
    return read(new BinaryReader(bytes), bytes.length, fields, 0) as Message;
  } catch (error) {
    // The library's errors say which byte, and nothing that is of use to who brings the file.
    if (error instanceof FormatError) throw error;
    throw damaged("expected protocol buffers, got bytes that are none or end too soon");
  }
}

const numbered = new WeakMap<object, ReadonlyMap<number, readonly [string, Field]>>();

function byNumber(fields: object): ReadonlyMap<number, readonly [string, Field]> {
  const known = numbered.get(fields);
  if (known) return known;
  const made = new Map(Object.entries(fields).map((entry: [string, Field]) => [entry[1].number, entry]));
  numbered.set(fields, made);
  return made;
}

function read(reader: BinaryReader, end: number, fields: object, depth: number): Values {
  if (depth > MAX_DEPTH) throw damaged("expected graphs within graphs a few deep, got more");
  const message: Values = {};
  const known = byNumber(fields);
  while (reader.pos < end) {
    const [number, wire] = reader.tag();
    const found = known.get(number);
    if (!found) {
      reader.skip(wire, number);
      continue;
    }
    const [name, { kind, repeated }] = found;
    const values = valuesOf(reader, wire, kind, depth);
    if (!repeated) message[name] = values.at(-1);
    else if (message[name]) for (const value of values) (message[name] as unknown[]).push(value);
    else message[name] = values;
  }
  if (reader.pos !== end) throw damaged("expected parts that end where they say, got one that goes on");
  return message;
}

/** What one occurrence of a field holds: one value, or those of a packed list. */
function valuesOf(reader: BinaryReader, wire: WireType, kind: Field["kind"], depth: number): unknown[] {
  if (typeof kind === "function") {
    const end = reader.uint32() + reader.pos;
    if (wire !== WireType.LengthDelimited || end > reader.len)
      throw damaged("expected a part, got another kind of value");
    return [read(reader, end, kind(), depth + 1)];
  }
  if (wire === WIRE[kind]) return [readValue(reader, kind)];
  if (wire !== WireType.LengthDelimited) throw damaged("expected values of the format's kinds, got others");
  const end = reader.uint32() + reader.pos;
  if (end > reader.len) throw damaged("expected a list within the file, got one that ends behind it");
  const values: unknown[] = [];
  while (reader.pos < end) values.push(readValue(reader, kind));
  return values;
}

function readValue(reader: BinaryReader, kind: Kind): unknown {
  if (kind === "string") return reader.string();
  if (kind === "bytes") return reader.bytes();
  if (kind === "float") return reader.float();
  if (kind === "double") return reader.double();
  return Number(reader.int64());
}

function write(writer: BinaryWriter, message: object, fields: object): void {
  for (const [name, { number, kind, repeated }] of Object.entries(fields) as [string, Field][]) {
    const value = (message as Values)[name];
    if (value === undefined) continue;
    const values = repeated ? (value as readonly unknown[]) : [value];
    if (values.length === 0) continue;
    if (typeof kind === "function") {
      for (const part of values) {
        writer.tag(number, WireType.LengthDelimited).fork();
        write(writer, part as object, kind());
        writer.join();
      }
    } else if (repeated && kind !== "string" && kind !== "bytes") {
      writer.tag(number, WireType.LengthDelimited).fork();
      for (const one of values) writeValue(writer, kind, one);
      writer.join();
    } else {
      for (const one of values) writeValue(writer.tag(number, WIRE[kind]), kind, one);
    }
  }
}

function writeValue(writer: BinaryWriter, kind: Kind, value: unknown): void {
  if (kind === "string") writer.string(value as string);
  else if (kind === "bytes") writer.bytes(value as Uint8Array);
  else if (kind === "float") writer.float(value as number);
  else if (kind === "double") writer.double(value as number);
  else writer.int64(value as number);
}
