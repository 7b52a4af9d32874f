import { InternalError } from "../errors.js";
import { copyPlan, type Layout, sameLayout } from "../graph/layout.js";
import type { KernelPlanning, Lowering } from "../graph/op.js";
import { sizeOf } from "../graph/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { type LaidOutStep, layOut } from "./layouts.js";
import { type Lifetime, planMemory } from "./plan-memory.js";
import { isLeaf, type StepLowering, throughViews } from "./step.js";
import { makeSteps } from "./steps.js";

/** An instruction by name, before it has its words. */
export interface Instruction {
  readonly name: string;
  readonly args: Readonly<Record<string, number | string>>;
  /** The layer and op that it belongs to, for messages. */
  readonly scope: string;
  readonly op: string;
}

type Emit = Lowering["emit"];

export interface PlanRequest {
  /** Tensors to be computed. Those with no place of their own are kept to the end of the program, row-major. */
  readonly outputs: readonly Tensor[];
  /** Where leaves are, and where outputs are to be written, and how they lie there. */
  readonly places: ReadonlyMap<Tensor, { readonly address: number; readonly layout: Layout | undefined }>;
  readonly words: Lowering["words"];
  readonly planning: KernelPlanning;
  /** Byte address of a constant f32 that lives outside the arena. */
  constant(value: number): number;
  /** Instructions before the first step. */
  before?(emit: Emit): void;
  /** Instructions right after a tensor has been computed; `reads` are kept until then. */
  readonly after?: ReadonlyMap<
    Tensor,
    { readonly reads: readonly Tensor[]; emit(emit: Emit, addressOf: (t: Tensor) => number): void }
  >;
  /** Instructions behind the last step. */
  behind?(emit: Emit): void;
  /** Called behind every step with where its result lies: for programs that look for what went wrong. */
  inspect?(emit: Emit, step: { node: Tensor; address: number; n: number }): void;
}

/** A program whose arena has no address yet. */
export interface Plan {
  readonly arenaBytes: number;
  /** Where an output lies, given where the arena lies. */
  addressOf(output: Tensor, arena: number): number;
  instructions(arena: number): Instruction[];
}

/** A tensor's memory: in the arena, or at a place of its own. */
interface Buffer {
  readonly bytes: number;
  readonly place: number | undefined;
  first: number;
  last: number;
  /** The buffer whose memory this one takes over. */
  inside: Buffer | undefined;
  /** The offset in the arena. */
  offset: number;
}

/** A tensor rearranged before a step that wants it otherwise. */
interface Copy {
  readonly from: Tensor;
  readonly fromLayout: Layout | undefined;
  readonly toLayout: Layout | undefined;
  readonly buffer: Buffer;
}

interface PlannedStep extends LaidOutStep {
  readonly copies: readonly Copy[];
  /** One a read: the step's own copy, or undefined for the tensor's buffer. */
  readonly copyOf: readonly (Copy | undefined)[];
  scratchBytes: number;
}

