import type { PromptForm } from '../../src/common/webview/promptForm';
import type { PromptStrings } from '../../src/common/webview/promptStrings';

/** What every section of the form gets. */
export interface FormEdit {
  form: PromptForm;
  edit: (change: Partial<PromptForm>) => void;
  /** Makes the callback by which a field says whether what it holds can be used. */
  validity: (field: string) => (valid: boolean) => void;
  strings: PromptStrings;
}
