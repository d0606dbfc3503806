import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportScorer } from '../../../native-runtime/pocket/scorer/exportScorer';
import { picturesOf } from '../../../native-runtime/pocket/scorer/examples';
import { Reconstructor } from '../../../native-runtime/pocket/scorer/reconstructor';
import { Scorer } from '../../../native-runtime/pocket/scorer/scorer';
import { scorerConfig } from '../../../native-runtime/pocket/scorer/scorerConfig';
import { trainScorer } from '../../../native-runtime/pocket/scorer/trainScorer';
import { drawScene } from '../../../native-runtime/pocket/world/drawScene';
import { renderScene } from '../../../native-runtime/pocket/world/renderScene';
import type { TrainState } from '../../../native-runtime/train/state';

const folder = mkdtempSync(join(tmpdir(), 'scorer-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const options = { batch: 4, logEvery: 1 };
const lossesIn = (name: string) =>
  readFileSync(join(at(name), 'scorer.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { loss: number }).loss);

describe('training the scorer', () => {
  let state: TrainState;
  beforeAll(async () => {
    state = await trainScorer(at('whole'), 6, () => false, options);
  }, 60_000);

  it('learns', () => {
    const losses = lossesIn('whole');
    expect(losses).toHaveLength(6);
    expect(losses[5]).toBeLessThan(losses[0]!);
  });

  it('gives the same bytes when it is stopped and goes on', async () => {
    let asked = 0;
    await trainScorer(at('halves'), 6, () => asked++ >= 3, options);
    expect(lossesIn('halves')).toHaveLength(3);
    await trainScorer(at('halves'), 6, () => false, options);
    const [whole, halves] = ['whole', 'halves'].map((name) => readFileSync(join(at(name), 'scorer.safetensors')));
    expect(halves!.equals(whole!)).toBe(true);
  }, 60_000);

  it('is exported in half precision and reads the same from there', async () => {
    await exportScorer(at('export'), state.weights, scorerConfig, state.updates);
    const [memory, file] = await Promise.all([
      Scorer.over(scorerConfig, state.weights, 'memory'),
      Scorer.load(at('export')),
    ]);
    const pictures = await picturesOf([drawScene(8, 0), drawScene(8, 1)]);
    const [exact, rounded] = await Promise.all([memory.scorePixels(pictures), file.scorePixels(pictures)]);
    rounded.forEach(({ backgroundConfidence }, i) =>
      expect(backgroundConfidence).toBeCloseTo(exact[i]!.backgroundConfidence, 2),
    );
    const data = await renderScene(drawScene(8, 0));
    const [bytes] = await file.score([{ width: 64, height: 64, data }]);
    expect(bytes!.backgroundConfidence).toBeCloseTo(rounded[0]!.backgroundConfidence, 4);
    await Promise.all([memory.release(), file.release()]);
  }, 60_000);

  it('refuses a folder that is no scorer', async () => {
    await expect(Scorer.load(at('nowhere'))).rejects.toMatchObject({ code: 'not-found' });
    await exportScorer(at('broken'), new Map([...state.weights].slice(1)), scorerConfig, 1);
    await expect(Scorer.load(at('broken'))).rejects.toMatchObject({ code: 'bad-model' });
    writeFileSync(join(at('broken'), 'config.json'), JSON.stringify({ ...scorerConfig, coats: ['teal'] }));
    await expect(Scorer.load(at('broken'))).rejects.toMatchObject({ code: 'bad-model' });
    await expect(Reconstructor.open(at('export'))).rejects.toMatchObject({ code: 'bad-model' });
  });
});
