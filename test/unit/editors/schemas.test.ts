import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import manifest from '../../../package.json';
import { resolveTrainConfig } from '../../../src/common/config/resolveTrainConfig';
import { schemaProblems } from '../../../src/common/config/schemaProblems';
import { trainConfigSchema } from '../../../src/common/config/trainConfig';

const root = join(__dirname, '..', '..', '..');

test('the committed schemas are what the script writes', () => {
  execFileSync(process.execPath, [join(root, 'scripts', 'writeSchemas.mjs'), '--check'], { stdio: 'pipe' });
});

test('every schema of the manifest is there', () => {
  for (const { url } of manifest.contributes.jsonValidation) {
    const schema = JSON.parse(readFileSync(join(root, url), 'utf8')) as { $schema: string };
    expect(schema.$schema).toContain('draft-07');
  }
});

test('the schema accepts the configuration that a run keeps', () => {
  const config = resolveTrainConfig({ base: 'pocket', concepts: [{ folder: 'cat', classNoun: 'cat' }] });
  expect(schemaProblems(trainConfigSchema, config)).toEqual([]);
});
