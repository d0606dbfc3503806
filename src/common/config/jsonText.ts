import { ProductError } from '../errors';
import { JsonSyntaxError, scanJson, type JsonTree } from '../jsonScanner';

const maxCharacters = 4_000_000;
const maxDepth = 64;

/**
 * Reads a JSON document that users write, strictly, and says where it is wrong.
 * @param source the file's name, for messages
 * @throws ProductError `bad-config` at `source:line:column`.
 */
export function parseJsonText(text: string, source: string): unknown {
  if (text.length > maxCharacters)
    throw new ProductError(
      'bad-config',
      source,
      `the document has ${text.length} characters`,
      `A configuration may have ${maxCharacters}; is this the right file?`,
    );
  try {
    return plainValue(scanJson(text, { depth: maxDepth }));
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const before = text.slice(0, error.position).split(/\r\n|\r|\n/);
    const where = `${source}:${before.length}:${(before.at(-1) ?? '').length + 1}`;
    throw new ProductError('bad-config', where, error.problem, error.remedy);
  }
}

function plainValue(tree: JsonTree): unknown {
  if (Array.isArray(tree)) return tree.map(plainValue);
  if (!(tree instanceof Map)) return tree;
  const object: Record<string, unknown> = {};
  // Defined, not assigned: "__proto__" is a name like any other.
  for (const [key, value] of tree)
    Object.defineProperty(object, key, {
      value: plainValue(value),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  return object;
}
