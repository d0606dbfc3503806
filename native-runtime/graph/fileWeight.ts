import { elementCount, bytesPerElement } from '../tensorData';
import { cast } from './operators/elementwise';
import { fileTensor, type Tensor } from './tensor';

/** Whether a weight lies in a file, as it is or cast from half precision. */
export function fromFile({ source }: Tensor): boolean {
  if (source.kind === 'node' && source.node.op === 'Cast') return fromFile(source.node.inputs[0]!);
  return source.kind === 'file';
}

/** Entries `start` to `end` of the first axis of a weight in a file. They stay where they are: nothing is copied. */
export function fileRows(weight: Tensor, start: number, end: number): Tensor {
  const { source, dtype } = weight;
  if (source.kind === 'node' && source.node.op === 'Cast')
    return cast(fileRows(source.node.inputs[0]!, start, end), dtype);
  if (source.kind !== 'file') throw new Error('not a weight in a file');
  const shape = [end - start, ...weight.shape.slice(1)];
  const { path, byteOffset } = source.slice;
  const rowBytes = elementCount(weight.shape.slice(1)) * bytesPerElement(dtype);
  return fileTensor(`${source.name}[${start}:${end}]`, shape, dtype, {
    path,
    byteOffset: byteOffset + start * rowBytes,
    byteLength: (end - start) * rowBytes,
  });
}
