import type { InstructionName } from "@loam/kernels-as";
import { ConfigError, InternalError, type LoamError } from "../errors.js";
import { type Layout, sameLayout } from "../graph/layout.js";
import type { Assign, Instructions, KernelPlanning, Lowering } from "../graph/op.js";
import { sizeOf } from "../graph/shape.js";
import { bytesPerElement, reachable, type Tensor } from "../graph/tensor.js";
import { isStepLeaf } from "../ops/loop-body.js";
import { type Buffer, newBuffer as makeBuffer, type Place, shareInPlace } from "./buffers.js";
import type { Instruction } from "./instructions.js";
import { type LaidOutStep, layOut } from "./layouts.js";
import { withMaps } from "./load-maps.js";
import { planMemory } from "./plan-memory.js";
import { emitRearrangement } from "./rearrange.js";
import { emitRepeated, type Part } from "./repeat.js";
import { isLeaf, type StepLowering, throughViews } from "./step.js";
import { makeSteps } from "./steps.js";
import { listed } from "./unit.js";
import { type Touched, Waits } from "./waits.js";

export type { Assign } from "../graph/op.js";

type Emit = <K extends InstructionName>(name: K, args: Instructions[K], barrier?: boolean) => void;

export interface PlanRequest {
  /** Tensors to be computed. Those with no place of their own are kept to the end of the program, row-major. */
  readonly outputs: readonly Tensor[];
  /** Where leaves are, and where outputs are to be written, and how they lie there. */
  readonly places: ReadonlyMap<Tensor, { readonly address: number; readonly layout: Layout | undefined }>;
  readonly words: Lowering["words"];
  readonly planning: KernelPlanning;
  /** Byte address of a constant f32 that lives outside the arena. */
  constant(value: number): number;
  /** What leaves are to hold when the program is over; see `Assign`. */
  readonly assigns?: readonly Assign[];
  /** Instructions before the first step. */
  before?(emit: Emit): void;
  /** Instructions right after a tensor has been computed; `reads` are kept until then, and lie row-major for them. */
  readonly after?: {
    readonly tensor: Tensor;
    readonly reads: readonly Tensor[];
    emit(emit: Emit, addressOf: (t: Tensor) => number): void;
  };
  /** Instructions behind the last step. */
  behind?(emit: Emit): void;
  /** Called behind every step with where its result lies: for programs that look for what went wrong. */
  inspect?(emit: Emit, step: { node: Tensor; address: number; n: number }): void;
  /** True for a plan whose instructions wait for each other only where one needs what others did: for loops, in which waiting is much of the time. */
  readonly sparing?: boolean;
  /** True for memory of its own for every buffer, all along: what a plan is compared with that shares it. */
  readonly apart?: boolean;
}

/** A program whose arena has no address yet. */
export interface Plan {
  readonly arenaBytes: number;
  /** Where an output lies, given where the arena lies. */
  addressOf(output: Tensor, arena: number): number;
  instructions(arena: number): Instruction[];
}

/** A tensor rearranged before a step or a hook that wants it otherwise. */
interface Copy {
  readonly from: Tensor;
  readonly fromLayout: Layout | undefined;
  readonly toLayout: Layout | undefined;
  readonly buffer: Buffer;
  /** Where the tensor's values were put aside, if they were. */
  readonly held?: Buffer;
}

interface PlannedStep extends LaidOutStep {
  readonly copies: readonly Copy[];
  /** One a read: the step's own copy, or undefined for the tensor's buffer. */
  readonly copyOf: readonly (Copy | undefined)[];
  scratchBytes: number;
  /** What it runs again and again. */
  part?: Part;
}

/** `makePlan`, with the planner of maps where it is needed. */
export function planned(request: PlanRequest): Promise<Plan> {
  return withMaps(() => makePlan(request));
}

