// TensorBoard's event files: records of TFRecord, each a protocol buffer `Event` of tensorflow/core/util/event.proto.

/** One figure of a step. */
export interface Scalar {
  readonly tag: string;
  readonly value: number;
}

/** The record that a file begins with. */
export function versionEvent(seconds: number): Uint8Array {
  return record([...double(1, seconds), ...text(3, "brain.Event:2")]);
}

/** A record of some figures at a step, an integer of 0 or more. */
export function scalarEvent(seconds: number, step: number, scalars: readonly Scalar[]): Uint8Array {
  const values = scalars.flatMap(({ tag, value }) => message(1, [...text(1, tag), ...float(2, value)]));
  return record([...double(1, seconds), ...tagOf(2, 0), ...varint(step), ...message(5, values)]);
}

/** Length and data, each with its checksum behind it: all little-endian. */
function record(data: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(data.length + 16);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length, true);
  view.setUint32(8, masked(crc32c(bytes.subarray(0, 8))), true);
  bytes.set(data, 12);
  view.setUint32(12 + data.length, masked(crc32c(bytes.subarray(12, 12 + data.length))), true);
  return bytes;
}

/** What TFRecord makes of a checksum, so that a checksum of checksums is a good one. */
function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282_ead8) >>> 0;
}

/** Castagnoli's polynomial, reversed, bit by bit: a record has some hundred bytes. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f6_3b78 : 0);
  }
  return ~crc >>> 0;
}

/** A field's number and how its value is written. */
function tagOf(field: number, wire: 0 | 1 | 2 | 5): number[] {
  return varint(8 * field + wire);
}

/** Seven bits a byte, the lowest first; above 2^32 as well. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let left = value;
  for (; left > 127; left = Math.floor(left / 128)) bytes.push((left % 128) + 128);
  return [...bytes, left];
}

function message(field: number, data: readonly number[]): number[] {
  return [...tagOf(field, 2), ...varint(data.length), ...data];
}

function text(field: number, value: string): number[] {
  return message(field, [...new TextEncoder().encode(value)]);
}

function double(field: number, value: number): number[] {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return [...tagOf(field, 1), ...bytes];
}

function float(field: number, value: number): number[] {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return [...tagOf(field, 5), ...bytes];
}
