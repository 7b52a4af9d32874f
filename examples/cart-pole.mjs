// A pole on a cart, held upright by a network that learns from its own tries: policy gradient with a baseline (Williams, 1992: REINFORCE).
import { Adam, Dense, Sequential } from "@loam/nn";

/** Random numbers in [0, 1) of a seed: the same run every time (mulberry32). */
function randomOf(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Barto, Sutton & Anderson's cart (1983), a step of 0.02 s: [place, speed, angle, turn] and a push to the left or right. */
function pushed([x, v, angle, turn], right) {
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  const force = ((right ? 10 : -10) + 0.05 * turn * turn * sin) / 1.1;
  const turning = (9.8 * sin - cos * force) / (0.5 * (4 / 3 - (0.1 * cos * cos) / 1.1));
  const speeding = force - (0.05 * turning * cos) / 1.1;
  return [x + 0.02 * v, v + 0.02 * speeding, angle + 0.02 * turn, turn + 0.02 * turning];
}
const stands = ([x, , angle]) => Math.abs(x) < 2.4 && Math.abs(angle) < (12 * Math.PI) / 180;

const LONGEST = 200;
const random = randomOf(1);
const policy = new Sequential([new Dense({ units: 32, activation: "tanh" }), new Dense({ units: 2 })], {
  inputShape: [4],
  seed: 1,
  threads: 1,
});
policy.compile({ optimizer: new Adam({ learningRate: 0.01 }), loss: "softmaxCrossEntropy" });

/** Tries side by side, so that the network is asked once a step for all that still stand. */
async function play(count) {
  const tries = Array.from({ length: count }, () => ({
    state: Array.from({ length: 4 }, () => random() * 0.1 - 0.05),
    states: [],
    pushes: [],
  }));
  for (let step = 0, open = tries; step < LONGEST && open.length > 0; step++) {
    const { data } = await policy.predict(open.map(({ state }) => state));
    for (const [i, one] of open.entries()) {
      const right = random() < 1 / (1 + Math.exp(data[2 * i] - data[2 * i + 1]));
      one.states.push(one.state);
      one.pushes.push(right ? 1 : 0);
      one.state = pushed(one.state, right);
    }
    open = open.filter(({ state }) => stands(state));
  }
  return tries;
}
const meanLength = (tries) => tries.reduce((sum, { pushes }) => sum + pushes.length, 0) / tries.length;

console.log(`before: the pole stands ${(meanLength(await play(50)) * 0.02).toFixed(1)} s`);
for (let round = 0; round < 60; round++) {
  const tries = await play(16);
  // What each push led to: how many steps followed, less far ones counting less, against the mean of this round.
  const returns = tries.flatMap(({ pushes }) =>
    pushes.map((_, i) => (1 - 0.99 ** (pushes.length - i)) / 0.01),
  );
  const mean = returns.reduce((sum, one) => sum + one, 0) / returns.length;
  const spread = Math.sqrt(returns.reduce((sum, one) => sum + (one - mean) ** 2, 0) / returns.length) + 1e-6;
  const sampleWeight = returns.map((one) => (one - mean) / spread);
  const states = tries.flatMap((one) => one.states);
  await policy.trainOnBatch(
    states,
    tries.flatMap(({ pushes }) => pushes),
    { sampleWeight },
  );
}
console.log(
  `after: the pole stands ${(meanLength(await play(50)) * 0.02).toFixed(1)} s of ${LONGEST * 0.02}`,
);
await policy.close();
