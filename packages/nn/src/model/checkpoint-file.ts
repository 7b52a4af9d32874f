import { FormatError, showValue } from "../errors.js";
import { crc32 } from "../io/crc32.js";
import { decodeSafetensors, encodeSafetensors } from "../io/safetensors.js";
import type { NamedValue } from "../program/parameter-store.js";
import type { Schedule } from "../schedules/schedule.js";
import type { CallbackState } from "../training/callback.js";
import type { FitPosition } from "../training/checkpointer.js";
import type { EpochRecord } from "../training/progress.js";
import type { Architecture } from "./model-file.js";

/**
 * A checkpoint: a fit between two steps. As a file it is a model file (the same tensors and architecture, so that `loadModel` reads it) that
 * holds more: the optimizer's slots as `optimizer/<slot>/<parameter>`, the callbacks' tensors as `callbacks/<callback>/<tensor>`, and all else as
 * JSON in the metadata, under "checkpoint". One checksum, under "checksum", is of all of it.
 */
export interface Checkpoint {
  readonly architecture: Architecture;
  readonly weights: readonly NamedValue[];
  /** The optimizer's numbers by the slots' names: a value a parameter. */
  readonly slots: ReadonlyMap<string, readonly NamedValue[]>;
  /** Layers, optimizer, loss, options and seed: all that decides the bits beside the data. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** Fingerprints of the data. */
  readonly data: { readonly training: string; readonly validation?: string };
  readonly position: FitPosition;
  /** The optimizer's at that moment, in case somebody set it on the way. */
  readonly learningRate: number | Schedule;
  /** The lowest loss among the run's checkpoints up to this one; see `CheckpointOptions.best`. */
  readonly best?: number;
  /** The version of Loam that wrote it, and the binary that it ran. */
  readonly loam: string;
  readonly binary: "plain" | "relaxed";
}

const SLOT = /^optimizer\/([^/]+)\/(.+)$/;
const CALLBACKS = "callbacks/";
const VERSION = 2;
/** Had a checksum of the tensors' numbers alone, within its JSON. */
const WITHOUT_CHECKSUM = 1;

/** A checkpoint as the bytes of a file. */
export function encodeCheckpoint({
  architecture,
  weights,
  slots,
  position,
  ...rest
}: Checkpoint): Uint8Array {
  const tensors = new Map<string, { data: Float32Array; shape: readonly number[] }>();
  for (const { name, data, shape } of weights) tensors.set(name, { data, shape });
  for (const [slot, values] of slots) {
    for (const { name, data, shape } of values) tensors.set(`optimizer/${slot}/${name}`, { data, shape });
  }
  const { callbacks, ...place } = position;
  const states: Record<string, unknown> = {};
  for (const [callback, one] of Object.entries(callbacks ?? {})) {
    states[callback] = one.state;
    for (const { name, data, shape } of one.tensors) {
      tensors.set(`${CALLBACKS}${callback}/${name}`, { data, shape });
    }
  }
  const checkpoint = JSON.stringify({
    version: VERSION,
    position: { ...place, records: textsFor(place.records), ...(callbacks && { callbacks: states }) },
    ...rest,
  });
  const metadata = { format: "loam", loam: JSON.stringify(architecture), checkpoint };
  return encodeSafetensors({
    tensors,
    metadata: { ...metadata, checksum: String(checksumOf(tensors, metadata)) },
  });
}

/**
 * Reads the bytes of a checkpoint.
 * @throws {FormatError} `not-a-checkpoint` for another safetensors file, `checkpoint-invalid` for one that is damaged, and those of `decodeSafetensors`.
 * `onWarning` is told of a file whose version had no checksum of all of it.
 */
export function decodeCheckpoint(
  bytes: Uint8Array,
  name = "checkpoint",
  onWarning: (sentence: string) => void = () => {},
): Checkpoint {
  const { tensors, metadata: all } = decodeSafetensors(bytes, name);
  const { checksum: written, ...metadata } = all;
  if (metadata.checkpoint === undefined) {
    throw new FormatError(
      "not-a-checkpoint",
      `${name}: holds tensors but no state of a training run; expected a file that \`checkpoints\` wrote.`,
      { file: name },
    );
  }
  const { version, checksum, configuration, data, position, learningRate, best, loam, binary } = parsed(
    metadata.checkpoint,
    name,
  );
  const invalid = (what: string) => damaged(name, what);
  if (version !== VERSION && version !== WITHOUT_CHECKSUM)
    throw invalid(`has version ${showValue(version)} where ${VERSION} is expected`);
  const isWhole =
    version === VERSION
      ? written === String(checksumOf(tensors, metadata))
      : checksum === checksumOf(tensors, undefined);
  if (!isWhole) throw invalid("its numbers are not those that were written");
  if (!isRecord(configuration)) throw invalid("has no configuration");
  if (!isRecord(data) || typeof data.training !== "string") throw invalid("has no fingerprint of its data");
  if (!isPosition(position)) throw invalid("has no position to go on from");
  if (best !== undefined && typeof best !== "number") throw invalid("has no number as its lowest loss");
  if (typeof loam !== "string" || typeof binary !== "string") throw invalid("does not say what wrote it");
  if (version === WITHOUT_CHECKSUM)
    onWarning(`${name}: an earlier version of Loam wrote it, with no checksum of its settings and figures.`);
  const keepers = Object.keys(position.callbacks ?? {}).map((name) => `${CALLBACKS}${name}/`);
  const weights: NamedValue[] = [];
  const slots = new Map<string, NamedValue[]>();
  for (const [tensor, value] of tensors) {
    if (keepers.some((prefix) => tensor.startsWith(prefix))) continue;
    const [, slot, parameter] = SLOT.exec(tensor) ?? [];
    if (slot === undefined) weights.push({ name: tensor, ...value });
    else slots.set(slot, [...(slots.get(slot) ?? []), { name: parameter!, ...value }]);
  }
  return {
    architecture: parsed(metadata.loam ?? "", name) as unknown as Architecture,
    ...{ weights, slots, configuration, loam },
    position: withTensors({ ...position, records: numbersFor(position.records) }, tensors),
    data: data as Checkpoint["data"],
    learningRate: learningRate as Checkpoint["learningRate"],
    ...(best !== undefined && { best }),
    binary: binary as Checkpoint["binary"],
  };
}

