import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';

const root = join(__dirname, '..', '..', '..', 'src');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
  // What others share runs without an editor that could translate it.
  (file) => file.endsWith('.ts') && !/^common\b/.test(file),
);

/** Errors whose problem or remedy is written out in English. */
function untranslated(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const skipped = ts.isNewExpression(node)
      ? { ProductError: 2, HubFailure: 2, RuntimeBusy: 1 }[node.expression.getText()]
      : undefined;
    if (skipped !== undefined && !node.getText().includes("'cancelled'"))
      // That something was cancelled is not shown to anyone.
      for (const text of (node as ts.NewExpression).arguments?.slice(skipped) ?? [])
        if ((ts.isStringLiteralLike(text) && text.text) || ts.isTemplateExpression(text))
          found.push(`${file}: ${text.getText()}`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

it('has the texts of errors that the host throws translated', () => {
  expect(files.length).toBeGreaterThan(100);
  expect(files.flatMap(untranslated)).toEqual([]);
});
