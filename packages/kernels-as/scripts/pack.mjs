// Packs bytes as src/unpack.ts unpacks them; what that file says about the format holds here.
//
// There are many ways to write the same bytes as copies and bytes of their own. The way taken is the cheapest path from the first byte to the
// last, at the prices that the way before it would have set: a few rounds settle it.

const COPY = 0;
const AGAIN = 1024;
const REPEATED_LENGTH = 2048;
const LENGTH = 3072;
const DISTANCE = 4096;
const BYTE = 8192;
const CONTEXTS = BYTE + 2 * 65_536;
const SLOWEST = 40;
const LEAST = 0.002;

const ROUNDS = 5;
/** A copy longer than this is taken whole or not at all: between these lengths little would be gained. */
const ANY_LENGTH = 32;

class Probabilities {
  ones = new Float64Array(CONTEXTS).fill(0.5);
  #seen = new Uint8Array(CONTEXTS);

  learn(context, bit) {
    const p = this.ones[context];
    this.ones[context] = Math.min(1 - LEAST, Math.max(LEAST, p + (bit - p) / (this.#seen[context] + 2)));
    if (this.#seen[context] < SLOWEST) this.#seen[context] += 1;
  }
}

class ArithmeticCoder {
  #low = 0;
  #high = 0xffff_ffff;
  #out = [];

  put(p, bit) {
    const middle = this.#low + Math.floor((this.#high - this.#low) * p);
    if (bit) this.#high = middle;
    else this.#low = middle + 1;
    while ((this.#low ^ this.#high) >>> 24 === 0) {
      this.#out.push(this.#high >>> 24);
      this.#low = (this.#low << 8) >>> 0;
      this.#high = ((this.#high << 8) | 255) >>> 0;
    }
  }

  finish() {
    for (const shift of [24, 16, 8, 0]) this.#out.push((this.#high >>> shift) & 255);
    return Uint8Array.from(this.#out);
  }
}

function putBelow(put, bits, contexts, value) {
  let above = 1;
  for (let i = bits - 1; i >= 0; i--) {
    const bit = (value >> i) & 1;
    put(contexts + above, bit);
    above = 2 * above + bit;
  }
}

function putNumber(put, contexts, value) {
  const bits = 31 - Math.clz32(value);
  putBelow(put, 5, contexts, bits);
  for (let i = bits - 1; i >= 0; i--) {
    const above = value >> (i + 1);
    put(contexts + 32 * (bits + 1) + (above < 16 ? above : 16 + i), (value >> i) & 1);
  }
}

/** Says one step to `put(context, bit)`: a byte of its own (distance 0), or a copy. */
function putStep(put, bytes, at, length, distance, steps, lastDistance) {
  const before = at > 0 ? bytes[at - 1] : 0;
  put(COPY + 4 * before + steps, distance > 0 ? 1 : 0);
  if (distance === 0) {
    const known = steps & 1 ? 256 + bytes[at - lastDistance] : before;
    return putBelow(put, 8, BYTE + 256 * known, bytes[at]);
  }
  put(AGAIN + steps, distance === lastDistance ? 1 : 0);
  if (distance === lastDistance) return putNumber(put, REPEATED_LENGTH, length);
  putNumber(put, LENGTH, length - 1);
  putNumber(put, DISTANCE + 1024 * Math.min(length - 2, 3), distance);
}

const afterStep = (steps, distance) => ((steps << 1) | (distance > 0 ? 1 : 0)) & 3;

function putAll(put, bytes, way) {
  let steps = 0;
  let lastDistance = 0;
  for (const { at, length, distance } of way) {
    putStep(put, bytes, at, length, distance, steps, lastDistance);
    steps = afterStep(steps, distance);
    lastDistance = distance || lastDistance;
  }
}

/** How many bytes from `at` are those from `from` on. */
function alike(bytes, from, at) {
  let length = 0;
  while (at + length < bytes.length && bytes[from + length] === bytes[at + length]) length++;
  return length;
}

/** For each place the copies that could be made there: of growing length, each from as near as that length is found. */
function findCopies(bytes) {
  const previous = new Int32Array(bytes.length);
  const latest = new Map();
  return Array.from(bytes, (byte, at) => {
    const pair = (byte << 8) | bytes[at + 1];
    previous[at] = latest.get(pair) ?? -1;
    latest.set(pair, at);
    const copies = [];
    let longest = 1;
    for (let from = previous[at]; from >= 0; from = previous[from]) {
      if (bytes[from + longest] !== bytes[at + longest]) continue;
      const length = alike(bytes, from, at);
      if (length > longest) copies.push({ length, distance: at - from });
      longest = Math.max(longest, length);
    }
    return copies;
  });
}

/** A first way: every copy of four bytes or more. */
function eagerWay(bytes, copies) {
  const way = [];
  for (let at = 0; at < bytes.length; at += way.at(-1).length) {
    const copy = copies[at].at(-1);
    way.push(copy && copy.length >= 4 ? { at, ...copy } : { at, length: 1, distance: 0 });
  }
  return way;
}

function cheapestWay(bytes, copies, { ones }) {
  const prices = [ones.map((p) => -Math.log2(1 - p)), ones.map((p) => -Math.log2(p))];
  let price = 0;
  const put = (context, bit) => {
    price += prices[bit][context];
  };
  // By place: the cheapest way to it so far, by its cost, its last step and what that leaves behind.
  const costs = new Float64Array(bytes.length + 1).fill(Number.POSITIVE_INFINITY);
  const from = new Int32Array(bytes.length + 1);
  const distances = new Int32Array(bytes.length + 1);
  const stepsAt = new Uint8Array(bytes.length + 1);
  const lastDistances = new Int32Array(bytes.length + 1);
  costs[0] = 0;
  for (let at = 0; at < bytes.length; at++) {
    const steps = stepsAt[at];
    const lastDistance = lastDistances[at];
    const consider = (length, distance) => {
      price = costs[at];
      putStep(put, bytes, at, length, distance, steps, lastDistance);
      const to = at + length;
      if (price >= costs[to]) return;
      costs[to] = price;
      from[to] = at;
      distances[to] = distance;
      stepsAt[to] = afterStep(steps, distance);
      lastDistances[to] = distance || lastDistance;
    };
    const considerFrom = (shortest, length, distance) => {
      for (let l = shortest; l <= Math.min(length, ANY_LENGTH); l++) consider(l, distance);
      if (length > ANY_LENGTH) consider(length, distance);
    };
    consider(1, 0);
    if (lastDistance > 0) considerFrom(1, alike(bytes, at - lastDistance, at), lastDistance);
    let shortest = 2;
    for (const { length, distance } of copies[at]) {
      if (distance !== lastDistance) considerFrom(shortest, length, distance);
      shortest = length + 1;
    }
  }
  const way = [];
  for (let to = bytes.length; to > 0; to = from[to]) {
    way.push({ at: from[to], length: to - from[to], distance: distances[to] });
  }
  return way.reverse();
}

/** The packed form of some bytes. Their number has to be kept beside it. */
export function pack(bytes) {
  const copies = findCopies(bytes);
  let way = eagerWay(bytes, copies);
  for (let round = 0; round < ROUNDS; round++) {
    const learnt = new Probabilities();
    putAll((context, bit) => learnt.learn(context, bit), bytes, way);
    way = cheapestWay(bytes, copies, learnt);
  }
  const probabilities = new Probabilities();
  const coder = new ArithmeticCoder();
  const put = (context, bit) => {
    coder.put(probabilities.ones[context], bit);
    probabilities.learn(context, bit);
  };
  putAll(put, bytes, way);
  return coder.finish();
}
