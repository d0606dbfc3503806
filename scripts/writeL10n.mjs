// Collects every text the extension shows, for translators: `l10n.t('…')` of the host and the string tables of the pages.
// `node scripts/writeL10n.mjs` writes l10n/bundle.l10n.json; with --check it fails when the file is out of date.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const bundle = 'l10n/bundle.l10n.json';
const texts = new Set();
for (const file of sourceFiles('src')) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  collect(source, /Strings\.ts$/.test(file));
}
const sorted = [...texts].sort((a, b) => (a < b ? -1 : 1));
const json = `${JSON.stringify(Object.fromEntries(sorted.map((text) => [text, text])), null, 2)}\n`;

if (process.argv.includes('--check')) {
  if (existsSync(bundle) && readFileSync(bundle, 'utf8') === json) process.exit(0);
  console.error(`${bundle} is out of date: node scripts/writeL10n.mjs`);
  process.exit(1);
}
writeFileSync(bundle, json);

function collect(node, isTable) {
  if (ts.isCallExpression(node) && node.expression.getText() === 'l10n.t') addText(node.arguments[0]);
  if (isTable && ts.isPropertyAssignment(node)) addText(node.initializer);
  ts.forEachChild(node, (child) => collect(child, isTable));
}

function addText(node) {
  if (node && ts.isStringLiteralLike(node)) texts.add(node.text);
}

function sourceFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sourceFiles(path);
    return path.endsWith('.ts') ? [path] : [];
  });
}
