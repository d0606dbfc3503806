/** The controls that can take the focus in a field. */
const controls =
  'vscode-text-field, vscode-text-area, vscode-dropdown, vscode-checkbox, vscode-button, [tabindex="0"], button';

/**
 * Names of fields from the one meant to those around it: `concepts.0.prior.count`, `concepts.0.prior`, … A problem in a list
 * such as `sample.seeds.2` is shown at the whole list.
 */
export function fieldAndParents(field: string): string[] {
  const parts = field.split('.');
  return parts.map((_, i) => parts.slice(0, parts.length - i).join('.')).filter(Boolean);
}

/** Opens what hides a field, and gives it the focus. False when the form has no such field. */
export function focusField(field: string): boolean {
  for (const name of fieldAndParents(field)) {
    const place = document.querySelector<HTMLElement>(`[data-field="${CSS.escape(name)}"]`);
    if (!place) continue;
    for (let at: HTMLElement | null = place; at; at = at.parentElement)
      if (at instanceof HTMLDetailsElement) at.open = true;
    const control = place.querySelector<HTMLElement>(controls) ?? place;
    control.scrollIntoView({ block: 'center' });
    control.focus();
    return true;
  }
  return false;
}
