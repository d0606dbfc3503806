import type { PromptStrings } from '../../src/common/webview/promptStrings';
import { formatText } from '../ui/formatText';

/** Seconds in words, in steps that do not flicker. */
export function timeLeft(seconds: number, strings: PromptStrings): string {
  if (seconds >= 90) return formatText(strings.minutesLeft, Math.round(seconds / 60));
  const step = seconds > 20 ? 5 : 1;
  return formatText(strings.secondsLeft, Math.max(1, Math.round(seconds / step) * step));
}
