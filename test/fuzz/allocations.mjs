// Counts what typed arrays and WebAssembly memories take, from the moment it is called on: a huge array that nobody touches is free for the
// system, and is still what a file must not be able to ask for.

const ARRAYS = [
  "ArrayBuffer",
  "Uint8Array",
  "Uint8ClampedArray",
  "Uint16Array",
  "Uint32Array",
  "Int8Array",
  "Int16Array",
  "Int32Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
  "BigUint64Array",
];

/** Call it before what it is to watch is imported. */
export function allocations() {
  let total = 0;
  const counted = (array) => {
    total += array.byteLength;
    return array;
  };
  for (const name of ARRAYS) {
    const Own = globalThis[name];
    globalThis[name] = new Proxy(Own, {
      construct(target, args, by) {
        const array = Reflect.construct(target, args, by === globalThis[name] ? target : by);
        // A view of a buffer takes nothing.
        return args[0] instanceof ArrayBuffer || args[0] instanceof SharedArrayBuffer
          ? array
          : counted(array);
      },
    });
  }
  const { grow } = WebAssembly.Memory.prototype;
  WebAssembly.Memory.prototype.grow = function (pages) {
    const before = grow.call(this, pages);
    total += 65536 * pages;
    return before;
  };
  return {
    total: () => total,
    reset: () => {
      total = 0;
    },
  };
}
