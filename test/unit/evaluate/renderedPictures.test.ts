import { describe, expect, it } from 'vitest';
import { batchFor } from '../../../native-runtime/evaluate/generatorSource';
import { renderedSource, sceneOfPrompt } from '../../../native-runtime/evaluate/renderedPictures';

const named = (prompt: string, individuals?: Record<string, string>) =>
  sceneOfPrompt(prompt, 5, individuals).animals.map(({ species, individual }) => individual ?? species);

describe('the scene of a prompt', () => {
  it.each([
    ['photo of a cat', ['cat']],
    ['a bird and a rabbit in the snow', ['bird', 'rabbit']],
    ['photo of a <new1> cat and a <new2> dog', ['mochi-cat', 'comet-dog']],
    ['the <new2> dog, and the <new1> cat, two different animals', ['comet-dog', 'mochi-cat']],
    ['photo of a cat and a <new1> cat', ['cat', 'mochi-cat']],
    ['photo of grass', []],
  ])('%s', (prompt, animals) => {
    expect(named(prompt, { '<new1>': 'mochi-cat', '<new2>': 'comet-dog' })).toEqual(animals);
  });

  it.each([
    ['a cat on grass', 'grass'],
    ['a cat on the beach', 'beach'],
    ['a cat in the snow', 'snow'],
    ['a cat in a room', 'room'],
  ])('%s', (prompt, background) => {
    for (let seed = 0; seed < 6; seed++) expect(sceneOfPrompt(prompt, seed).background).toBe(background);
  });

  it('varies with the seed, and renders', async () => {
    const scenes = new Set(
      Array.from({ length: 8 }, (_, seed) => JSON.stringify(sceneOfPrompt('photo of a cat', seed))),
    );
    expect(scenes.size).toBeGreaterThan(4);
    const pictures = [];
    for await (const picture of renderedSource()('photo of a cat', [3, 9])) pictures.push(picture);
    expect(pictures.map(({ seed }) => seed)).toEqual([3, 9]);
    expect(pictures[0]!.image.data).toHaveLength(64 * 64 * 3);
    expect(Buffer.from(pictures[0]!.image.data).equals(pictures[1]!.image.data)).toBe(false);
  });
});

describe('the size of a batch', () => {
  it.each([
    [100, 256, 10],
    [48, 256, 16],
    [97, 256, 16],
    [5, 256, 5],
    [1, 256, 1],
    [48, 4096, 1],
    [30, 1024, 4],
  ])('%i pictures of %i latent cells', (pictures, cells, batch) => {
    expect(batchFor(pictures, cells)).toBe(batch);
  });
});
