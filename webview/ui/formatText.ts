/** Fills `{0}`, `{1}`, … of a localised text. */
export function formatText(text: string, ...values: readonly (string | number)[]): string {
  return text.replace(/\{(\d+)\}/g, (place, index: string) => String(values[Number(index)] ?? place));
}
