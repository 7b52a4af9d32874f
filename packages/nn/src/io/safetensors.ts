import { ConfigError, FormatError, showValue } from "../errors.js";
import { putFloats } from "./float-bytes.js";
import { floatFromBfloat16, floatFromHalf } from "./half.js";

/**
 * safetensors, https://github.com/huggingface/safetensors: eight bytes with the length of the header (little-endian), the
 * header in JSON (name → dtype, shape, data_offsets; strings under "__metadata__"), then the values, little-endian, in the
 * order of their offsets and without a gap.
 */
export interface Safetensors {
  readonly tensors: Map<
    string,
    {
      readonly data: Float32Array;
      readonly shape: readonly number[];
      /** What it is written as: float32, or whole numbers of eight bytes. A reading gives none. */
      readonly dtype?: "I64";
    }
  >;
  readonly metadata: Record<string, string>;
}

/** What the format's own reader allows. */
const MAX_HEADER = 100_000_000;
const METADATA = "__metadata__";

/**
 * Writes tensors in the map's order, float32 where they say nothing else; the header is padded with spaces so that values lie at multiples of 8.
 * @throws {ConfigError} `tensor-name`, `tensor-size`, `tensor-value`
 */
export function encodeSafetensors({ tensors, metadata }: Safetensors): Uint8Array {
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header[METADATA] = metadata;
  let offset = 0;
  for (const [name, { data, shape, dtype = "F32" }] of tensors) {
    if (name === METADATA || name === "__proto__") {
      throw new ConfigError("tensor-name", `safetensors: a tensor cannot be called ${name}.`);
    }
    const count = shape.reduce((product, size) => product * size, 1);
    if (count !== data.length) {
      throw new ConfigError(
        "tensor-size",
        `safetensors: tensor "${name}" of shape [${shape.join(", ")}] needs ${count} values, got ${data.length}.`,
      );
    }
    if (dtype === "I64" && !data.every(Number.isInteger)) {
      throw new ConfigError(
        "tensor-value",
        `safetensors: tensor "${name}" of I64 has a number that is not whole.`,
      );
    }
    const end = offset + DTYPES[dtype].bytes * count;
    header[name] = { dtype, shape, data_offsets: [offset, end] };
    offset = end;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const headerBytes = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerBytes + offset);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, headerBytes, true);
  bytes.set(text, 8);
  bytes.fill(0x20, 8 + text.length, 8 + headerBytes);
  let at = 8 + headerBytes;
  for (const { data, dtype } of tensors.values()) {
    if (dtype) {
      data.forEach((value, i) => {
        view.setBigInt64(at + 8 * i, BigInt(value), true);
      });
    } else putFloats(bytes, at, data);
    at += (dtype ? 8 : 4) * data.length;
  }
  return bytes;
}

interface Entry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: number[];
  readonly begin: number;
  readonly end: number;
}

type Dtype = keyof typeof DTYPES;

/** The kinds of number that become float32: F64 is rounded, whole numbers are exact up to 2²⁴, as counters of batches are. */
const DTYPES = {
  F64: { bytes: 8, read: (view: DataView, at: number) => view.getFloat64(at, true) },
  F32: { bytes: 4, read: (view: DataView, at: number) => view.getFloat32(at, true) },
  F16: { bytes: 2, read: (view: DataView, at: number) => floatFromHalf(view.getUint16(at, true)) },
  BF16: { bytes: 2, read: (view: DataView, at: number) => floatFromBfloat16(view.getUint16(at, true)) },
  I64: { bytes: 8, read: (view: DataView, at: number) => Number(view.getBigInt64(at, true)) },
  I32: { bytes: 4, read: (view: DataView, at: number) => view.getInt32(at, true) },
  I16: { bytes: 2, read: (view: DataView, at: number) => view.getInt16(at, true) },
  I8: { bytes: 1, read: (view: DataView, at: number) => view.getInt8(at) },
  U8: { bytes: 1, read: (view: DataView, at: number) => view.getUint8(at) },
  BOOL: { bytes: 1, read: (view: DataView, at: number) => view.getUint8(at) },
};

/**
 * Reads a safetensors file. Everything the header claims is checked against the bytes
 * before room is made for values.
 * @throws {FormatError} `safetensors-header`, `safetensors-metadata`, `safetensors-tensor`, `safetensors-dtype`, `safetensors-offsets`
 */
