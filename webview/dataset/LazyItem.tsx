import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** How far outside the window items are kept alive, so that scrolling and tabbing find them there. */
const margin = '600px';

/**
 * A list item whose content exists only near the visible part of the page; elsewhere it keeps its place with the height it
 * had. The item that holds the keyboard's focus always stays.
 */
export function LazyItem({
  lazy,
  className,
  role,
  children,
}: {
  /** Whether it may be without its content; otherwise it is there at once. */
  lazy: boolean;
  role?: 'row';
  className: string;
  children: ComponentChildren;
}) {
  const ref = useRef<HTMLLIElement>(null);
  const [near, setNear] = useState(!lazy);
  const [height, setHeight] = useState<number>();
  useEffect(() => {
    const item = ref.current;
    if (!item || !lazy) return setNear(true);
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (!entry) return;
        if (!entry.isIntersecting && item.contains(document.activeElement)) return;
        if (!entry.isIntersecting) setHeight(entry.boundingClientRect.height);
        setNear(entry.isIntersecting);
      },
      { rootMargin: margin },
    );
    observer.observe(item);
    return () => observer.disconnect();
  }, [lazy]);
  const shown = near || !lazy;
  return (
    <li ref={ref} role={role} class={className} style={shown || !height ? undefined : { minHeight: `${height}px` }}>
      {shown && children}
    </li>
  );
}
