/** A codicon; decoration only, so screen readers pass over it. */
export function Icon({ name, slot, spin }: { name: string; slot?: string; spin?: boolean }) {
  return (
    <span class={`codicon codicon-${name}${spin ? ' codicon-modifier-spin' : ''}`} slot={slot} aria-hidden="true" />
  );
}
