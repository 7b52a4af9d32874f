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

/** A tensor rearranged before a step or a hook that wants it otherwise. */
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
  const { outputs, places, after } = request;
  const { steps: laidOut, layoutOf } = layOut(
    makeSteps(after ? [...outputs, after.tensor, ...after.reads] : outputs, request.planning),
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
    if (!place) throw new InternalError("no-place", `${root.op.name} ${root.attributes.name} has no place.`);
    const buffer = newBuffer(bytesOf(root), -1, place.address);
    buffers.set(root, buffer);
    return buffer;
  };

  const copyFor = (from: Tensor, toLayout: Layout | undefined, first: number, place?: number): Copy => ({
    from,
    fromLayout: layoutOf(from),
    toLayout,
    buffer: newBuffer(4 * sizeOf(from.shape), first, place),
  });

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
  const hooked = after && throughViews(after.tensor);
  const hookAt = planned.findIndex(({ step }) => step.node === hooked || step.alsoWrites.includes(hooked!));
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
  for (const output of outputs) {
    const source = bufferOf(output);
    source.last = end;
    const place = places.get(output);
    if (direct.has(output) || (place ? isLeaf(output) : !layoutOf(output))) homes.set(output, source);
    else {
      const copy = copyFor(output, place?.layout, end, place?.address);
      homes.set(output, copy.buffer);
      finals.push(copy);
    }
  }

  shareInPlace(planned, bufferOf);

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
  const scratches = planned.map((entry, index) =>
    entry.scratchBytes ? newBuffer(entry.scratchBytes, index) : undefined,
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
      const rearrange = (copies: readonly Copy[]) => {
        for (const copy of copies) emitCopy(copy, tensorAt(copy.from), at(copy.buffer), emit);
      };
      request.before?.(emit);
      planned.forEach((entry, index) => {
        const { node } = entry.step;
        ({ scope } = node);
        opName = node.op.name;
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
        request.inspect?.(emit, { node, address: tensorAt(node), n: sizeOf(node.shape) });
        if (index !== hookAt) return;
        rearrange(hookCopies);
        after!.emit(emit, (x) => at(hookCopies.find(({ from }) => from === x)?.buffer ?? bufferOf(x)));
      });
      rearrange(finals);
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
    const source = copyOf[step.inPlace]?.buffer ?? bufferOf(step.reads[step.inPlace]!);
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
