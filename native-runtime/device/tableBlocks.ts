import { bytesOf } from '../graph/memory';
import { cast, less, sub, where } from '../graph/operators/elementwise';
import { reshape } from '../graph/operators/layout';
import { apply1, constant, fileTensor, type Tensor } from '../graph/tensor';

/**
 * Rows of a table that lies in a file, read from blocks of at most so many bytes. Undefined for a table that is small enough, or that is
 * computed.
 * @param rows int32, any shape
 */
export function gatherFromBlocks(table: Tensor, rows: Tensor, blockBytes: number): Tensor | undefined {
  if (bytesOf(table) <= blockBytes) return undefined;
  const stored = table.source.kind === 'node' && table.source.node.op === 'Cast' ? table.source.node.inputs[0]! : table;
  if (stored.source.kind !== 'file') return undefined;
  const { name, slice } = stored.source;
  const [count, ...rest] = table.shape as [number, ...number[]];
  const storedRow = slice.byteLength / count;
  const block = Math.max(1, Math.floor(blockBytes / (bytesOf(table) / count)));
  const outputs = [...rows.shape, ...rest];
  let read: Tensor | undefined;
  for (let first = 0; first < count; first += block) {
    const length = Math.min(block, count - first);
    const part = fileTensor(`${name}.${first}`, [length, ...rest], stored.dtype, {
      path: slice.path,
      byteOffset: slice.byteOffset + first * storedRow,
      byteLength: length * storedRow,
    });
    const own = sub(rows, scalar(first));
    // Rows of other blocks are replaced; until then they read the first row of this one.
    const within = where(less(own, scalar(0)), scalar(0), where(less(own, scalar(length)), own, scalar(0)));
    const found = apply1('Gather', [cast(part, table.dtype), within], outputs, { axis: 0 });
    const isEarlier = less(reshape(rows, [...rows.shape, ...rest.map(() => 1)]), scalar(first));
    read = read ? where(isEarlier, read, found) : found;
  }
  return read;
}

const scalar = (value: number) => constant({ dtype: 'int32', shape: [], data: Int32Array.of(value) });
