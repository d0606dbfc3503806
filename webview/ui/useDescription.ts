import { useEffect, useRef, type MutableRef } from 'preact/hooks';

/** A toolkit element whose focusable control lies in its shadow. */
type ControlElement = HTMLElement & { control?: HTMLElement };

/**
 * Gives the control inside a toolkit element its description. An id cannot tie it to a text outside: ids do not reach
 * into the shadow of an element, so the words themselves are written there.
 */
export function useDescription<E extends ControlElement>(text: string | undefined): MutableRef<E | null> {
  const ref = useRef<E>(null);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const control = element.control ?? element;
    if (text) control.setAttribute('aria-description', text);
    else control.removeAttribute('aria-description');
  }, [text]);
  return ref;
}
