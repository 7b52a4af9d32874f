import type { Sequential } from "@loam/nn";

/** Why a sensor cannot be had. */
export type SensorTrouble = "insecure" | "refused" | "missingCamera" | "usedCamera" | "missingMotion";

export class SensorError extends Error {
  constructor(readonly trouble: SensorTrouble) {
    super(trouble);
  }
}

/** What a class is recorded with. */
export interface Sensor {
  /** What it sees or feels now. */
  readonly element: HTMLElement;
  /** The folder that samples lie in, and how their files end. */
  readonly folder: string;
  readonly extension: string;
  /** The fewest samples of a class that are of use. */
  readonly least: number;
  /** Asks for consent and begins. @throws {SensorError} */
  open(): Promise<void>;
  /** Records until what it returns is called; hears of each sample. That returns false where nothing came of it. */
  record(onSample: (sample: Blob) => void): () => Promise<boolean>;
  /** What a network says of this moment, by class; undefined while there is too little to say. */
  ask(model: Sequential): Promise<Readonly<Record<string, number>> | undefined>;
  close(): void;
}
