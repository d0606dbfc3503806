/** Puts a text into another language; `{0}`, `{1}` … stand for the values. */
type Translate = (text: string, ...values: (string | number)[]) => string;

const inEnglish: Translate = (text, ...values) =>
  text.replace(/\{(\d+)\}/g, (place, index: string) => String(values[Number(index)] ?? place));

let translate = inEnglish;

/** Texts of those parts that run without the editor as well; written as `vscode.l10n`, so that translators get them, too. */
export const l10n: { t: Translate } = { t: (text, ...values) => translate(text, ...values) };

/** Has texts translated by the editor from now on. */
export function translateBy(editor: Translate): void {
  translate = editor;
}
