import { expect, it } from "vitest";
import {
  Dense,
  ELU,
  GELU,
  GRU,
  type Layer,
  LeakyReLU,
  LSTM,
  MaxPool1d,
  PReLU,
  ReLU,
  RMSNorm,
  SELU,
  SiLU,
  SimpleRNN,
} from "../index.js";
import { nameLayers } from "./name-layers.js";

it("begins a layer's name with a small letter, and an acronym's with small ones", () => {
  const steps = { units: 2, returnSequences: true };
  const layers: Layer[] = [
    ...[new Dense({ units: 1 }), new MaxPool1d(), new RMSNorm(), new GRU(steps), new LSTM(steps)],
    ...[new SimpleRNN(steps), new ReLU(), new LeakyReLU(), new PReLU(), new ELU(), new SELU(), new GELU()],
    ...[new SiLU(), new Dense({ units: 1 })],
  ];
  nameLayers("a model", layers);
  expect(layers.map(({ name }) => name)).toEqual([
    ...["dense1", "maxPool1d1", "rmsNorm1", "gru1", "lstm1"],
    ...["simpleRnn1", "relu1", "leakyRelu1", "prelu1", "elu1", "selu1", "gelu1"],
    ...["silu1", "dense2"],
  ]);
});
