import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

/** What every form field has around its control. */
export interface FieldProps {
  label: string;
  /** Shown in the error colour and tied to the control. */
  problem?: string;
  /** A quiet sentence below. */
  hint?: string;
}

/** Label, control, and a note; the control gets the ids that tie them together. */
export function Field({
  label,
  problem,
  hint,
  children,
}: FieldProps & { children: (ids: { control: string; note: string | undefined }) => ComponentChildren }) {
  const id = useId();
  const note = (problem ?? hint) ? `${id}-note` : undefined;
  return (
    <div class="field">
      <label for={`${id}-control`}>{label}</label>
      {children({ control: `${id}-control`, note })}
      {note && (
        <span id={note} class={problem ? 'note problem' : 'note'} role={problem ? 'alert' : undefined}>
          {problem ?? hint}
        </span>
      )}
    </div>
  );
}
