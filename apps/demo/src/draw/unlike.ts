import type { Sequential } from "@loam/nn";
import { fetchNetwork } from "../app/fetch-network.js";

/** The network that tells digits from what is none; `scripts/train-unlike-network.mjs` made it, and chose the threshold. */
const FILE = "./models/unlike.safetensors";

let loading: Promise<Sequential> | undefined;

/**
 * Whether a 28x28 picture is like no digit. The network that reads digits has never seen anything else and names whatever it is shown, so that
 * a second one is asked; it is loaded with the first drawing.
 */
export async function isUnlikeDigits(picture: Uint8Array, threshold: number): Promise<boolean> {
  loading ??= fetchNetwork(FILE).catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  const model = await loading;
  const { data } = await model.predict({ data: picture, shape: [1, 1, 28, 28] });
  return data[1]! - data[0]! > threshold;
}