export function decodeSafetensors(bytes: Uint8Array, name = "safetensors"): Safetensors {
  const { header, start } = readHeader(bytes, name);
  const metadata = readMetadata(header[METADATA], name);
  const entries = Object.entries(header)
    .filter(([key]) => key !== METADATA)
    .map(([key, value]) => readEntry(key, value, name));
  requireContiguous(entries, bytes.length - start, name);
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, bytes.length - start);
  const tensors: Safetensors["tensors"] = new Map();
  for (const entry of entries) {
    const { bytes: size, read } = DTYPES[entry.dtype];
    const data = new Float32Array((entry.end - entry.begin) / size);
    for (let i = 0; i < data.length; i++) data[i] = read(view, entry.begin + i * size);
    tensors.set(entry.name, { data, shape: entry.shape });
  }
  return { tensors, metadata };
}

function readHeader(bytes: Uint8Array, file: string): { header: Record<string, unknown>; start: number } {
  const fail = (what: string, cause?: unknown) =>
    new FormatError(
      "safetensors-header",
      `${file}: ${what}; it is damaged, cut short or not a safetensors file.`,
      {
        file,
        byte: 0,
        ...(cause === undefined ? {} : { cause }),
      },
    );
  if (bytes.length < 8) throw fail(`has ${bytes.length} bytes, too few for a header`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 0x1_0000_0000;
  if (length > MAX_HEADER || length > bytes.length - 8) {
    throw fail(`claims a header of ${length} bytes where ${bytes.length - 8} follow`);
  }
  let header: unknown;
  try {
    // A copy, since text decoders refuse views of shared memory.
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.slice(8, 8 + length)));
  } catch (cause) {
    throw fail("has a header that is not JSON", cause);
  }
  if (!isRecord(header)) throw fail("has a header that is not a JSON object");
  return { header, start: 8 + length };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readMetadata(value: unknown, file: string): Record<string, string> {
  if (value === undefined) return {};
  if (isRecord(value) && Object.values(value).every((one) => typeof one === "string")) {
    return value as Record<string, string>;
  }
  throw new FormatError("safetensors-metadata", `${file}: its ${METADATA} must map names to strings.`, {
    file,
  });
}

function readEntry(name: string, value: unknown, file: string): Entry {
  const fail = (code: string, what: string) =>
    new FormatError(code, `${file}: tensor "${name}" ${what}.`, { file });
  if (!isRecord(value))
    throw fail("safetensors-tensor", "must be an object with dtype, shape and data_offsets");
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== "string" || !Object.hasOwn(DTYPES, dtype)) {
    throw fail(
      "safetensors-dtype",
      `has dtype ${showValue(dtype)}; expected one of ${Object.keys(DTYPES).join(", ")}`,
    );
  }
  if (!isSizes(shape))
    throw fail("safetensors-tensor", `has shape ${showValue(shape)}; expected whole numbers`);
  if (!isSizes(offsets) || offsets.length !== 2) {
    throw fail("safetensors-tensor", `has data_offsets ${showValue(offsets)}; expected [begin, end]`);
  }
  const [begin, end] = offsets as [number, number];
  const needed = shape.reduce((product, size) => product * size, 1) * DTYPES[dtype as Dtype].bytes;
  if (end - begin !== needed) {
    throw fail(
      "safetensors-offsets",
      `of shape [${shape.join(", ")}] and dtype ${dtype} takes ${needed} bytes, but its data_offsets [${begin}, ${end}] hold ${end - begin}`,
    );
  }
  return { name, dtype: dtype as Dtype, shape, begin, end };
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

/** The format allows no gap, no overlap and no byte left over. */
function requireContiguous(entries: readonly Entry[], available: number, file: string): void {
  let at = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at) {
      throw new FormatError(
        "safetensors-offsets",
        `${file}: tensor "${name}" begins at byte ${begin} of the data where ${at} was expected; tensors must follow each other without gap or overlap.`,
        { file, byte: begin },
      );
    }
    at = end;
  }
  if (at === available) return;
  throw new FormatError(
    "safetensors-offsets",
    `${file}: its header claims ${at} bytes of data, but ${available} are there; it is damaged or cut short.`,
    { file, byte: available },
  );
}
