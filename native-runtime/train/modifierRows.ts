/** The name under which the modifier tokens of one text encoder are trained: a matrix [tokens, width]. */
export const modifierRows = (encoder: number) => `modifier_rows.${encoder}`;

/** Whether a trained tensor holds modifier tokens, not weights of the UNet. */
export const isModifierRows = (name: string) => name.startsWith('modifier_rows.');
