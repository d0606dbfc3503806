import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verdictOf } from '../../../native-runtime/evaluate/verdict';
import { picturesOf } from '../../../native-runtime/pocket/scorer/examples';
import { blur } from '../../../native-runtime/pocket/scorer/pixels';
import { reportScorer, formatReport, type ScorerReport } from '../../../native-runtime/pocket/scorer/report';
import { Scorer } from '../../../native-runtime/pocket/scorer/scorer';
import { scorerConfig } from '../../../native-runtime/pocket/scorer/scorerConfig';
import { INDIVIDUALS, individualScene } from '../../../native-runtime/pocket/world/individuals';
import { renderIndividual } from '../../../native-runtime/pocket/world/renderIndividual';

let scorer: Scorer;
beforeAll(async () => {
  scorer = await Scorer.load('media/pocket/scorer');
});
afterAll(() => scorer.release());

describe('the scorer that ships', () => {
  let report: ScorerReport;
  beforeAll(async () => {
    report = await reportScorer(scorer, 48);
  }, 60_000);

  it('belongs to the world as it is', () => {
    expect(scorer.config).toEqual(scorerConfig);
  });

  it('reads held-out scenes', () => {
    for (const { name, presence, background, identity, recognised, overlap } of report.scenes) {
      expect(presence.count, `species of ${name}`).toBeGreaterThanOrEqual(46);
      expect(background.count, `background of ${name}`).toBeGreaterThanOrEqual(46);
      expect(identity.rate, `identity of ${name}`).toBeGreaterThan(0.94);
      expect(overlap, `boxes of ${name}`).toBeGreaterThan(0.75);
      if (name.startsWith('individuals')) expect(recognised.rate).toBeGreaterThan(0.94);
    }
  });

  it('names nothing where nothing can be named', () => {
    // Blends are the hardest: half a cat and half a dog look like one of the two to people as well.
    for (const { name, silent } of report.controls)
      expect(silent.rate, name).toBeGreaterThanOrEqual(name.includes('blended') ? 0.75 : 0.93);
  });

  it('reports as tables', () => {
    const text = formatReport(report);
    for (const { name } of [...report.scenes, ...report.controls]) expect(text).toContain(`| ${name}`);
    expect(text).toContain('| cat ');
  });

  it('knows every individual, from pictures of any size', async () => {
    for (const { name, species } of INDIVIDUALS) {
      const options = { background: 'room' } as const;
      const pictures = await Promise.all(
        [64, 128].map(async (size) => ({
          width: size,
          height: size,
          data: await renderIndividual(name, options, size),
        })),
      );
      for (const reading of await scorer.score(pictures))
        expect(verdictOf(reading, [{ species, individual: name }]), name).toBe('success');
    }
  });

  it('gives the verdicts of the study', async () => {
    const expected = [
      { species: 'cat', individual: 'mochi-cat' },
      { species: 'dog', individual: 'comet-dog' },
    ];
    const [right, noDog, twoCats, wrongDog, exchanged] = await picturesOf([
      individualScene('mochi-cat', { companion: 'comet-dog' }),
      individualScene('mochi-cat'),
      individualScene('mochi-cat', { companion: 'mochi-cat' }),
      individualScene('mochi-cat', { companion: 'biscuit-dog' }),
      individualScene('mochi-cat', { companion: { species: 'dog', coat: 'teal', pattern: 'half', accessory: 'bell' } }),
    ]);
    const pictures = [right!, noDog!, twoCats!, wrongDog!, exchanged!, blur(right!, 6)];
    const readings = await scorer.scorePixels(pictures);
    const verdicts = readings.map((reading) => verdictOf(reading, expected));
    expect(verdicts).toEqual(['success', 'missing', 'duplicate', 'unrecognised', 'mixed', 'mixed']);
  });
});
