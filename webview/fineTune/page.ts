import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { FieldProblem, FineTuneState, FineTuneToHost } from '../../src/common/webview/fineTune';
import type { FieldEdit } from '../../src/common/webview/fineTuneDraft';
import type { FineTuneStrings } from '../../src/common/webview/fineTuneStrings';
import type { PageState } from './store';

/** What every part of the page needs: what is shown, and the ways to change it. */
export interface Page {
  strings: FineTuneStrings;
  state: FineTuneState;
  views: PageState['views'];
  /** Language of numbers. */
  locale: string;
  edit(...edits: FieldEdit[]): void;
  post(message: FineTuneToHost): void;
  /** Asks for views of a picture, or closes them. */
  showViews(concept: number, file: string, first: number): void;
  closeViews(concept: number): void;
}

/** Gives {@link Page} to the parts. */
export const PageContext = createContext<Page | undefined>(undefined);

/** The page that a part lies in. */
export function usePage(): Page {
  const page = useContext(PageContext);
  if (!page) throw new Error('outside of the page');
  return page;
}

/** What is wrong with one field, in one text; undefined when nothing is. */
export function problemText(problems: readonly FieldProblem[], field: string): string | undefined {
  const own = problems.filter((p) => p.field === field && p.file === undefined);
  return own.length === 0 ? undefined : own.map(sentence).join(' ');
}

/** Problem and remedy as sentences. */
export function sentence({ problem, remedy }: Pick<FieldProblem, 'problem' | 'remedy'>): string {
  return [problem, remedy].filter(Boolean).join('. ');
}
