import { describe, expect, it } from 'vitest';
import { applyCompletion, completionsAt } from '../../../../webview/prompt/completion';

const vocabulary = [{ token: '<new1>', classNoun: 'cat' }, { token: '<new2>', classNoun: 'dog' }, { token: '<style>' }];
/** The caret is written as `|`. */
const at = (marked: string) => {
  const caret = marked.indexOf('|');
  const text = marked.replace('|', '');
  const found = completionsAt(text, caret, vocabulary);
  return { text, found, inserts: found?.options.map(({ insert }) => insert) };
};
const taken = (marked: string, choice = 0) => {
  const { text, found } = at(marked);
  const result = applyCompletion(text, found!, found!.options[choice]!);
  return `${result.text.slice(0, result.caret)}|${result.text.slice(result.caret)}`;
};

describe('completionsAt', () => {
  it.each([
    ['photo of a <|', ['<new1> cat', '<new1>', '<new2> dog', '<new2>', '<style>']],
    ['<NEW2|', ['<new2> dog', '<new2>']],
    ['a <s| of it', ['<style>']],
    ['a <do|', ['<new2> dog', '<new2>']],
    ['a <new|1> on grass', ['<new1> cat', '<new1>', '<new2> dog', '<new2>']],
    ['a <n| cat', ['<new1>', '<new2> dog', '<new2>']],
    ['a <new1> |', ['cat']],
    ['a <new1> c|', ['cat']],
    ['a <new2> d| on grass', ['dog']],
  ])('%j offers %j', (marked, inserts) => expect(at(marked).inserts).toEqual(inserts));

  it.each([
    'photo of a |',
    'a <x|',
    'a < b|',
    '<new1>|',
    'a <new1> cat|',
    'a <new1> x|',
    'a <style> |',
    'a <new1> |cat',
  ])('%j offers nothing', (marked) => expect(at(marked).found).toBeUndefined());

  it('offers nothing without learned tokens', () => expect(completionsAt('<', 1, [])).toBeUndefined());
});

describe('applyCompletion', () => {
  it.each([
    ['photo of a <|', 0, 'photo of a <new1> cat|'],
    ['a <n|ew2> dog', 0, 'a <new1> cat| dog'],
    ['a <n|ew2> dog', 1, 'a <new1>| dog'],
    ['a <new1> c|', 0, 'a <new1> cat|'],
    ['a <|, on grass', 4, 'a <style>|, on grass'],
  ])('%j with choice %i gives %j', (marked, choice, result) => expect(taken(marked, choice)).toBe(result));
});
