// The rung below: each kernel as the loop in plain JavaScript that one would write without a library, on typed arrays.

export function gemm({ a, b, c, M, N, K }) {
  for (let i = 0; i < M; i++) {
    for (let j = 0; j < N; j++) c[i * N + j] = 0;
    for (let k = 0; k < K; k++) {
      const x = a[i * K + k];
      for (let j = 0; j < N; j++) c[i * N + j] += x * b[k * N + j];
    }
  }
}

export function unary({ y, x }, f) {
  for (let i = 0; i < x.length; i++) y[i] = f(x[i]);
}

export const relu = (operands) => unary(operands, (x) => Math.max(x, 0));
export const exp = (operands) => unary(operands, Math.exp);
export const log = (operands) => unary(operands, Math.log);
export const tanh = (operands) => unary(operands, Math.tanh);
export const sigmoid = (operands) => unary(operands, (x) => 1 / (1 + Math.exp(-x)));

export function reluGrad({ dx, y, dy }) {
  for (let i = 0; i < y.length; i++) dx[i] = y[i] > 0 ? dy[i] : 0;
}

export function add({ y, a, b }) {
  for (let i = 0; i < a.length; i++) y[i] = a[i] + b[i];
}

export function addRows({ y, a, b, rows, cols }) {
  for (let r = 0; r < rows; r++) for (let c = 0; c < cols; c++) y[r * cols + c] = a[r * cols + c] + b[c];
}

/** The host's generator in place of a reproducible one. */
export function dropout({ y, x, rate }) {
  const scale = 1 / (1 - rate);
  for (let i = 0; i < x.length; i++) y[i] = Math.random() < rate ? 0 : x[i] * scale;
}

export function sumRows({ y, x, rows, cols }) {
  y.fill(0);
  for (let r = 0; r < rows; r++) for (let c = 0; c < cols; c++) y[c] += x[r * cols + c];
}

export function softmax({ y, x, rows, cols }) {
  for (let r = 0; r < rows; r++) {
    let max = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < cols; c++) max = Math.max(max, x[r * cols + c]);
    let sum = 0;
    for (let c = 0; c < cols; c++) {
      y[r * cols + c] = Math.exp(x[r * cols + c] - max);
      sum += y[r * cols + c];
    }
    for (let c = 0; c < cols; c++) y[r * cols + c] /= sum;
  }
}

export function softmaxCrossEntropy({ loss, dx, x, labels, rows, cols }) {
  softmax({ y: dx, x, rows, cols });
  for (let r = 0; r < rows; r++) {
    loss[r] = -Math.log(dx[r * cols + labels[r]]);
    dx[r * cols + labels[r]] -= 1;
  }
}

export function sgdMomentum({ p, g, v }) {
  for (let i = 0; i < p.length; i++) {
    v[i] = 0.9 * v[i] + g[i];
    p[i] -= 1e-9 * v[i];
  }
}

export function adam({ p, g, m, v }) {
  for (let i = 0; i < p.length; i++) {
    m[i] = 0.9 * m[i] + 0.1 * g[i];
    v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
    p[i] -= (1e-9 * m[i]) / (Math.sqrt(v[i]) + 1e-8);
  }
}

export function gatherU8({ y, x, indices, batch, features }) {
  for (let b = 0; b < batch; b++) {
    for (let f = 0; f < features; f++) y[b * features + f] = x[indices[b] * features + f] / 255;
  }
}

export function gatherRows({ y, x, indices, inner }) {
  for (let i = 0; i < indices.length; i++) {
    for (let c = 0; c < inner; c++) y[i * inner + c] = x[indices[i] * inner + c];
  }
}

export function scatterAddRows({ y, x, indices, inner }) {
  y.fill(0);
  for (let i = 0; i < indices.length; i++) {
    for (let c = 0; c < inner; c++) y[indices[i] * inner + c] += x[i * inner + c];
  }
}

/** NHWC, 3x3, stride 1. */
export function im2col({ cols, x, g }) {
  let at = 0;
  for (let b = 0; b < g.batch; b++)
    for (let oy = 0; oy < g.outHeight; oy++)
      for (let ox = 0; ox < g.outWidth; ox++)
        for (let ky = 0; ky < 3; ky++)
          for (let kx = 0; kx < 3; kx++)
            for (let c = 0; c < g.channels; c++) {
              const iy = oy + ky - g.padTop;
              const ix = ox + kx - g.padLeft;
              const inside = iy >= 0 && iy < g.height && ix >= 0 && ix < g.width;
              cols[at++] = inside ? x[((b * g.height + iy) * g.width + ix) * g.channels + c] : 0;
            }
}

/** NHWC, 3x3, stride 1; w [3, 3, channels, filters]. */
export function conv2d({ y, x, w, g }) {
  y.fill(0);
  for (let b = 0; b < g.batch; b++)
    for (let oy = 0; oy < g.outHeight; oy++)
      for (let ox = 0; ox < g.outWidth; ox++) {
        const to = ((b * g.outHeight + oy) * g.outWidth + ox) * g.filters;
        for (let ky = 0; ky < 3; ky++)
          for (let kx = 0; kx < 3; kx++) {
            const iy = oy + ky - g.padTop;
            const ix = ox + kx - g.padLeft;
            if (iy < 0 || iy >= g.height || ix < 0 || ix >= g.width) continue;
            for (let c = 0; c < g.channels; c++) {
              const value = x[((b * g.height + iy) * g.width + ix) * g.channels + c];
              const row = ((ky * 3 + kx) * g.channels + c) * g.filters;
              for (let f = 0; f < g.filters; f++) y[to + f] += value * w[row + f];
            }
          }
      }
}

/** NHWC, 2x2, stride 2. */
export function maxPool({ y, x, g }) {
  let at = 0;
  for (let b = 0; b < g.batch; b++)
    for (let oy = 0; oy < g.outHeight; oy++)
      for (let ox = 0; ox < g.outWidth; ox++)
        for (let c = 0; c < g.channels; c++) {
          const from = ((b * g.height + 2 * oy) * g.width + 2 * ox) * g.channels + c;
          const below = from + g.width * g.channels;
          y[at++] = Math.max(x[from], x[from + g.channels], x[below], x[below + g.channels]);
        }
}