/** Turns tensors into a program: fuses, lays out, and gives every intermediate an offset by its lifetime. */
export function makePlan(request: PlanRequest): Plan {
  const { outputs, places, after = new Map() } = request;
  const hookReads = [...after.values()].flatMap(({ reads }) => reads);
  const { steps: laidOut, layoutOf } = layOut(
    makeSteps([...outputs, ...after.keys(), ...hookReads], request.planning),
    (leaf) => places.get(leaf)?.layout,
  );
  const buffers = new Map<Tensor, Buffer>();
  const all: Buffer[] = [];
  const newBuffer = (bytes: number, first: number, place?: number): Buffer => {
    const buffer: Buffer = { bytes, place, first, last: first, inside: undefined, offset: 0 };
    all.push(buffer);
    return buffer;
  };
  const bufferOf = (tensor: Tensor): Buffer => {
    const root = throughViews(tensor);
    const known = buffers.get(root);
    if (known) return known;
    if (!isLeaf(root)) throw new InternalError("no-buffer", `${root.op.name} is read before it is computed.`);
    const place = places.get(root);
    if (!place)
      throw new InternalError("no-place", `${root.op.name} ${String(root.attributes.name)} has no place.`);
    const buffer = newBuffer(bytesOf(root), -1, place.address);
    buffers.set(root, buffer);
    return buffer;
  };

  // Outputs that are views, or that lie otherwise than their place wants, are copied there behind the last step.
  const direct = new Map<Tensor, number>();
  for (const output of outputs) {
    const place = places.get(output);
    if (
      place &&
      !isLeaf(output) &&
      throughViews(output) === output &&
      sameLayout(place.layout, layoutOf(output))
    ) {
      direct.set(output, place.address);
    }
  }

  const planned: PlannedStep[] = laidOut.map(({ step, reads, output }, index) => {
    const copies: Copy[] = [];
    const copyOf = step.reads.map((x, i) => {
      const has = layoutOf(x);
      if (sameLayout(has, reads[i])) return undefined;
      const copy: Copy = {
        from: x,
        fromLayout: has,
        toLayout: reads[i],
        buffer: newBuffer(4 * sizeOf(x.shape), index),
      };
      copies.push(copy);
      return copy;
    });
    for (const x of step.reads) bufferOf(x).last = index;
    for (const written of [step.node, ...step.alsoWrites]) {
      buffers.set(written, newBuffer(bytesOf(written), index, direct.get(written)));
    }
    return { step, reads, output, copies, copyOf, scratchBytes: 0 };
  });
  const end = planned.length;
  planned.forEach(({ step }, index) => {
    for (const written of [step.node, ...step.alsoWrites]) {
      const hook = after.get(written);
      // Behind this step and before the next: no later than half a step, so that this step does not write over what the hook reads.
      for (const read of hook?.reads ?? []) bufferOf(read).last = Math.max(bufferOf(read).last, index + 0.5);
    }
  });

  const finals: Copy[] = [];
  const homes = new Map<Tensor, Buffer>();
  for (const output of outputs) {
    const source = bufferOf(output);
    source.last = end;
    const place = places.get(output);
    if (direct.has(output) || (place && isLeaf(output))) homes.set(output, source);
    else if (!place && layoutOf(output) === undefined) homes.set(output, source);
    else {
      const buffer = newBuffer(4 * sizeOf(output.shape), end, place?.address);
      homes.set(output, buffer);
      finals.push({ from: output, fromLayout: layoutOf(output), toLayout: place?.layout, buffer });
    }
  }

  shareInPlace(planned, bufferOf);

  // A first pass with addresses that mean nothing finds how much working space each step asks for.
  planned.forEach((entry) => {
    const probe = { bytes: 0 };
    lowerStep(
      entry,
      () => 0,
      () => {},
      request,
      (bytes) => {
        probe.bytes += align(bytes);
        return 0;
      },
    );
    entry.scratchBytes = probe.bytes;
  });
  const scratches = planned.map((entry, index) =>
    entry.scratchBytes > 0 ? newBuffer(entry.scratchBytes, index) : undefined,
  );

  const inArena = all.filter((buffer) => buffer.place === undefined && !buffer.inside);
  const { offsets, bytes: arenaBytes } = planMemory(inArena as readonly Lifetime[]);
  inArena.forEach((buffer, i) => {
    buffer.offset = offsets[i]!;
  });
  const address = (buffer: Buffer, arena: number): number =>
    buffer.place ?? (buffer.inside ? address(buffer.inside, arena) : arena + buffer.offset);

  return {
    arenaBytes,
    addressOf: (output, arena) => address(homes.get(output)!, arena),
    instructions(arena) {
      const result: Instruction[] = [];
      let scope = "";
      let opName = "";
      const emit: Emit = (name, args) => result.push({ name, args, scope, op: opName });
      const at = (buffer: Buffer) => address(buffer, arena);
      const tensorAt = (tensor: Tensor) => at(bufferOf(tensor));
      request.before?.(emit);
      planned.forEach((entry, index) => {
        const { node, alsoWrites } = entry.step;
        ({ scope } = node);
        opName = node.op.name;
        for (const copy of entry.copies) emitCopy(copy, tensorAt(copy.from), at(copy.buffer), emit);
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
        request.inspect?.(emit, { node, address: tensorAt(node), n: sizeOf(node.shape) });
        for (const written of [node, ...alsoWrites]) after.get(written)?.emit(emit, tensorAt);
      });
      for (const copy of finals) emitCopy(copy, tensorAt(copy.from), at(copy.buffer), emit);
      request.behind?.(emit);
      return result;
    },
  };

  function lowerStep(
    entry: PlannedStep,
    at: (buffer: Buffer) => number,
    emit: Emit,
    { words, planning, constant }: PlanRequest,
    scratch: (bytes: number) => number,
    tensorAt: (tensor: Tensor) => number = () => 0,
  ): void {
    const { step, reads, copyOf } = entry;
    const lowering: StepLowering = {
      node: step.node,
      y: at(bufferOf(step.node)),
      x: step.reads.map((x, i) => at(copyOf[i]?.buffer ?? bufferOf(x))),
      n: sizeOf(step.node.shape),
      layout: (input) => reads[input],
      emit,
      scratch,
      words,
      planning,
      constant,
      addressOf: tensorAt,
    };
    step.lower(lowering);
  }
}

const align = (bytes: number) => Math.ceil(bytes / 64) * 64;

function bytesOf(tensor: Tensor): number {
  return 4 * sizeOf(tensor.shape) + (tensor.op.extraBytes?.(tensor) ?? 0);
}

/** Lets a step write over an input that nobody needs after it. */
function shareInPlace(planned: readonly PlannedStep[], bufferOf: (tensor: Tensor) => Buffer): void {
  planned.forEach(({ step, copyOf }, index) => {
    if (step.inPlace === undefined || step.alsoWrites.length > 0) return;
    const x = step.reads[step.inPlace];
    if (!x) return;
    const source = copyOf[step.inPlace]?.buffer ?? bufferOf(x);
    const target = bufferOf(step.node);
    // Another read of the same memory would see it half overwritten only if it were repeated or shifted: those keep it alive as a buffer.
    const usedTwice = step.reads.some(
      (other, i) => i !== step.inPlace && (copyOf[i]?.buffer ?? bufferOf(other)) === source,
    );
    if (usedTwice || source.place !== undefined || target.place !== undefined) return;
    if (source.last !== index || target.bytes > source.bytes) return;
    const root = rootOf(source);
    target.inside = root;
    root.last = Math.max(root.last, target.last);
  });
}

function rootOf(buffer: Buffer): Buffer {
  let root = buffer;
  while (root.inside) root = root.inside;
  return root;
}

/** Up to six dimensions, as many as the permuting instruction takes. */
const PERMUTE_RANK = 6;

function emitCopy({ from, fromLayout, toLayout }: Copy, x: number, y: number, emit: Emit): void {
  const { sizes, strides } = copyPlan(fromLayout, toLayout, sizeOf(from.shape));
  if (sizes.length > PERMUTE_RANK) {
    throw new InternalError("permute-rank", `a tensor of ${sizes.length} dimensions has to be rearranged.`);
  }
  const args: Record<string, number> = { y, x, rank: sizes.length };
  for (let i = 0; i < PERMUTE_RANK; i++) {
    args[`dim${i}`] = sizes[i] ?? 1;
    args[`stride${i}`] = strides[i] ?? 0;
  }
  emit("permute", args);
}
