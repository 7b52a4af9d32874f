import type { Address } from "../app/address.js";
import { OPTIMIZERS, type OptimizerName } from "../train/settings.js";
import { LANDSCAPES, type LandscapeName } from "./landscapes.js";

/** All that decides a race. */
export interface RaceSettings {
  readonly hill: LandscapeName;
  readonly start: readonly [x: number, y: number];
  readonly rates: Readonly<Record<OptimizerName, number>>;
  /** Who is not shown. */
  readonly resting: ReadonlySet<OptimizerName>;
}

/** A hill with its own start and rates, and everybody on it. */
export function usualRace(hill: LandscapeName): RaceSettings {
  const { start, rates } = LANDSCAPES[hill];
  return { hill, start, rates, resting: new Set() };
}

/** Reads a race from the address (`hill=saddle&start=-3_0.2&rates=adam-0.3_sgd-0.01&resting=adagrad`); what makes no sense there is as usual. */
export function readRace(address: Address): RaceSettings {
  const hills = Object.keys(LANDSCAPES) as LandscapeName[];
  const usual = usualRace(hills.find((name) => name === address.get("hill")) ?? "bowl");
  const parts = (name: string) => (address.get(name) ?? "").split("_").filter(Boolean);
  const [x = Number.NaN, y = Number.NaN] = parts("start").map(Number);
  const rates = { ...usual.rates };
  for (const part of parts("rates")) {
    const name = OPTIMIZERS.find((known) => part.startsWith(`${known}-`));
    const rate = name ? Number(part.slice(name.length + 1)) : Number.NaN;
    if (name && rate > 0 && rate <= 1000) rates[name] = rate;
  }
  return {
    hill: usual.hill,
    start: Number.isFinite(x) && Number.isFinite(y) ? [x, y] : usual.start,
    rates,
    resting: new Set(OPTIMIZERS.filter((name) => parts("resting").includes(name))),
  };
}

/** Writes a race into the address, without what is as usual on its hill. */
export function writeRace(address: Address, { hill, start, rates, resting }: RaceSettings): void {
  const usual = usualRace(hill);
  const changed = OPTIMIZERS.filter((name) => rates[name] !== usual.rates[name]);
  const join = (parts: readonly string[]) => (parts.length > 0 ? parts.join("_") : undefined);
  address.set({
    hill: hill === "bowl" ? undefined : hill,
    start: start.join() === usual.start.join() ? undefined : start.join("_"),
    rates: join(changed.map((name) => `${name}-${rates[name]}`)),
    resting: join(OPTIMIZERS.filter((name) => resting.has(name))),
  });
}
