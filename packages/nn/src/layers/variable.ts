import { type Shape, sameShape } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import type { Initializer } from "../initializers/initializer.js";
import { parameterTensor } from "../ops/leaves.js";

/** Numbers that live as long as the model, owned by a layer. */
export interface Variable {
  /** `dense1/kernel`: the layer's name and the layer's name for it. */
  readonly name: string;
  readonly shape: Shape;
  readonly initializer: Initializer;
  /** What ops take. In a pass that assigns to the variable, a later call of the same layer finds here what the earlier one assigned. */
  readonly tensor: Tensor;
  /** Whether an optimizer's update touches it. */
  readonly trainable: boolean;
  /** Learnt by gradients, or kept by its layer's own `assign`. */
  readonly role: "trained" | "state";
}

/** A variable; the older name, from when all of them were learnt. */
export type Parameter = Variable;

/** A variable as its layer holds it: named by the layer, which may get its own name later. */
export class OwnedVariable implements Variable {
  /** What stands for the variable's place in memory. */
  readonly leaf: Tensor;
  #current: Tensor | undefined;

  constructor(
    private readonly owner: { readonly name: string; readonly trainable: boolean },
    private readonly ownName: string,
    readonly shape: Shape,
    public initializer: Initializer,
    readonly role: Variable["role"],
    private readonly ownTrainable: boolean,
  ) {
    this.leaf = parameterTensor(this.name, shape);
  }

  get name(): string {
    return `${this.owner.name}/${this.ownName}`;
  }

  get trainable(): boolean {
    return this.ownTrainable && this.owner.trainable;
  }

  get tensor(): Tensor {
    return this.#current ?? this.leaf;
  }

  /** Lets `tensor` be what was assigned, until it is told otherwise. */
  show(value: Tensor | undefined): void {
    this.#current = value;
  }

  /** What it is to begin as, in place of what its layer said. */
  begin(initializer: Initializer): void {
    this.initializer = initializer;
  }

  fits(value: Tensor): boolean {
    return value.type === "f32" && sameShape(value.shape, this.shape);
  }
}
