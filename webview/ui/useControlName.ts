import { useLayoutEffect, type MutableRef } from 'preact/hooks';

/** Names a toolkit text control: on entering the page it calls itself "Text field", whatever name was given before. */
export function useControlName(ref: MutableRef<HTMLElement | null>, name: string): void {
  useLayoutEffect(() => ref.current?.setAttribute('aria-label', name), [name]);
}
