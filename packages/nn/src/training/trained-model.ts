import type { Scaling } from "../data/scaling.js";
import type { Shape } from "../graph/shape.js";
import type { Initializer } from "../initializers/initializer.js";
import type { ModelGraph } from "../program/model-programs.js";
import type { StoredTensor } from "../program/parameter-store.js";
import type { DataSchema } from "../schema/data-schema.js";

/** A variable that says how it begins and whether it is learnt. */
interface TrainedVariable extends StoredTensor {
  readonly initializer: Initializer;
  readonly trainable: boolean;
  readonly role: "trained" | "state";
}

/** A graph with such variables: all of them in the order of the layers, and by their roles. */
export interface TrainedNetwork extends ModelGraph {
  readonly variables: readonly TrainedVariable[];
  readonly parameters: readonly TrainedVariable[];
  readonly state: readonly TrainedVariable[];
}

/** How a model's layers are connected, as plain data. */
export interface GraphDescription {
  readonly inputs: readonly { readonly name: string; readonly shape: Shape }[];
  /** Layers by their place in `layers`, applied to values: these are counted from the inputs on, then what each call makes. */
  readonly calls: readonly { readonly layer: number; readonly inputs: readonly number[] }[];
  readonly outputs: readonly number[];
}

/** A loss by its name and options; one of a user's own is known by no name but its own. */
export interface LossDescription {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Where the loss is on logits, what makes probabilities of them; without it outputs are values as they are. */
  readonly onLogits?: "softmax" | "sigmoid";
}

/** What training needs of a model, whichever class it is of. */
export interface TrainedModel {
  readonly name: string;
  readonly seed: number;
  readonly inputShape: Shape;
  /** As plain data: what a checkpoint tells one model from another by. */
  readonly layers: readonly {
    readonly type: string;
    readonly name: string;
    config(): Record<string, unknown>;
  }[];
  /** Undefined where each layer is applied once, to what the one before it made. */
  readonly graph: GraphDescription | undefined;
  readonly network: TrainedNetwork;
  /** These are taken from the data by `fit`. */
  scaling: Scaling;
  classNames: readonly string[] | undefined;
  schema: DataSchema | undefined;
  /** What it was trained to make small. */
  loss: LossDescription | undefined;
}
