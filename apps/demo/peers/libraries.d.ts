// What is used of the other libraries, in the words that are used here: the site is checked whether they are installed or not.

declare module "@tensorflow/tfjs-core" {
  export interface Tensor {
    dataSync(): Float32Array;
    dispose(): void;
  }
  export function tensor(data: Float32Array, shape: readonly number[]): Tensor;
  export function transpose(x: Tensor, axes: readonly number[]): Tensor;
  export function tidy<T>(work: () => T): T;
  export function env(): { set(flag: string, value: boolean): void };
  export function setBackend(name: string): Promise<boolean>;
  export const losses: { softmaxCrossEntropy(labels: Tensor, logits: Tensor): Tensor };
  export const train: {
    adam(
      learningRate: number,
      beta1: number,
      beta2: number,
      epsilon: number,
    ): { minimize(loss: () => Tensor, returnCost: true): Tensor | null };
  };
}

declare module "@tensorflow/tfjs-layers" {
  import type { Tensor } from "@tensorflow/tfjs-core";

  interface Layer {
    setWeights(weights: readonly Tensor[]): void;
  }
  export interface Sequential {
    readonly layers: readonly Layer[];
    readonly outputShape: number[];
    add(layer: Layer): void;
    apply(x: Tensor, options: { training: boolean }): Tensor;
  }
  export function sequential(): Sequential;
  type Options = Readonly<Record<string, string | number | readonly number[]>>;
  export const layers: Readonly<
    Record<"flatten" | "reLU" | "maxPooling2d" | "dense" | "conv2d", (options: Options) => Layer>
  >;
}

declare module "@tensorflow/tfjs-backend-wasm" {
  export function setWasmPaths(paths: Readonly<Record<string, string>>): void;
}

declare module "@jax-js/jax" {
  /** Whoever is given one owns it, but for `ref`, which is one more of it. */
  export interface Array {
    readonly ref: Array;
    readonly shape: number[];
    add(other: Array | number): Array;
    sub(other: Array | number): Array;
    mul(other: Array | number): Array;
    div(other: Array | number): Array;
    sum(): Array;
    reshape(shape: readonly number[]): Array;
    data(): Promise<Float32Array>;
    dispose(): void;
  }
  export function init(device: "wasm"): Promise<string[]>;
  export function defaultDevice(device: "wasm"): string;
  export function jit<A extends readonly unknown[], R>(f: (...args: A) => R): (...args: A) => R;
  export function valueAndGrad<P, A extends readonly unknown[]>(
    f: (parameters: P, ...args: A) => Array,
  ): (parameters: P, ...args: A) => [Array, P];
  export const numpy: {
    array(data: Float32Array): Array;
    zeros(shape: readonly number[]): Array;
    matmul(x: Array, y: Array): Array;
    max(x: Array, axes: readonly number[]): Array;
    greater(x: Array, y: number): Array;
    where(which: Array, x: Array, y: number): Array;
    sqrt(x: Array): Array;
    square(x: Array): Array;
  };
  export const nn: { logSoftmax(x: Array): Array };
  export const lax: {
    convGeneralDilated(
      x: Array,
      kernel: Array,
      strides: readonly number[],
      padding: readonly (readonly [number, number])[],
    ): Array;
  };
}