/** Turns tensors into a program: fuses, lays out, and gives every intermediate an offset by its lifetime. Called inside `withMaps`. */
export function makePlan(request: PlanRequest): Plan {
  const { outputs, places, after, assigns = [] } = request;
  const hookTensors = after ? [after.tensor, ...after.reads] : [];
  const { steps: laidOut, layoutOf } = layOut(
    makeSteps([...outputs, ...hookTensors, ...assigns.map(({ value }) => value)], {
      planning: request.planning,
      // Who looks for what went wrong wants to see the result of every op.
      grouped: !request.inspect,
    }),
    (leaf) => places.get(leaf)?.layout,
  );
  const buffers = new Map<Tensor, Buffer>();
  const all: Buffer[] = [];
  const newBuffer = (bytes: number, first: number, place?: Place): Buffer => {
    const buffer = makeBuffer(bytes, first, place);
    all.push(buffer);
    return buffer;
  };
  const bufferOf = (tensor: Tensor): Buffer => {
    const root = throughViews(tensor);
    const known = buffers.get(root);
    if (known) return known;
    if (!isLeaf(root)) throw new InternalError("no-buffer", `${root.op.name} is read before it is computed.`);
    const place = places.get(root);
    if (!place) throw withoutPlace(root);
    const buffer = newBuffer(bytesOf(root), -1, place);
    buffers.set(root, buffer);
    return buffer;
  };

  const copyFor = (from: Tensor, toLayout: Layout | undefined, first: number, place?: Place): Copy => ({
    from,
    fromLayout: layoutOf(from),
    toLayout,
    buffer: newBuffer(4 * sizeOf(from.shape), first, place),
  });

  const hooked = after && throughViews(after.tensor);
  const hookAt = laidOut.findIndex(({ step }) => step.node === hooked || step.alsoWrites.includes(hooked!));
  // What goes to a place of its own is written there by its step, unless it is a view or lies otherwise than its place wants, or somebody
  // still needs what the place holds: then it is copied there behind the last step.
  const direct = new Map<Tensor, Place>();
  const landsAt = (value: Tensor, place: (Place & { layout: Layout | undefined }) | undefined) => {
    if (!place || isLeaf(value) || throughViews(value) !== value || direct.has(value)) return false;
    if (sameLayout(place.layout, layoutOf(value))) direct.set(value, place);
    return direct.has(value);
  };
  for (const output of outputs) landsAt(output, places.get(output));
  const makers = new Map<Tensor, number>();
  const readers = new Map<Tensor, { readonly index: number; readonly read: number }[]>();
  laidOut.forEach(({ step }, index) => {
    for (const written of [step.node, ...step.alsoWrites]) makers.set(written, index);
    step.reads.forEach((x, read) => {
      listed(readers, throughViews(x)).push({ index, read });
    });
  });
  const kept = new Set([...outputs, ...assigns.map(({ value }) => value)].map(throughViews));
  const copied = assigns.filter(({ to, value }) => {
    if (!mayBeOverwritten(to, value)) return true;
    return !landsAt(value, places.get(to));
  });

  /** Whether the step that makes `value` may write it over the leaf: nobody reads the leaf later, and the program is not left later either. */
  function mayBeOverwritten(to: Tensor, value: Tensor): boolean {
    const maker = makers.get(value) ?? -1;
    if (maker <= hookAt || kept.has(to)) return false;
    return listed(readers, to).every(({ index, read }) => {
      if (index < maker) return true;
      const { step, reads } = laidOut[index]!;
      const which = [step.node, ...step.alsoWrites].indexOf(value);
      return index === maker && sameLayout(layoutOf(to), reads[read]) && step.overwrites(which, read);
    });
  }

  const planned: PlannedStep[] = laidOut.map(({ step, reads }, index) => {
    const copies: Copy[] = [];
    const copyOf = step.reads.map((x, i) => {
      if (sameLayout(layoutOf(x), reads[i])) return undefined;
      const copy = copyFor(x, reads[i], index);
      copies.push(copy);
      return copy;
    });
    for (const x of step.reads) bufferOf(x).last = index;
    for (const written of [step.node, ...step.alsoWrites]) {
      buffers.set(written, newBuffer(bytesOf(written), index, direct.get(written)));
    }
    return { step, reads, copies, copyOf, scratchBytes: 0 };
  });
  const hookCopies: Copy[] = [];
  for (const from of after?.reads ?? []) {
    // Behind this step and before the next: no later than half a step, so that this step does not write over what the hook reads.
    const moment = hookAt + 0.5;
    bufferOf(from).last = Math.max(bufferOf(from).last, moment);
    if (layoutOf(from)) hookCopies.push(copyFor(from, undefined, moment));
  }

  const finals: Copy[] = [];
  const homes = new Map<Tensor, Buffer>();
  const end = planned.length;
  const targets = new Set(copied.map(({ to }) => to));
  for (const output of outputs) {
    const source = bufferOf(output);
    source.last = end;
    // Where a leaf lies is no place to write it to; and one that is assigned to is an output as it was.
    const place = isLeaf(output) ? undefined : places.get(output);
    const stays = !targets.has(throughViews(output)) && !place && !layoutOf(output);
    if (direct.has(output) || stays) homes.set(output, source);
    else {
      const copy = copyFor(output, place?.layout, end, place);
      homes.set(output, copy.buffer);
      finals.push(copy);
    }
  }
  // Behind all else, and of leaves that are assigned to themselves first what they held before: one may become what another was.
  const assigned: Copy[] = [];
  for (const { to, value } of copied) {
    const place = places.get(to);
    if (!place) throw withoutPlace(to);
    bufferOf(value).last = end + 1;
    let from = value;
    let held: Copy | undefined;
    if (targets.has(throughViews(value))) {
      held = copyFor(value, place.layout, end);
      held.buffer.last = end + 1;
      finals.push(held);
      from = value;
    }
    assigned.push({
      from,
      fromLayout: held ? place.layout : layoutOf(value),
      toLayout: place.layout,
      buffer: newBuffer(bytesOf(to), end + 1, place),
      ...(held && { held: held.buffer }),
    });
  }

  if (!request.apart) {
    shareInPlace(
      planned.map(({ step, copyOf }) => ({
        step,
        reads: step.reads.map((x, i) => copyOf[i]?.buffer ?? bufferOf(x)),
        writes: [step.node, ...step.alsoWrites].map(bufferOf),
      })),
    );
  }

  // A first pass with addresses that mean nothing finds how much working space each step asks for.
  planned.forEach((entry) => {
    lowerStep(
      entry,
      () => 0,
      () => {},
      request,
      (bytes) => {
        entry.scratchBytes += align(bytes);
        return 0;
      },
    );
  });
  const scratches = planned.map((entry, index) => {
    if (!entry.scratchBytes) return undefined;
    const buffer = newBuffer(entry.scratchBytes, index);
    // Products side by side, as those of a cell's gates, need not wait for each other if each has its own.
    if (request.sparing) buffer.last = Math.min(end, index + SIDE_BY_SIDE);
    return buffer;
  });

  const inArena = all.filter((buffer) => buffer.place === undefined && !buffer.inside);
  const { offsets, bytes: arenaBytes } = planMemory(
    inArena.map(({ bytes, first, last }) =>
      request.apart ? { bytes, first: 0, last: end } : { bytes, first, last },
    ),
  );
  inArena.forEach((buffer, i) => {
    buffer.offset = offsets[i]!;
  });
  const address = (buffer: Buffer, arena: number): number =>
    buffer.place?.address ?? (buffer.inside ? address(buffer.inside, arena) : arena + buffer.offset);

  return {
    arenaBytes,
    addressOf: (output, arena) => address(homes.get(output)!, arena),
    instructions(arena) {
      const result: Instruction[] = [];
      let scope = "";
      let opName = "";
      const waits = new Waits(request.sparing ?? false);
      const emit: Emit = (name, args, barrier = true) => {
        const waited = waits.next() && barrier;
        result.push({ name, args, scope, op: opName, ...(!waited && { barrier: false }) });
      };
      const at = (buffer: Buffer) => address(buffer, arena);
      const tensorAt = (tensor: Tensor) => at(bufferOf(tensor));
      const rearrange = (copies: readonly Copy[]) => {
        for (const { from, fromLayout, toLayout, buffer, held } of copies) {
          const x = held ? at(held) : tensorAt(from);
          emitRearrangement(emit, {
            x,
            y: at(buffer),
            size: sizeOf(from.shape),
            from: fromLayout,
            to: toLayout,
          });
        }
      };
      request.before?.(emit);
      planned.forEach((entry, index) => {
        const { node } = entry.step;
        ({ scope } = node);
        opName = node.op.name;
        waits.begin(touchedBy(entry, scratches[index], at));
        rearrange(entry.copies);
        let scratch = scratches[index] ? at(scratches[index]!) : 0;
        lowerStep(
          entry,
          at,
          emit,
          request,
          (bytes) => {
            const here = scratch;
            scratch += align(bytes);
            return here;
          },
          tensorAt,
        );
        waits.end();
        if (node.type === "f32")
          request.inspect?.(emit, { node, address: tensorAt(node), n: sizeOf(node.shape) });
        if (index !== hookAt) return;
        rearrange(hookCopies);
        after!.emit(emit, (x) => at(hookCopies.find(({ from }) => from === x)?.buffer ?? bufferOf(x)));
      });
      rearrange(finals);
      rearrange(assigned);
      request.behind?.(emit);
      return result;
    },
  };

  /** The memory of a step. */
  function touchedBy(
    { step, copies, copyOf }: PlannedStep,
    scratch: Buffer | undefined,
    at: (buffer: Buffer) => number,
  ): Touched[] {
    const range = (buffer: Buffer, writes: boolean): Touched => {
      const begin = at(buffer);
      return { begin, end: begin + buffer.bytes, writes };
    };
    return [
      ...step.reads.map((x, i) => range(copyOf[i]?.buffer ?? bufferOf(x), false)),
      ...copies.map(({ from }) => range(bufferOf(from), false)),
      ...copies.map(({ buffer }) => range(buffer, true)),
      ...[step.node, ...step.alsoWrites].map((y) => range(bufferOf(y), true)),
      ...(scratch ? [range(scratch, true)] : []),
    ];
  }

  function lowerStep(
    entry: PlannedStep,
    at: (buffer: Buffer) => number,
    emit: Emit,
    request: PlanRequest,
    scratch: (bytes: number) => number,
    tensorAt?: (tensor: Tensor) => number,
  ): void {
    const { words, planning, constant } = request;
    const { step, reads, copyOf } = entry;
    const lowering: StepLowering = {
      node: step.node,
      y: at(bufferOf(step.node)),
      ys: step.node.node.outputs.map((output) => (buffers.has(output) ? at(bufferOf(output)) : 0)),
      isWanted: (output) => buffers.has(step.node.node.outputs[output]!),
      x: step.reads.map((x, i) => at(copyOf[i]?.buffer ?? bufferOf(x))),
      n: sizeOf(step.node.shape),
      layout: (input) => reads[input],
      emit,
      scratch,
      words,
      planning,
      constant,
      addressOf: tensorAt ?? (() => 0),
      repeat: (assigns, count, place) => {
        entry.part ??= planPart(assigns(), request);
        const isMeasuring = tensorAt === undefined;
        emitRepeated(entry.part, { count, place, emit, scratch, threads: planning.threads, isMeasuring });
      },
      isMeasuring: tensorAt === undefined,
    };
    step.lower(lowering);
  }
}

