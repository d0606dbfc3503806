import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { basePictureCount, scoreBase } from '../../../native-runtime/evaluate/baseProtocol';
import { formatBaseReport } from '../../../native-runtime/evaluate/baseReport';
import type { JudgedSheet } from '../../../native-runtime/evaluate/judgedSheet';
import { sceneOfPrompt } from '../../../native-runtime/evaluate/renderedPictures';
import { TruthfulWorld } from './truthfulReader';

const seeds = [1, 2, 3, 4];

describe('the base protocol', () => {
  it('finds nothing wrong with scenes that show what the prompt names', async () => {
    const world = new TruthfulWorld(sceneOfPrompt, false);
    const report = await scoreBase(world.source, world, seeds);
    expect(report.anyAnimal).toMatchObject({ count: 16, total: 16 });
    expect(report.anyBackground).toMatchObject({ count: 16, total: 16 });
    expect(report.pair.rates.strict).toMatchObject({ count: 4, total: 4 });
    expect(report.pair.background.rate).toBe(1);
    expect(report.confusion.count('control: photo of grass', 'nothing')).toBe(4);
    const text = formatBaseReport(report);
    expect(text).not.toMatch(/\| no +\|/);
    expect(text).toContain('| `photo of a rabbit` ');
    expect(text).toMatch(/control: empty prompt.*– +\|/);
  });

  it('counts a model that draws dogs for cats, and leaves the cat out of pairs', async () => {
    const world = new TruthfulWorld((prompt, seed) => sceneOfPrompt(prompt.replace('a cat', 'a dog'), seed));
    const report = await scoreBase(world.source, world, seeds);
    expect(report.animals.map(({ named, right }) => [named, right.count])).toEqual([
      ['cat', 0],
      ['dog', 4],
      ['rabbit', 4],
      ['bird', 4],
    ]);
    expect(report.confusion.count('cat', 'dog')).toBe(4);
    expect(report.pair.rates.verdicts.duplicate.count).toBe(4);
    expect(report.pair.rates.all.count).toBe(0);
    expect(report.anyBackground.rate).toBe(1);
    expect(formatBaseReport(report)).toContain('Failures of `a cat and a dog on grass`: duplicate 100 %');
  });

  it('does not take two cats, or the wrong place, for right', async () => {
    const crowd = new TruthfulWorld((prompt, seed) =>
      sceneOfPrompt(`${prompt} cat`.replace(/on grass/, 'in snow'), seed),
    );
    const report = await scoreBase(crowd.source, crowd, seeds);
    expect(report.animals[0]!.right.count).toBe(0);
    expect(report.confusion.count('cat', 'several')).toBe(4);
    expect(report.backgrounds.find(({ named }) => named === 'grass')!.right.count).toBe(0);
    expect(report.backgrounds.find(({ named }) => named === 'snow')!.right.count).toBe(4);
    expect(report.pair.background.count).toBe(0);
  });

  it('reads in small groups, tells the progress and gives a sheet of each prompt', async () => {
    const world = new TruthfulWorld();
    const many = Array.from({ length: 20 }, (_, i) => i + 1);
    const sheets = new Map<string, JudgedSheet>();
    const progress: number[] = [];
    await scoreBase(world.source, world, many, {
      onPicture: (done) => progress.push(done),
      onSheet: (prompt, sheet) => void sheets.set(prompt, sheet),
    });
    expect(Math.max(...world.chunks)).toBe(16);
    expect(progress).toHaveLength(basePictureCount(20));
    expect(progress.at(-1)).toBe(basePictureCount(20));
    expect(sheets.size).toBe(11);
    const { width, height } = await sharp(await sheets.get('')!.toPng({ title: 'empty' })).metadata();
    // Twenty pictures stand in four rows of five.
    expect(width! / height!).toBeGreaterThan(0.9);
  });
});