const NO_JSON = ["NaN", "Infinity", "-Infinity"];

/** Figures that are not finite as texts, since JSON has no word for them. */
function textsFor(records: readonly EpochRecord[]): unknown {
  const plain = (_: string, value: unknown) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  // A position that has none is written as it is, and refused by whoever reads it.
  return records && JSON.parse(JSON.stringify(records, plain));
}

function numbersFor(records: readonly EpochRecord[]): readonly EpochRecord[] {
  const read = (_: string, value: unknown) => (NO_JSON.includes(value as string) ? Number(value) : value);
  return JSON.parse(JSON.stringify(records), read);
}

/** A position as its fit gave it, with the callbacks' tensors in their states. */
function withTensors(
  position: FitPosition,
  tensors: ReadonlyMap<string, Omit<NamedValue, "name">>,
): FitPosition {
  if (position.callbacks === undefined) return position;
  const callbacks: Record<string, CallbackState> = {};
  for (const [name, state] of Object.entries(position.callbacks)) {
    const prefix = `${CALLBACKS}${name}/`;
    const own = [...tensors].filter(([tensor]) => tensor.startsWith(prefix));
    callbacks[name] = {
      state: state as unknown as CallbackState["state"],
      tensors: own.map(([tensor, value]) => ({ name: tensor.slice(prefix.length), ...value })),
    };
  }
  return { ...position, callbacks };
}

/**
 * CRC-32 of all numbers, by the tensors' names, and of the shapes, names and metadata: a bit that fell over on a disk would otherwise train on
 * unseen. Without metadata it is of the numbers alone.
 */
function checksumOf(
  tensors: ReadonlyMap<string, { readonly data: Float32Array; readonly shape: readonly number[] }>,
  metadata: Readonly<Record<string, string>> | undefined,
): number {
  const names = [...tensors.keys()].sort();
  const numbers = names.reduce((before, name) => {
    const { buffer, byteOffset, byteLength } = tensors.get(name)!.data;
    return crc32(new Uint8Array(buffer, byteOffset, byteLength), before);
  }, 0);
  if (metadata === undefined) return numbers;
  const shapes = names.map((name) => [name, tensors.get(name)!.shape]);
  const texts = Object.keys(metadata)
    .sort()
    .map((key) => [key, metadata[key]]);
  return crc32(new TextEncoder().encode(JSON.stringify([shapes, texts])), numbers);
}

function parsed(text: string, name: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch {
    // said below
  }
  throw damaged(name, "has metadata that is not a JSON object");
}

function damaged(name: string, what: string): FormatError {
  return new FormatError(
    "checkpoint-invalid",
    `${name}: ${what}; it is damaged or from a later version of Loam.`,
    { file: name },
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isPosition(value: unknown): value is FitPosition {
  if (!isRecord(value)) return false;
  const { startStep, optimizerStart, startEpoch, step, epoch, epochStep } = value;
  const { lossSum, correct, records, seconds, epochSeconds, metrics, callbacks, stopped } = value;
  const counts = [startStep, optimizerStart, startEpoch, step, epoch, epochStep];
  return (
    counts.every((count) => Number.isSafeInteger(count) && (count as number) >= 0) &&
    [lossSum, correct, seconds, epochSeconds].every(Number.isFinite) &&
    Array.isArray(records) &&
    records.every(isRecord) &&
    isPlace(step as number, epoch as number, epochStep as number, records as unknown as EpochRecord[]) &&
    (metrics === undefined || isRecord(metrics)) &&
    (callbacks === undefined || isRecord(callbacks)) &&
    (stopped === undefined || typeof stopped === "string")
  );
}

/** Whether so many steps lead to that place in that epoch, past epochs with these records, all of them equally long. */
function isPlace(step: number, epoch: number, epochStep: number, records: readonly EpochRecord[]): boolean {
  const past = epoch - 1;
  if (past < 0 || records.length !== past) return false;
  if (past === 0) return step === epochStep;
  const length = (step - epochStep) / past;
  return (
    Number.isInteger(length) &&
    epochStep <= length &&
    records.every((record, at) => record.epoch === at + 1 && record.steps === (at + 1) * length)
  );
}
