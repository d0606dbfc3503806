import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatParameters, parseParameters, shorten } from '../../../native-runtime/sample/parameters';

const base = { steps: 25, sampler: 'DDIM', guidanceScale: 6, seed: 1, width: 512, height: 768 };

describe('the A1111 parameters text', () => {
  it('has the web UI’s layout', () => {
    const text = formatParameters({
      ...base,
      prompt: 'a cat',
      negativePrompt: 'low quality, blurry',
      guidanceScale: 7.5,
      modelHash: '6ce0161689',
      model: 'sd-v1-5',
      extra: { 'Delta strength': 0.8, Note: 'one, two: "three"' },
    });
    expect(text).toBe(
      'a cat\nNegative prompt: low quality, blurry\n' +
        'Steps: 25, Sampler: DDIM, CFG scale: 7.5, Seed: 1, Size: 512x768, Model hash: 6ce0161689, Model: sd-v1-5, ' +
        'Delta strength: 0.8, Note: "one, two: \\"three\\""',
    );
  });

  it('leaves out what is not known', () => {
    expect(formatParameters({ ...base, prompt: 'a cat', negativePrompt: '' })).toBe(
      'a cat\nSteps: 25, Sampler: DDIM, CFG scale: 6, Seed: 1, Size: 512x768',
    );
  });

  it('comes back for any prompts on one line and any field values', () => {
    const line = fc.stringMatching(/^[^\n\r]*$/).map((s) => s.trim());
    fc.assert(
      fc.property(line, line, fc.string({ minLength: 1, maxLength: 50 }), (prompt, negativePrompt, note) => {
        fc.pre(!prompt.startsWith('Negative prompt:') && note.trim() === note);
        // A value that starts with a quote but needs none of its own is ambiguous in this format.
        fc.pre(!note.includes('"') || /[,:\n\r]/.test(note));
        const found = parseParameters(formatParameters({ ...base, prompt, negativePrompt, extra: { Note: note } }));
        expect([found.prompt, found.negativePrompt]).toEqual([prompt, negativePrompt]);
        expect(found.fields.get('Note')).toBe(note);
        expect(found.fields.get('Size')).toBe('512x768');
      }),
    );
  });

  it('text of other programs without fields is all prompt', () => {
    const found = parseParameters('a cat, sitting\nNegative prompt: dog\nand more');
    expect([found.prompt, found.negativePrompt, found.fields.size]).toEqual(['a cat, sitting', 'dog\nand more', 0]);
  });

  it('a megabyte of quotes and commas is read in one pass', () => {
    // Two passes per character would run into the test's time limit.
    expect(parseParameters(`Steps: 1, ${'a":,'.repeat(250_000)}`).fields.get('Steps')).toBe('1');
  });

  it('shortening never splits a character', () => {
    expect(shorten('🐈'.repeat(10), 10)).toBe('🐈🐈🐈...');
    expect(shorten('🐈'.repeat(10), 9)).toBe('🐈🐈🐈...');
    expect(shorten('short', 5)).toBe('short');
  });
});
