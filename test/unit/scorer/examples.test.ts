import { describe, expect, it } from 'vitest';
import { moved } from '../../../native-runtime/pocket/scorer/augment';
import { blendPair, blendScenes } from '../../../native-runtime/pocket/scorer/blend';
import { draft, picturesOf, scorerBatch } from '../../../native-runtime/pocket/scorer/examples';
import { labelledScene } from '../../../native-runtime/pocket/scorer/labelledPicture';
import { blur, shuffleTiles, warp } from '../../../native-runtime/pocket/scorer/pixels';
import { RandomStream } from '../../../native-runtime/random';
import { individualScene } from '../../../native-runtime/pocket/world/individuals';

const PLANE = 64 * 64;
const scene = individualScene('mochi-cat', { companion: 'comet-dog', background: 'room' });
const dot = (x: number, y: number) => {
  const pixels = new Float32Array(3 * PLANE).fill(-1);
  pixels[y * 64 + x] = 1;
  return pixels;
};

describe('training examples of the scorer', () => {
  it('are the same for the same seed and update, and others for the next', async () => {
    const [once, again, later] = await Promise.all([scorerBatch(7, 2, 8), scorerBatch(7, 2, 8), scorerBatch(7, 3, 8)]);
    expect(again.pictures.data).toEqual(once.pictures.data);
    expect(again.labels.map(({ animals }) => animals)).toEqual(once.labels.map(({ animals }) => animals));
    expect(later.pictures.data).not.toEqual(once.pictures.data);
    expect(once.pictures.data.every((value) => value >= -1 && value <= 1)).toBe(true);
  });

  it('are of every kind, one in four without a name', () => {
    const kinds = Array.from({ length: 2000 }, (_, i) => draft(new RandomStream(1, 'test', 0, i), 1, i).kind);
    const share = (kind: string) => kinds.filter((one) => one === kind).length / kinds.length;
    for (const kind of ['empty', 'noise', 'blend', 'blurred', 'tiles'])
      expect(share(kind), kind).toBeGreaterThan(0.015);
    expect(share('scene')).toBeGreaterThan(0.68);
    expect(share('scene')).toBeLessThan(0.8);
  });

  it('keep the companion of a blended animal as it is', async () => {
    for (let i = 0; i < 6; i++) {
      const random = new RandomStream(5, 'test', 0, i);
      const pair = blendPair(scene, random);
      const [first, second] = await picturesOf([pair.first, pair.second]);
      const blended = blendScenes(pair, [first!, second!], random);
      const other = 1 - pair.changed;
      expect(blended.animals[pair.changed]!.species).toBe('unclear');
      expect(blended.animals[pair.changed]!.coat).toBeUndefined();
      expect(blended.animals[other]).toEqual(labelledScene(scene, first!).animals[other]);
      const { box } = scene.animals[other]!;
      const middle = 40 * 64 + Math.round((box.x0 + box.x1) / 2);
      expect(blended.pixels[middle]).toBeCloseTo(first![middle]!, 5);
      expect(blended.pixels).not.toEqual(first);
    }
  });

  it('move boxes with their pixels', () => {
    const box = { x0: 20, y0: 30, x1: 21, y1: 31 };
    for (let i = 0; i < 12; i++) {
      const picture = moved(
        { pixels: dot(20, 30), animals: [{ species: 'cat', box }] },
        new RandomStream(3, 'test', 0, i),
      );
      const brightest = picture.pixels.indexOf(Math.max(...picture.pixels));
      const at = picture.animals[0]!.box;
      expect(Math.abs((brightest % 64) + 0.5 - (at.x0 + at.x1) / 2)).toBeLessThan(1.01);
      expect(Math.abs(Math.floor(brightest / 64) + 0.5 - (at.y0 + at.y1) / 2)).toBeLessThan(1.01);
    }
  });
});

describe('pixels', () => {
  it('warping by nothing changes nothing, by a whole pixel moves by one', () => {
    const pixels = new RandomStream(2, 'test').normals(3 * PLANE);
    expect(warp(pixels, 1, 0, 0)).toEqual(pixels);
    const shifted = warp(pixels, 1, 1, 0);
    expect(shifted[10 * 64 + 11]).toBeCloseTo(pixels[10 * 64 + 10]!, 5);
  });

  it('blurring keeps the sum of a dot and spreads it as far as sigma says', () => {
    const pixels = dot(32, 32).map((value) => (value + 1) / 2);
    const blurred = blur(pixels, 2);
    const plane = blurred.subarray(0, PLANE);
    const sum = plane.reduce((total, value) => total + value, 0);
    const variance = plane.reduce((total, value, i) => total + value * ((i % 64) - 32) ** 2, 0);
    expect(sum).toBeCloseTo(1, 4);
    expect(variance).toBeCloseTo(4, 0);
  });

  it('shuffling tiles keeps every pixel', () => {
    const pixels = new RandomStream(4, 'test').normals(3 * PLANE);
    const shuffled = shuffleTiles(pixels, 8, new RandomStream(5, 'test'));
    expect(shuffled).not.toEqual(pixels);
    expect([...shuffled].sort()).toEqual([...pixels].sort());
  });
});
