import type { Address } from "../app/address.js";
import { FEATURE_NAMES, type FeatureName } from "./features.js";
import { type Sample, SHAPES, type ShapeName, type TaskKind } from "./points.js";

export const ACTIVATIONS = ["tanh", "relu", "sigmoid", "gelu"] as const;
export type ActivationName = (typeof ACTIVATIONS)[number];
export const OPTIMIZERS = ["adam", "sgd"] as const;
export type OptimizerName = (typeof OPTIMIZERS)[number];
export const RATES = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1] as const;
export const PENALTIES = [0, 0.0003, 0.001, 0.003, 0.01] as const;
export const BATCHES = [1, 5, 10, 20, 50] as const;
export const MOST_LAYERS = 4;
export const MOST_NEURONS = 8;
export const MOST_NOISE = 0.2;
const MOST_OWN = 120;

/** Everything that the playground's address says. */
export interface PlaySettings {
  readonly shape: ShapeName | "own";
  readonly noise: number;
  readonly seed: number;
  readonly features: readonly FeatureName[];
  /** Neurons of each hidden layer. */
  readonly layers: readonly number[];
  readonly activation: ActivationName;
  readonly optimizer: OptimizerName;
  readonly rate: number;
  readonly l2: number;
  readonly batch: number;
  /** One's own points. */
  readonly own: readonly Sample[];
}

export const USUAL: PlaySettings = {
  shape: "circles",
  noise: 0.05,
  seed: 1,
  features: ["x", "y"],
  layers: [6, 4],
  activation: "tanh",
  optimizer: "adam",
  rate: 0.03,
  l2: 0,
  batch: 10,
  own: [],
};

export function taskOf({ shape }: PlaySettings): TaskKind {
  return shape === "own" ? "classes" : SHAPES[shape].task;
}

/** What the address says; what it says wrongly is as usual. */
export function readPlay(address: Address): PlaySettings {
  const one = <T extends string>(name: string, values: readonly T[], usual: T): T =>
    values.find((value) => value === address.get(name)) ?? usual;
  const number = (name: string, values: readonly number[], usual: number): number =>
    values.find((value) => String(value) === address.get(name)) ?? usual;
  const noise = Number(address.get("noise") ?? USUAL.noise);
  const seed = Number(address.get("seed") ?? USUAL.seed);
  const features = (address.get("see") ?? "").split(".");
  const seen = FEATURE_NAMES.filter((name) => features.includes(name));
  return {
    shape: one("points", [...(Object.keys(SHAPES) as ShapeName[]), "own"], USUAL.shape),
    noise: noise >= 0 && noise <= MOST_NOISE ? noise : USUAL.noise,
    seed: Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31 ? seed : USUAL.seed,
    features: seen.length > 0 ? seen : USUAL.features,
    layers: layersFrom(address.get("hidden")),
    activation: one("act", ACTIVATIONS, USUAL.activation),
    optimizer: one("opt", OPTIMIZERS, USUAL.optimizer),
    rate: number("rate", RATES, USUAL.rate),
    l2: number("l2", PENALTIES, USUAL.l2),
    batch: number("batch", BATCHES, USUAL.batch),
    own: ownFrom(address.get("own") ?? ""),
  };
}

export function writePlay(address: Address, settings: PlaySettings): void {
  const unless = (value: string, usual: string) => (value === usual ? undefined : value);
  address.set({
    points: unless(settings.shape, USUAL.shape),
    noise: unless(String(settings.noise), String(USUAL.noise)),
    seed: unless(String(settings.seed), String(USUAL.seed)),
    see: unless(settings.features.join("."), USUAL.features.join(".")),
    hidden: unless(settings.layers.join(".") || "0", USUAL.layers.join(".")),
    act: unless(settings.activation, USUAL.activation),
    opt: unless(settings.optimizer, USUAL.optimizer),
    rate: unless(String(settings.rate), String(USUAL.rate)),
    l2: unless(String(settings.l2), String(USUAL.l2)),
    batch: unless(String(settings.batch), String(USUAL.batch)),
    own: unless(settings.own.map(ownText).join(""), ""),
  });
}

function layersFrom(text: string | undefined): readonly number[] {
  if (text === undefined) return USUAL.layers;
  if (text === "0") return [];
  const layers = text.split(".").map(Number);
  const fits = (units: number) => Number.isInteger(units) && units >= 1 && units <= MOST_NEURONS;
  return layers.length <= MOST_LAYERS && layers.every(fits) ? layers : USUAL.layers;
}

// Two digits to the base of 36 a coordinate, on a grid of 1,001 by 1,001, and the class.
const GRID = 1000;
const OWN = /([0-9a-z]{2})([0-9a-z]{2})([01])/g;

function ownText({ x, y, target }: Sample): string {
  const digits = (value: number) =>
    Math.round(((value + 1) / 2) * GRID)
      .toString(36)
      .padStart(2, "0");
  return `${digits(x)}${digits(y)}${target}`;
}

function ownFrom(text: string): Sample[] {
  const coordinate = (digits: string) => Math.min(1, (Number.parseInt(digits, 36) / GRID) * 2 - 1);
  return [...text.matchAll(OWN)]
    .slice(0, MOST_OWN)
    .map(([, x, y, target]) => ({ x: coordinate(x!), y: coordinate(y!), target: Number(target) }));
}

/** Whether one more point of one's own has room in an address. */
export function hasRoom({ own }: PlaySettings): boolean {
  return own.length < MOST_OWN;
}

/** A point where an address would have it. */
export function onGrid(x: number, y: number, target: number): Sample {
  return ownFrom(ownText({ x, y, target }))[0]!;
}
