import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { machineSettings, settingsIn } from '../../../src/settings/ignoredSettings';

const names = machineSettings(JSON.parse(readFileSync(join(__dirname, '..', '..', '..', 'package.json'), 'utf8')));
const nodePath = 'customDiffusion.runtime.nodePath';

it('knows the settings of the manifest that only the user may set', () => {
  expect(names).toContain(nodePath);
  expect(names).toContain('customDiffusion.models.folders');
  expect(names).not.toContain('customDiffusion.training.mode');
});

it.each([
  ['a setting', `{ "${nodePath}": "/bin/other" }`, [nodePath]],
  ['comments and a trailing comma', `{ // mine\n "${nodePath}" /* here */ : "x", }`, [nodePath]],
  [
    'a workspace file',
    `{ "folders": [], "settings": { "customDiffusion.cache.folder": "/c" } }`,
    ['customDiffusion.cache.folder'],
  ],
  ['a setting in a comment', `{ // "${nodePath}": "x"\n /* "${nodePath}": "x" */ }`, []],
  ['a comment in a text', `{ "a": "http://x", "${nodePath}": "//" }`, [nodePath]],
  ['a name that only ends alike', `{ "other.${nodePath}": "x" }`, []],
  ['a name as a value', `{ "workbench.settings": "${nodePath}" }`, []],
  ['a setting for workspaces', '{ "customDiffusion.training.mode": "crossattn" }', []],
  ['no JSON', '\u0000{{{', []],
])('finds what is set in %s', (_, text, expected) => {
  expect(settingsIn(text, names)).toEqual(expected);
});
