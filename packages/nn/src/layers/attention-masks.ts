// What attention is not to see: its score becomes so low that softmax makes 0 of it, and of equals where nothing else is left.
import type { Tensor } from "../graph/tensor.js";
import { arange } from "../ops/arange.js";
import { broadcastTo } from "../ops/broadcast-to.js";
import { elementwise } from "../ops/elementwise.js";
import { reshape } from "../ops/reshape.js";

/** Far below any score, and finite, so that a row of nothing else is no 0/0. */
const LOW = -1e9;

const later = elementwise("hideLater", ["s", "query", "key"], ({ s, query, key }) =>
  key.gt(query).where(LOW, s),
);

const masked = elementwise("hideMasked", ["s", "there"], ({ s, there }) => there.ne(0).where(s, LOW));

/** scores [batch, heads, queries, keys] without those of keys that come after the query. */
export function hideLater(scores: Tensor): Tensor {
  const [batch, heads, queries, keys] = scores.shape as [number, number, number, number];
  // One number a row and one a column: nothing as large as the scores is made.
  const rows = broadcastTo(reshape(arange(queries), [queries, 1]), [batch, heads, queries, 1]);
  return later(scores, rows, arange(keys));
}

/** scores [batch, heads, queries, keys] without those where mask [batch, keys] is 0. */
export function hideMasked(scores: Tensor, mask: Tensor): Tensor {
  const [batch, , , keys] = scores.shape as [number, number, number, number];
  return masked(scores, reshape(mask, [batch, 1, 1, keys]));
}
