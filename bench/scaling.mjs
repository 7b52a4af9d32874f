// What more threads gain, divided by what the register-only yardstick gains on them in the same rounds: cores are not always there.
import { peak, withEngine } from "./engines.mjs";
import { interleaved } from "./measure.mjs";
import { trainingCandidate } from "./networks.mjs";
import { productCandidate } from "./products.mjs";
import { products } from "./shapes.mjs";

const CUBE = "512x512x512";
export const scalingNames = [CUBE, "mlp", "cnn", "lenet"];

async function candidateOf(engine, name) {
  if (name !== CUBE) return (await trainingCandidate(engine, name)).candidate;
  return productCandidate(
    engine,
    products.find((one) => one.name.endsWith(CUBE)),
  );
}

export async function measureScaling({ name, precision, rounds, threads }) {
  return withEngine({ threads: 1, precision }, (one) =>
    withEngine({ threads, precision }, async (many) => {
      const yards = [(await peak(one)).candidate, (await peak(many)).candidate];
      const works = [await candidateOf(one, name), await candidateOf(many, name)];
      const [yardOne, yardMany, workOne, workMany] = await interleaved([...yards, ...works], { rounds });
      // Every thread does the whole yardstick: n threads are n times as fast when they take as long as one.
      const peakGain = (threads * yardOne.microseconds) / yardMany.microseconds;
      const gain = workOne.microseconds / workMany.microseconds;
      return { name, precision, threads, gain, peakGain, ratio: gain / peakGain };
    }),
  );
}
