import { elementwise } from "../ops/elementwise.js";
import { mean } from "../ops/reductions.js";
import { targetsLike } from "../ops/targets-like.js";
import type { Loss } from "./loss.js";

const each = elementwise("hinge", ["y", "t"], ({ y, t }) => t.gt(0).where(y.neg(), y).add(1).relu());

/**
 * The loss of a support vector machine: L = Σ max(0, 1 − s·y) / n over all n numbers of the batch, with s = 1 where the target is above 0 and
 * −1 elsewhere: targets may be 0 and 1, or −1 and 1. dL/dy = −s/n where s·y < 1, else 0. A single output counts as yes above 0.
 *
 * prediction [batch, …], target of the same shape, or [batch] for [batch, 1]. A model ends in Dense; a Sigmoid behind it is left out of the loss.
 */
export function hinge(): Loss {
  return {
    name: "hinge",
    target: "dense",
    onLogits: "sigmoid",
    config: () => ({}),
    call: (prediction, target) => mean(each(prediction, targetsLike("hinge", prediction, target))),
  };
}
