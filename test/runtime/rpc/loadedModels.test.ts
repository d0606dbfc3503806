import { cpSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LoadedModels } from '../../../native-runtime/rpc/loadedModels';
import { fixture } from '../../support/tinyBases';
import { temporaryFolder } from '../../support/temporaryFolder';

const root = temporaryFolder();
const bases = ['a', 'b', 'c'].map((name) => join(root, name));
for (const base of bases) cpSync(fixture('sd1', 'base'), base, { recursive: true });
const [a = '', b = '', c = ''] = bases;
const delta = fixture('sd1', 'deltas', 'delta.bin');

describe('opened models', () => {
  it('are kept, whatever the strength: nothing is compiled again', async () => {
    const models = new LoadedModels();
    const generatorAt = (strength: number, mixedPrecision = false) =>
      models.use({ base: a, delta, strength }, (model) =>
        model.generatorAt(strength, { device: 'cpu', mixedPrecision }),
      );
    const first = await generatorAt(1);
    const weights = first.tunedFeeds;
    expect(await generatorAt(0.5)).toBe(first);
    expect(first.tunedFeeds).not.toBe(weights);
    await models.release();
    const again = await generatorAt(0.5);
    expect(again).not.toBe(first);
    // Another way to compute is another graph.
    expect(await generatorAt(0.5, true)).not.toBe(again);
    await models.release();
  });

  it('are the last two, opened once for requests at the same time', async () => {
    const models = new LoadedModels();
    const open = (base: string) => models.use({ base }, async (model) => model);
    const [one, same] = await Promise.all([open(a), open(a)]);
    expect(same).toBe(one);
    const other = await open(b);
    expect(await open(a)).toBe(one);
    await open(c);
    expect(await open(a)).toBe(one);
    expect(await open(b)).not.toBe(other);
  });

  it('tell of the files that are open, when they are others', async () => {
    const told: string[][] = [];
    const models = new LoadedModels((files) => {
      expect(files.every(({ path, bytes }) => statSync(path).size === bytes)).toBe(true);
      told.push([...new Set(files.map(({ path }) => dirname(dirname(path))))]);
    });
    const open = (base: string) => models.use({ base }, async () => {});
    for (const base of [a, a, b, a, c]) await open(base);
    expect(told).toEqual([[a], [a, b], [a, c]]);
  });

  it('are opened again when a file changes', async () => {
    const models = new LoadedModels();
    const open = () => models.use({ base: a }, async (model) => model);
    const before = await open();
    const later = new Date(Date.now() + 60_000);
    utimesSync(join(a, 'unet', 'diffusion_pytorch_model.safetensors'), later, later);
    expect(await open()).not.toBe(before);
  });

  it('that cannot be opened are tried again', async () => {
    const models = new LoadedModels();
    const late = join(root, 'late');
    const open = () => models.use({ base: late }, async (model) => model.fineTune.base.path);
    await expect(open()).rejects.toThrow(/there is no such model/);
    cpSync(a, late, { recursive: true });
    expect(await open()).toBe(late);
  });
});
