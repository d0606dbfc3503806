import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { batchFeeds } from '../../../native-runtime/train/batchFeeds';
import { buildLatentPool } from '../../../native-runtime/train/latentPool';
import { temporaryFolder } from '../../support/temporaryFolder';
import { tinyConcept, tinyRun } from '../../support/tinyRun';

it('views are encoded once, found again, encoded anew when damaged, and C17 never of a picture that changed', async () => {
  const root = temporaryFolder();
  const run = await tinyRun(root, { priorRows: 0, latentPool: 3, instanceRows: 2 });
  const pool = await buildLatentPool(run, [[]]);
  const { instances, priors } = pool.concepts[0]!;
  expect(instances.mean.shape).toEqual([9, 4, 8, 8]);
  expect(priors).toBeUndefined();
  expect((instances.std.data as Float32Array).every((value) => value > 0)).toBe(true);

  const cache = join(run.cacheFolder, 'latents');
  const [file] = readdirSync(cache);
  const path = join(cache, file!);
  const kept = readFileSync(path);
  const found: number[] = [];
  expect(await buildLatentPool(run, [[]], (done) => found.push(done))).toEqual(pool);
  expect(found).toEqual([9]);

  const damaged = Buffer.from(kept);
  damaged[damaged.length - 1]! ^= 1;
  writeFileSync(path, damaged);
  expect(await buildLatentPool(run, [[]])).toEqual(pool);
  expect(readFileSync(path).equals(kept)).toBe(true);

  const one = batchFeeds(run, pool, 4, 0);
  expect(one).toEqual(batchFeeds(run, pool, 4, 0));
  expect(one.feeds.noise!.data).not.toEqual(batchFeeds(run, pool, 5, 0).feeds.noise!.data);
  expect(one.feeds.latents!.shape).toEqual([2, 4, 8, 8]);
  expect([...(one.feeds['inputIds.0']!.data as BigInt64Array)]).toContain(685n);

  writeFileSync(path, damaged);
  await tinyConcept(join(root, 'cat'), 9);
  await expect(buildLatentPool(run, [[]])).rejects.toThrow(/picture-0\.png: the picture changed/);
});
