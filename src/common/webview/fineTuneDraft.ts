/** A configuration while it is being edited: anything may be missing or of the wrong kind until it is checked. */
export type FineTuneDraft = Readonly<Record<string, unknown>>;

/** Where a value of a draft lies: names of fields and places in lists. */
export type FieldPath = readonly (string | number)[];

/** One change of a draft; without a value the field is left out, so that its default holds. */
export interface FieldEdit {
  path: FieldPath;
  value?: unknown;
}

/** The value at a path; undefined where there is none. */
export function valueAt(value: unknown, path: FieldPath): unknown {
  return path.reduce<unknown>((at, part) => (isContainer(at) && Object.hasOwn(at, part) ? at[part] : undefined), value);
}

/** The draft after a change. Objects that become empty are left out too; entries of lists stay. */
export function withEdit(draft: FineTuneDraft, { path, value }: FieldEdit): FineTuneDraft {
  return changed(draft, path, value) as FineTuneDraft;
}

/** A path as one text, by which fields, problems and links find each other: `concepts.0.folder`. */
export function fieldName(path: FieldPath): string {
  return path.join('.');
}

function changed(at: unknown, path: FieldPath, value: unknown): unknown {
  const [part, ...rest] = path;
  if (part === undefined) return value;
  if (Array.isArray(at)) {
    const list = [...(at as unknown[])];
    if (typeof part === 'number' && part < list.length) list[part] = changed(list[part], rest, value);
    return list;
  }
  const object = isContainer(at) ? at : {};
  const next = changed(object[part], rest, value);
  const { [part]: _before, ...others } = object;
  if (next === undefined || (rest.length > 0 && isEmpty(next))) return others;
  // In the place where it was, so that a document keeps its order.
  return Object.hasOwn(object, part) ? { ...object, [part]: next } : { ...others, [part]: next };
}

function isEmpty(value: unknown): boolean {
  return isContainer(value) && !Array.isArray(value) && Object.keys(value).length === 0;
}

function isContainer(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null;
}
