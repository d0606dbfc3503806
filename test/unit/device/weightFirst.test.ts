import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Session } from '../../../native-runtime/device/session';
import { weightFirst } from '../../../native-runtime/device/weightFirst';
import { sortNodes } from '../../../native-runtime/graph/nodeOrder';
import { tanh } from '../../../native-runtime/graph/operators/elementwise';
import { gemm } from '../../../native-runtime/graph/operators/matrix';
import { fileTensor, input, type Tensor } from '../../../native-runtime/graph/tensor';
import { float32 } from '../../../native-runtime/tensorData';

const folder = mkdtempSync(join(tmpdir(), 'custom-diffusion-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const [outputs, inputs] = [24, 16];
const path = join(folder, 'weights.bin');
const stored = Float32Array.from({ length: outputs * inputs + outputs }, (_, i) => Math.sin(i * 12.9898));
writeFileSync(path, new Uint8Array(stored.buffer));

const weight = fileTensor('w', [outputs, inputs], 'float32', { path, byteOffset: 0, byteLength: outputs * inputs * 4 });
const bias = fileTensor('b', [outputs], 'float32', {
  path,
  byteOffset: outputs * inputs * 4,
  byteLength: outputs * 4,
});
const linear = (rows: number, added?: Tensor) => gemm(input('x', [rows, inputs]), weight, added, { transB: true });
const operandsOf = (x: Tensor) => {
  const product = sortNodes([x]).find(({ op }) => op === 'Gemm')!;
  return product.inputs.slice(0, 2).map((operand) => operand?.source.kind);
};

/** What a session gives that leaves its weight in the file. */
async function run(out: Tensor, rows: number) {
  const session = await Session.create({ out }, { threads: 1, lean: true });
  try {
    const x = Float32Array.from({ length: rows * inputs }, (_, i) => Math.cos(i));
    return (await session.run({ x: float32([rows, inputs], x) })).out!;
  } finally {
    await session.release();
  }
}

describe('a linear layer whose weight lies in a file', () => {
  it('has the weight first when its rows are few', () => {
    expect(weightFirst([linear(128)]).map(operandsOf)).toEqual([['file', 'input']]);
    expect(weightFirst([linear(5, bias)]).map(operandsOf)).toEqual([['file', 'input']]);
  });

  it('stays as it is with many rows', () => {
    const out = linear(129);
    expect(weightFirst([out])).toEqual([out]);
  });

  it('stays as it is when the weight is fed, as one that learns', () => {
    const out = gemm(input('x', [4, inputs]), input('w', [outputs, inputs]), undefined, { transB: true });
    expect(weightFirst([out])).toEqual([out]);
  });

  it('passes its result on to what reads it', () => {
    const [out] = weightFirst([tanh(linear(4))]);
    expect(sortNodes([out!]).map(({ op }) => op)).toEqual(['Gemm', 'Transpose', 'Tanh']);
  });

  it.each([
    ['alone', undefined],
    ['with a bias', bias],
  ])('gives the same values, %s', async (_, added) => {
    const rows = 7;
    const turned = await run(linear(rows, added), rows);
    expect(turned.shape).toEqual([rows, outputs]);
    // Written down here: row by row, column by column.
    const x = Float32Array.from({ length: rows * inputs }, (_, i) => Math.cos(i));
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < outputs; column++) {
        let sum = added ? stored[outputs * inputs + column]! : 0;
        for (let i = 0; i < inputs; i++) sum += x[row * inputs + i]! * stored[column * inputs + i]!;
        expect(turned.data[row * outputs + column]).toBeCloseTo(sum, 5);
      }
  });
});
