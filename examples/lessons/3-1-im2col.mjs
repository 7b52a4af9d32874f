// Lesson 3-1: im2col and col2im as they are. A 4x4 picture under a 3x3 window: each place of the window becomes a row, so that a
// convolution is one matrix product; col2im adds every entry back to where it came from.
import { gemmScratchBytes, instantiate } from "@loam/kernels-as";

const kernels = await instantiate();
const { memory } = kernels;
const window = {
  ...{
    batch: 1,
    height: 4,
    width: 4,
    channels: 1,
    outHeight: 2,
    outWidth: 2,
    kernelHeight: 3,
    kernelWidth: 3,
  },
  ...{ strideHeight: 1, strideWidth: 1, padTop: 0, padLeft: 0, dilationHeight: 1, dilationWidth: 1 },
};
const [x, cols, back, w, y] = [16, 36, 16, 9, 4].map((numbers) => memory.allocate(4 * numbers));

/** Prints numbers as a matrix. */
function show(title, address, rows, columns) {
  const numbers = memory.f32(address, rows * columns);
  console.log(title);
  for (let row = 0; row < rows; row++) {
    const line = Array.from(numbers.subarray(row * columns, (row + 1) * columns), (n) =>
      String(n).padStart(4),
    );
    console.log(line.join(""));
  }
}

memory.f32(x, 16).set(Array.from({ length: 16 }, (_, i) => i + 1));
show("x, a picture of 4x4", x, 4, 4);

kernels.run("im2col", { x, cols, ...window });
show("im2col(x): four places, nine values each", cols, 4, 9);

// A kernel that takes the right-hand neighbour less the left-hand one: every row of x grows by 2 over two columns.
memory.f32(w, 9).set([0, 0, 0, -1, 0, 1, 0, 0, 0]);
const sizes = { M: 4, N: 1, K: 9 };
const scratch = memory.allocate(gemmScratchBytes(sizes, 1));
kernels.run("gemm", {
  ...{ a: cols, b: w, c: y, bias: 0, scratch },
  ...{ ...sizes, lda: 9, ldb: 1, ldc: 1, transA: 0, transB: 0, accumulate: 0, activation: 0 },
  ...{ batch: 1, strideA: 0, strideB: 0, strideC: 0 },
});
show("im2col(x) · w, a convolution", y, 2, 2);

kernels.run("col2im", { cols, dx: back, ...window });
show("col2im(im2col(x)): each value times the number of windows that see it", back, 4, 4);
