import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonSyntaxError, scanJson, type JsonTree } from '../../../src/common/jsonScanner';

const deep = { depth: 64 };

/** The tree with objects instead of Maps; their names must not have a special meaning. */
function plain(tree: JsonTree): unknown {
  if (Array.isArray(tree)) return tree.map(plain);
  return tree instanceof Map ? Object.fromEntries([...tree].map(([key, value]) => [key, plain(value)])) : tree;
}

function outcome(read: () => unknown): unknown {
  try {
    return { value: read() };
  } catch {
    return 'refused';
  }
}

describe('the scanner of JSON', () => {
  it('reads what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5, stringUnit: 'binary' }), fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(plain(scanJson(text, deep))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('refuses what JSON.parse refuses', () => {
    const piece = fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '"a"', '"b"', '1', '-', '0', '.', 'e5', 'true', 'nul', ' ', '\\', 'u0041', '\n', '\t'); // prettier-ignore
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
        const text = pieces.join('');
        const ours = outcome(() => plain(scanJson(text, deep)));
        const theirs = outcome(() => JSON.parse(text) as unknown);
        // A key given twice is all that only we refuse.
        if (ours === 'refused' && theirs !== 'refused') expect(text).toMatch(/("\w*").*\1/s);
        else expect(ours).toEqual(theirs);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['a key given twice', '{"a":1,"\\u0061":2}', 7],
    ['half of a surrogate pair', '["\\ud83d"]', 1],
    ['more brackets than allowed', '[[[1]]]', 3],
    ['a fraction', '[1.0]', 1],
    ['an exponent', '[1e3]', 1],
    ['a number beyond 2^53', '[9007199254740993]', 1],
  ])('refuses %s', (_, text, position) => {
    const scan = () => scanJson(text, { depth: 2, wholeNumbers: true });
    expect(scan).toThrow(JsonSyntaxError);
    expect(scan).toThrow(expect.objectContaining({ position }) as Error);
  });
});
