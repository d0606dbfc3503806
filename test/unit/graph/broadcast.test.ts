import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unbroadcast } from '../../../native-runtime/autodiff/rules/elementwise';
import { broadcastShape, repeatedAxes } from '../../../native-runtime/graph/broadcast';
import { add } from '../../../native-runtime/graph/operators/elementwise';
import { expand } from '../../../native-runtime/graph/operators/layout';
import { input } from '../../../native-runtime/graph/tensor';
import { elementCount } from '../../../native-runtime/tensorData';
import { evaluate } from '../../support/evaluate';

// The same cases on every run.
fc.configureGlobal({ seed: 1, numRuns: 200 });

const lengths = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 });

/** A shape and one that repeats to it: leading axes dropped, some lengths 1. */
const repeating = lengths.chain((to) =>
  fc
    .record({
      drop: fc.integer({ min: 0, max: to.length }),
      ones: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    })
    .map(({ drop, ones }) => ({ to, from: to.slice(drop).map((d, i) => (ones[i] ? 1 : d)) })),
);

/** Two shapes that fit: both repeat to the same one. */
const fitting = lengths.chain((to) =>
  fc
    .tuple(...[0, 1].map(() => fc.array(fc.boolean(), { minLength: to.length, maxLength: to.length })))
    .chain(([a, b]) =>
      fc.tuple(fc.constant([a!, b!]), fc.integer({ min: 0, max: to.length })).map(([[p, q], drop]) => ({
        a: to.map((d, i) => (p![i] ? 1 : d)),
        b: to.map((d, i) => (q![i] ? 1 : d)).slice(drop),
      })),
    ),
);

const broadcastOrNothing = (a: number[], b: number[]) => {
  try {
    return broadcastShape(a, b);
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
    return undefined;
  }
};

describe('broadcastShape', () => {
  test('the order of the operands does not matter, refusals included', () => {
    fc.assert(
      fc.property(lengths, lengths, (a, b) => {
        expect(broadcastOrNothing(a, b)).toEqual(broadcastOrNothing(b, a));
      }),
    );
  });
  test('each axis, from the right, has the length that is not 1', () => {
    fc.assert(
      fc.property(fitting, ({ a, b }) => {
        const shape = broadcastShape(a, b);
        expect(shape).toHaveLength(Math.max(a.length, b.length));
        shape.forEach((d, i) => {
          const fromRight = shape.length - i;
          expect(d).toBe(Math.max(a.at(-fromRight) ?? 1, b.at(-fromRight) ?? 1));
        });
      }),
    );
  });
  test('a shape repeats to the result, so broadcasting again changes nothing', () => {
    fc.assert(
      fc.property(fitting, ({ a, b }) => {
        const shape = broadcastShape(a, b);
        expect(broadcastShape(shape, a)).toEqual(shape);
        expect(broadcastShape(shape, b)).toEqual(shape);
      }),
    );
  });
  test('it is associative', () => {
    fc.assert(
      fc.property(lengths, lengths, lengths, (a, b, c) => {
        const [ab, bc] = [broadcastOrNothing(a, b), broadcastOrNothing(b, c)];
        if (ab && bc) expect(broadcastOrNothing(ab, c)).toEqual(broadcastOrNothing(a, bc));
      }),
    );
  });
  test('two lengths that differ and are not 1 are refused, with both shapes named', () => {
    fc.assert(
      fc.property(lengths, lengths, (a, b) => {
        const shared = Math.min(a.length, b.length);
        const clash = Array.from({ length: shared }, (_, i) => [a.at(-1 - i)!, b.at(-1 - i)!]).some(
          ([p, q]) => p !== q && p !== 1 && q !== 1,
        );
        if (clash) expect(() => broadcastShape(a, b)).toThrow(`[${a.join(', ')}] and [${b.join(', ')}]`);
        else expect(broadcastOrNothing(a, b)).toBeDefined();
      }),
    );
  });
});

describe('repeatedAxes', () => {
  test('they are exactly the axes to divide out: the other lengths are kept', () => {
    fc.assert(
      fc.property(repeating, ({ from, to }) => {
        const axes = repeatedAxes(from, to);
        const left = to.map((d, axis) => (axes.includes(axis) ? 1 : d));
        expect(left.slice(to.length - from.length)).toEqual(from);
        expect(left.slice(0, to.length - from.length).every((d) => d === 1)).toBe(true);
      }),
    );
  });
  test('none for equal shapes', () => {
    fc.assert(
      fc.property(lengths, (shape) => {
        expect(repeatedAxes(shape, shape)).toEqual([]);
      }),
    );
  });
});

describe('unbroadcast', () => {
  const whole = fc.integer({ min: -8, max: 8 });
  const gradientOf = ({ from, to }: { from: number[]; to: number[] }) =>
    fc.array(whole, { minLength: elementCount(to), maxLength: elementCount(to) }).map((data) => ({ from, to, data }));

  test('keeps the sum, and has the shape of the operand', () => {
    fc.assert(
      fc.property(repeating.chain(gradientOf), ({ from, to, data }) => {
        const [result] = evaluate([unbroadcast(input('g', to), input('x', from))], { g: { shape: to, data } });
        const sum = (values: Iterable<number>) => [...values].reduce((s, v) => s + v, 0);
        expect(result!.shape).toEqual(from);
        expect(sum(result!.data)).toBe(sum(data));
      }),
    );
  });
  test('is the transpose of repeating: ⟨repeat(x), g⟩ = ⟨x, unbroadcast(g)⟩', () => {
    const operands = repeating
      .chain(gradientOf)
      .chain(({ from, to, data }) =>
        fc
          .array(whole, { minLength: elementCount(from), maxLength: elementCount(from) })
          .map((values) => ({ from, to, data, values })),
      );
    fc.assert(
      fc.property(operands, ({ from, to, data, values }) => {
        const [x, g] = [input('x', from), input('g', to)];
        const feeds = { x: { shape: from, data: values }, g: { shape: to, data } };
        const [repeated, summed] = evaluate([expand(x, to), unbroadcast(g, x)], feeds);
        const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a).reduce((s, v, i) => s + v * b[i]!, 0);
        expect(dot(repeated!.data, data)).toBe(dot(values, summed!.data));
      }),
    );
  });
  test('adds no node when nothing was repeated', () => {
    const [g, x] = [input('g', [2, 3]), input('x', [2, 3])];
    expect(unbroadcast(g, x)).toBe(g);
  });
  test('the operator that broadcasts declares the shape the interpreter finds', () => {
    fc.assert(
      fc.property(fitting, ({ a, b }) => {
        const zeros = (shape: number[]) => ({ shape, data: new Float64Array(elementCount(shape)) });
        evaluate([add(input('a', a), input('b', b))], { a: zeros(a), b: zeros(b) });
      }),
    );
  });
});
