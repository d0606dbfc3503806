/** The number a text says, or nothing when it says none within the limits. */
export function readNumber(text: string, limits: { min: number; max: number; whole: boolean }): number | undefined {
  const trimmed = text.trim().replace(',', '.');
  if (!/^-?(\d+\.?\d*|\.\d+)$/.test(trimmed)) return undefined;
  const number = Number(trimmed);
  if (limits.whole && !Number.isSafeInteger(number)) return undefined;
  return number >= limits.min && number <= limits.max ? number : undefined;
}
