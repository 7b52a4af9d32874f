import type { Plan } from "./plan.js";
import type { Update, UpdatePlaces } from "./update.js";

/** Emits a plan of its own as a part of others, with memory for what it needs on the way. */
export async function emitterOf(
  plan: Plan,
  { machine, keep }: Pick<UpdatePlaces, "machine" | "keep">,
): Promise<Update["emit"]> {
  const arena = plan.arenaBytes > 0 ? keep(await machine.allocate(plan.arenaBytes)) : 0;
  return (emit) => {
    for (const { name, args } of plan.instructions(arena)) emit(name, args as never);
  };
}
