// A layer of one's own: its forward pass in ops; the gradient follows, and a test of it is one call.
import { Adam, constant, Dense, Layer, meanSquaredError, ops, Sequential } from "@loam/nn";
import { checkGradients } from "@loam/nn/testing";

/** Swish with a slope that is learnt for each feature: y = x · sigmoid(β·x) (Ramachandran et al., 2017). */
class Swish extends Layer {
  type = "Swish";
  #beta;
  build([features], context) {
    this.#beta = context.parameter("beta", [features], constant(1));
  }
  call(x) {
    return ops.mul(x, ops.sigmoid(ops.mul(x, this.#beta.tensor)));
  }
}

const model = new Sequential([new Dense({ units: 16 }), new Swish(), new Dense({ units: 1 })], {
  inputShape: [1],
  seed: 1,
});
model.compile({ optimizer: new Adam({ learningRate: 0.01 }), loss: "meanSquaredError" });

// y = sin 3x on 64 points.
const xs = Array.from({ length: 64 }, (_, i) => [i / 32 - 1]);
const ys = xs.map(([x]) => [Math.sin(3 * x)]);
const { epochs } = await model.fit(xs, ys, { epochs: 400, batchSize: 16 });
console.log(`loss ${epochs[0].loss.toFixed(3)} at first, ${epochs.at(-1).loss.toFixed(4)} at the end`);

const inputs = { data: Float32Array.from(xs.flat()), shape: [64, 1] };
const labels = { data: Float32Array.from(ys.flat()), shape: [64, 1] };
const batch = { name: "sine", inputs, labels, scaling: { kind: "none" } };
const checks = await checkGradients(model, batch, { loss: meanSquaredError() });
const off = checks.filter(({ error, gradient }) => error > 1e-3 * (gradient + 1e-3));
console.log(`gradients of ${checks.length} parameters checked, ${off.length} off`);
await model.close();
