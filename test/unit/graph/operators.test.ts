import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { gradients } from '../../../native-runtime/autodiff/gradients';
import { Session, type Values } from '../../../native-runtime/device/session';
import { sortNodes } from '../../../native-runtime/graph/nodeOrder';
import * as convolve from '../../../native-runtime/graph/operators/convolve';
import * as elementwise from '../../../native-runtime/graph/operators/elementwise';
import * as layout from '../../../native-runtime/graph/operators/layout';
import * as matrix from '../../../native-runtime/graph/operators/matrix';
import * as normalise from '../../../native-runtime/graph/operators/normalise';
import * as reduce from '../../../native-runtime/graph/operators/reduce';
import type { Tensor } from '../../../native-runtime/graph/tensor';
import { evaluate, kernels } from '../../support/evaluate';
import { buildCase, type RuleCase, writeFileWeights } from '../../support/ruleCase';
import { ruleCases, valueCases } from '../autodiff/cases/all';

const folder = mkdtempSync(join(tmpdir(), 'operators-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Operators whose function is called otherwise. */
const opOf: Record<string, string> = {
  averagePool2: 'AveragePool',
  flip: 'Slice',
  maximum: 'Max',
  minimum: 'Min',
  upsampleNearest2: 'Resize',
};

describe('every operator is proved', () => {
  const functions = [convolve, elementwise, layout, matrix, normalise, reduce].flatMap((module) =>
    Object.entries(module).flatMap(([name, value]) => (typeof value === 'function' ? [name] : [])),
  );
  test.each(functions)('%s has cases', (name) => {
    const op = opOf[name] ?? name[0]!.toUpperCase() + name.slice(1);
    // MaskGradient is no operator of ONNX: the test of its rule says what it does.
    if (op !== 'MaskGradient') expect(ruleCases[op] ?? valueCases[op] ?? []).not.toHaveLength(0);
  });
  test('the reference implements exactly the operators with cases', () => {
    const proved = new Set([...Object.keys(ruleCases), ...Object.keys(valueCases), 'MaskGradient']);
    expect(Object.keys(kernels).sort()).toEqual([...proved].sort());
  });
});

describe.each(Object.keys(ruleCases))('%s and its gradient on ONNX Runtime', (op) => {
  test.each(ruleCases[op]!.map((c, i) => [c.title, c, i] as const))('%s', async (_, ruleCase, i) => {
    const slices = await writeFileWeights(ruleCase, join(folder, op, `${i}.safetensors`));
    const { output, loss, targets, values } = buildCase(ruleCase, slices);
    await expectAgreement([output, ...gradients(loss, targets)], values);
  });
});

describe.each(Object.keys(valueCases))('%s on ONNX Runtime', (op) => {
  test.each(valueCases[op]!.map((c) => [c.title, c] as const))('%s', async (_, ruleCase: RuleCase) => {
    const { output, values } = buildCase(ruleCase);
    expect(sortNodes([output]).map((node) => node.op)).toContain(op);
    await expectAgreement([output], values);
  });
});

/** The float32 results of ONNX Runtime equal the float64 ones of the reference, shapes and dtypes included. */
async function expectAgreement(tensors: Tensor[], values: Values): Promise<void> {
  const expected = evaluate(tensors, values);
  const session = await Session.create(Object.fromEntries(tensors.map((t, i) => [`out${i}`, t])), { threads: 1 });
  const results = await session.run(values);
  await session.release();
  expected.forEach(({ shape, dtype, data }, i) => {
    const actual = results[`out${i}`]!;
    expect({ shape: actual.shape, dtype: actual.dtype }).toEqual({ shape, dtype });
    const tolerance = 1e-5 * Math.max(1, ...data.map(Math.abs));
    Array.from(actual.data as ArrayLike<number | bigint>, Number).forEach((value, at) =>
      expect(Math.abs(value - data[at]!), `output ${i}, element ${at}: ${value}, not ${data[at]}`).toBeLessThanOrEqual(
        tolerance,
      ),
    );
  });
}