/** What a loop runs in every turn: a plan of its own, whose leaves lie elsewhere each time. */
function planPart(assigns: readonly Assign[], { words, planning, constant, apart }: PlanRequest): Part {
  const leaves = [...reachable(assigns.map(({ value }) => value)), ...assigns.map(({ to }) => to)];
  const places = new Map(leaves.filter(isLeaf).map((leaf) => [leaf, { address: 0, layout: undefined }]));
  const request = { words, planning, constant, outputs: [], places, assigns, sparing: true };
  const plan = makePlan(apart ? { ...request, apart } : request);
  const write: Part["write"] = (arena, addressOf) => {
    for (const [leaf, place] of places) place.address = addressOf(leaf);
    return plan.instructions(arena);
  };
  // Written once at addresses that are no true ones, but apart from each other as those are.
  let end = 64;
  const apartFromOthers = (leaf: Tensor) => {
    const address = end;
    end += align(bytesOf(leaf));
    return address;
  };
  const { length } = write(2 ** 31, apartFromOthers);
  return { bytes: plan.arenaBytes, length, write };
}

/** For how many steps more a sparing plan keeps a step's working space. */
const SIDE_BY_SIDE = 3;

const align = (bytes: number) => Math.ceil(bytes / 64) * 64;

function bytesOf(tensor: Tensor): number {
  return bytesPerElement(tensor.type) * sizeOf(tensor.shape);
}

/** What is wrong with a leaf that lies nowhere. */
function withoutPlace(leaf: Tensor): LoamError {
  if (isStepLeaf(leaf)) {
    return new ConfigError(
      "kept-from-step",
      "scan: a tensor of a step is used outside of it, where it has no value; return it from the step, as one of outputs.",
    );
  }
  return new InternalError("no-place", `${leaf.op.name} ${leaf.attributes.name} has no place.`);
}
