import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';

const root = join(__dirname, '..', '..', '..', 'src');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

/** The dialogs that a file opens, each with the names of its options. */
function dialogsOf(file: string): { call: string; options: string[] }[] {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true);
  const found: { call: string; options: string[] }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /\.show(Open|Save)Dialog$/.test(node.expression.getText())) {
      const [first] = node.arguments;
      const options = first && ts.isObjectLiteralExpression(first) ? first.properties : [];
      found.push({ call: `${file}: ${node.getText()}`, options: options.map(({ name }) => name?.getText() ?? '') });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

it('gives every file dialog a title', () => {
  const dialogs = files.flatMap(dialogsOf);
  expect(dialogs.length).toBeGreaterThan(5);
  expect(dialogs.filter(({ options }) => !options.includes('title')).map(({ call }) => call)).toEqual([]);
});
