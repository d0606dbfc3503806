import { useLayoutEffect } from 'preact/hooks';
import type { FieldProps } from './Field';
import { useControlName } from './useControlName';
import { useDescription } from './useDescription';

/** The reference for a toolkit control that holds text: its name, its description and its value are kept as given. */
export function useTextControl({ label, problem, hint }: FieldProps, value: string) {
  const ref = useDescription<HTMLElement & { value: string }>(problem ?? hint);
  useControlName(ref, label);
  // The element keeps a value of its own: write it only when it differs, or the cursor jumps; and at once, or
  // a letter typed meanwhile is lost.
  useLayoutEffect(() => {
    if (ref.current && ref.current.value !== value) ref.current.value = value;
  }, [value]);
  return ref;
}
