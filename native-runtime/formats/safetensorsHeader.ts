import type { HeaderTensor } from '../../src/common/safetensors/header';
import {
  checkedHeaderLength,
  LENGTH_BYTES,
  parseSafetensorsHeader,
  START_BYTES,
} from '../../src/common/safetensors/header';
import { bytesPerElement, type Dtype } from '../tensorData';
import { readBytes, type RegularFile } from './regularFile';

/** Where a tensor lies in its file. */
export type TensorInfo = HeaderTensor<Dtype>;

/** The names of element types in the file, in the order in which the reference writer sorts them (largest alignment last). */
export const dtypeNames: ReadonlyMap<string, Dtype> = new Map([
  ['BOOL', 'bool'],
  ['U8', 'uint8'],
  ['I8', 'int8'],
  ['I16', 'int16'],
  ['F16', 'float16'],
  ['BF16', 'bfloat16'],
  ['I32', 'int32'],
  ['F32', 'float32'],
  ['F64', 'float64'],
  ['I64', 'int64'],
]);

const elementTypes = new Map(
  [...dtypeNames].map(([name, dtype]) => [name, { name: dtype, bytes: bytesPerElement(dtype) }]),
);

/**
 * Reads and checks the header.
 * @throws ProductError `bad-file`
 */
export async function readHeader(
  file: RegularFile,
): Promise<{ tensors: Map<string, TensorInfo>; metadata: Record<string, string> }> {
  const start = await readBytes(file, 0, Math.min(file.size, START_BYTES));
  const length = checkedHeaderLength(start, file.size, file.path);
  const bytes = await readBytes(file, LENGTH_BYTES, length);
  const { tensors, metadata } = parseSafetensorsHeader(bytes, file.size, file.path, elementTypes);
  return { tensors: new Map(tensors.map((info) => [info.name, info])), metadata };
}
