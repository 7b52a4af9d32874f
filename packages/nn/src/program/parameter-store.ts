import type { RandomPlace } from "@loam/kernels-as";
import { type Layout, toMemoryOrder, toRowMajor } from "../graph/layout.js";
import { type Shape, sizeOf } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import type { Machine } from "./machine.js";

export interface StoredTensor {
  readonly name: string;
  readonly shape: Shape;
  readonly tensor: Tensor;
}

/** A parameter or a layer's state by its name, such as `dense1/kernel`, in row-major order. */
export interface NamedValue {
  readonly name: string;
  readonly shape: Shape;
  readonly data: Float32Array;
}

/** Elements; every tensor begins on a cache line of its own, and what pads it begins as 0 and is no tensor's, though updates go over it. */
const ALIGN = 16;

/**
 * A block of tensors that live as long as the model, one behind the other: the parameters, and of the same layout their gradients and each of
 * the optimizer's slots, so that an update is one kernel call over everything.
 */
export class ParameterStore {
  /** Elements of a block, padding included. */
  readonly elements: number;
  readonly #machine: Machine;
  readonly #offsets: readonly number[];

  constructor(
    machine: Machine,
    readonly tensors: readonly StoredTensor[],
    readonly layouts: ReadonlyMap<Tensor, Layout | undefined>,
  ) {
    this.#machine = machine;
    let end = 0;
    this.#offsets = tensors.map(({ shape }) => {
      const offset = end;
      end += Math.ceil(sizeOf(shape) / ALIGN) * ALIGN;
      return offset;
    });
    this.elements = end;
  }

  /** Reserves a block of zeros. @returns its address. */
  allocateBlock(): Promise<number> {
    return this.#machine.allocate(4 * Math.max(ALIGN, this.elements), true);
  }

  /** Where each tensor lies in the block at `block`, by the tensors that stand for them (by default the parameters' own). */
  places(block: number, stand: readonly (Tensor | undefined)[] = this.tensors.map(({ tensor }) => tensor)) {
    const places = new Map<Tensor, { address: number; layout: Layout | undefined }>();
    stand.forEach((tensor, i) => {
      if (tensor) {
        places.set(tensor, {
          address: block + 4 * this.#offsets[i]!,
          layout: this.layouts.get(this.tensors[i]!.tensor),
        });
      }
    });
    return places;
  }

  /** Element ranges of the tensors, for an optimizer's table. */
  ranges(): { name: string; offset: number; length: number }[] {
    return this.tensors.map(({ name, shape }, i) => ({
      name,
      offset: this.#offsets[i]!,
      length: sizeOf(shape),
    }));
  }

  /** For each tensor the first random words of a sequence, at least as many as it has elements, drawn where its values will lie. */
  async drawWords(block: number, places: readonly RandomPlace[]): Promise<Uint32Array[]> {
    const { engine } = this.#machine;
    const blocks = this.tensors.map(({ shape }) => Math.ceil(sizeOf(shape) / 4));
    for (const [i, place] of places.entries()) {
      await engine.randomWords(block + 4 * this.#offsets[i]!, blocks[i]!, place);
    }
    const { buffer } = await engine.read(block, 4 * this.elements);
    return blocks.map((count, i) => new Uint32Array(buffer, 4 * this.#offsets[i]!, 4 * count));
  }

  /** The block's values in their public layouts. */
  async read(block: number): Promise<NamedValue[]> {
    const all = await this.#machine.readF32(block, this.elements);
    return this.tensors.map(({ name, shape, tensor }, i) => {
      const lying = all.slice(this.#offsets[i]!, this.#offsets[i]! + sizeOf(shape));
      return { name, shape, data: toRowMajor(lying, this.layouts.get(tensor)) };
    });
  }

  /** Writes values, one a tensor, given in their public layouts. */
  async write(block: number, values: readonly Float32Array[]): Promise<void> {
    const all = new Float32Array(this.elements);
    this.tensors.forEach(({ tensor }, i) => {
      all.set(toMemoryOrder(values[i]!, this.layouts.get(tensor)), this.#offsets[i]!);
    });
    await this.#machine.engine.write(block, all);
  }
}
