import { fileRows, fromFile } from '../graph/fileWeight';
import { bytesOf } from '../graph/memory';
import { less, sub, where } from '../graph/operators/elementwise';
import { reshape } from '../graph/operators/layout';
import { apply1, constant, type Tensor } from '../graph/tensor';

/**
 * Rows of a table that lies in a file, read from blocks of at most so many bytes. Undefined for a table that is small enough, or that is
 * computed.
 * @param rows int32, any shape
 */
export function gatherFromBlocks(table: Tensor, rows: Tensor, blockBytes: number): Tensor | undefined {
  if (bytesOf(table) <= blockBytes || !fromFile(table)) return undefined;
  const [count, ...rest] = table.shape as [number, ...number[]];
  const block = Math.max(1, Math.floor(blockBytes / (bytesOf(table) / count)));
  let read: Tensor | undefined;
  for (let first = 0; first < count; first += block) {
    const length = Math.min(block, count - first);
    const own = sub(rows, scalar(first));
    // Rows of other blocks are replaced; until then they read the first row of this one.
    const within = where(less(own, scalar(0)), scalar(0), where(less(own, scalar(length)), own, scalar(0)));
    const part = fileRows(table, first, first + length);
    const found = apply1('Gather', [part, within], [...rows.shape, ...rest], { axis: 0 });
    const isEarlier = less(reshape(rows, [...rows.shape, ...rest.map(() => 1)]), scalar(first));
    read = read ? where(isEarlier, read, found) : found;
  }
  return read;
}

const scalar = (value: number) => constant({ dtype: 'int32', shape: [], data: Int32Array.of(value) });
