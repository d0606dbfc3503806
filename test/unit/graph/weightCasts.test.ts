import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { gradients } from '../../../native-runtime/autodiff/gradients';
import { Session } from '../../../native-runtime/device/session';
import { float16ToFloat32, float32ToFloat16 } from '../../../native-runtime/formats/halfFloat';
import { executionOrder, peakMemory } from '../../../native-runtime/graph/memory';
import { sortNodes } from '../../../native-runtime/graph/nodeOrder';
import { add, cast, mul, sigmoid } from '../../../native-runtime/graph/operators/elementwise';
import { gather } from '../../../native-runtime/graph/operators/layout';
import { matMul } from '../../../native-runtime/graph/operators/matrix';
import { reduceSum } from '../../../native-runtime/graph/operators/reduce';
import { fileTensor, input, integers, type Tensor } from '../../../native-runtime/graph/tensor';
import { castWhereRead } from '../../../native-runtime/graph/weightCasts';
import { float32 } from '../../../native-runtime/tensorData';

const folder = mkdtempSync(join(tmpdir(), 'custom-diffusion-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const width = 512;
const path = join(folder, 'weights.bin');
const halves = float32ToFloat16(
  Float32Array.from({ length: width * width }, (_, i) => ((i * 7919) % 10007) / 50000 - 0.1),
);
writeFileSync(path, new Uint8Array(halves.buffer));

function weight(side = width): Tensor {
  const slice = { path, byteOffset: 0, byteLength: side * side * 2 };
  return cast(fileTensor(`w${side}`, [side, side], 'float16', slice), 'float32');
}

const castsOf = (results: readonly Tensor[]) => sortNodes(results).filter(({ op }) => op === 'Cast');

/** A chain that reads each of its weights forward and, for the gradient, backward. */
function chain(length: number) {
  const x = input('x', [4, width]);
  const weights = Array.from({ length }, (_, i) => cast(fileOf(i), 'float32'));
  let y = x;
  for (const w of weights) y = sigmoid(matMul(y, w));
  const loss = reduceSum(y, [0, 1]);
  return [loss, ...gradients(loss, [x])];
}

// Distinct weights that are equal: one name each.
const fileOf = (i: number) =>
  fileTensor(`w${i}`, [width, width], 'float16', { path, byteOffset: 0, byteLength: width * width * 2 });

describe('weights of half precision', () => {
  it('are widened by every reader for itself', () => {
    const results = chain(3);
    expect(castsOf(results)).toHaveLength(3);
    const placed = castWhereRead(results);
    expect(castsOf(placed)).toHaveLength(6);
    // A second time there is nothing left to do.
    expect(castWhereRead(placed)).toEqual(placed);
  });

  it('take the memory of few of them, however many there are', () => {
    const bytes = width * width * 4;
    expect(peakMemory(chain(12))).toBeLessThan(4 * bytes);
  });

  it('are widened just before they are read', () => {
    const order = executionOrder(castWhereRead(chain(4)));
    order.forEach(({ op, outputs }, i) => {
      if (op !== 'Cast') return;
      const reader = order.findIndex((node) => node.inputs.some((x) => x && outputs.includes(x)));
      expect(reader - i).toBeLessThanOrEqual(2);
    });
  });

  it('give the same numbers in a session, which does not merge them again', async () => {
    const x = {
      x: float32(
        [4, width],
        Float32Array.from({ length: 4 * width }, (_, i) => ((i * 31) % 101) / 50),
      ),
    };
    const [loss, slope] = chain(3) as [Tensor, Tensor];
    const { slope: placed } = await run({ loss, slope }, x);
    // The table of one weight in single precision, fed: nothing is widened there.
    const wide = input('w', [width, width]);
    const fed = input('x', [4, width]);
    let y: Tensor = fed;
    for (let i = 0; i < 3; i++) y = sigmoid(matMul(y, wide));
    const [expected] = gradients(reduceSum(y, [0, 1]), [fed]);
    const other = await run({ slope: expected! }, { ...x, w: float32([width, width], float16ToFloat32(halves)) });
    const largest = Math.max(...other.slope!.map(Math.abs));
    placed!.forEach((value, i) => expect(Math.abs(value - other.slope![i]!)).toBeLessThan(1e-5 * largest));
  });

  it('are picked from a table before they are widened', () => {
    const rows = gather(weight(), integers([3, 5]));
    const [placed] = castWhereRead([add(rows, mul(rows, 2))]);
    const [only] = castsOf([placed!]);
    expect(only!.outputs[0]!.shape).toEqual([2, width]);
  });

  it('that are small, and those of single precision, stay as they are', () => {
    const small = weight(16);
    const results = [matMul(matMul(input('x', [2, 16]), small), small)];
    expect(castWhereRead(results)).toEqual(results);
  });
});

async function run(outputs: Record<string, Tensor>, feeds: Parameters<Session['run']>[0]) {
  const session = await Session.create(outputs, { threads: 1, lean: true });
  const values = await session.run(feeds);
  await session.release();
  return Object.fromEntries(Object.entries(values).map(([name, { data }]) => [name, Array.from(data as Float32Array)]));
}
