// Writes the JSON schemas that the editor checks configurations with, from the schemas the product itself uses.
// With --check it only says whether the files are current.
import { build } from 'esbuild';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const source = `
export { trainConfigJsonSchema } from './src/common/config/trainConfig';
export { conceptListJsonSchema } from './src/common/config/conceptList';
`;

const { outputFiles } = await build({
  stdin: { contents: source, resolveDir: root },
  bundle: true,
  format: 'esm',
  platform: 'node',
  write: false,
  logLevel: 'error',
});
const schemas = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
const files = {
  'train-config.schema.json': schemas.trainConfigJsonSchema(),
  'concepts.schema.json': schemas.conceptListJsonSchema(),
};

for (const [name, schema] of Object.entries(files)) {
  const path = join(root, 'media', 'schemas', name);
  const text = await format(JSON.stringify(schema), { ...(await resolveConfig(path)), parser: 'json' });
  if (!process.argv.includes('--check')) await writeFile(path, text);
  else if ((await readFile(path, 'utf8').catch(() => '')) !== text) {
    console.error(`${path} is out of date: run node scripts/writeSchemas.mjs`);
    process.exitCode = 1;
  }
}
