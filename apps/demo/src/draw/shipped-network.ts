/** What is said of the network in `public/models`; see digits.loam.json for how it was trained. */
export const shippedNetwork = {
  path: "./models/digits.safetensors",
  layers: "conv 5×5 (8) – pool – conv 5×5 (24) – pool – dense 64 – dense 10",
  parameters: 44_146,
  samples: 60_000,
  accuracy: 0.9935,
  kilobytes: 179,
} as const;
