import { useEffect, useRef, useState } from 'preact/hooks';
import { fieldName, valueAt } from '../../src/common/webview/fineTuneDraft';
import { Button } from '../ui/Button';
import { Checkbox } from '../ui/Checkbox';
import { Dropdown } from '../ui/Dropdown';
import { Field } from '../ui/Field';
import { formatText } from '../ui/formatText';
import { TextArea } from '../ui/TextArea';
import { TextField } from '../ui/TextField';
import type { FieldSpec } from './fieldTable';
import { says, textOf, valueOf, type TextKind } from './fieldText';
import { problemText, usePage } from './page';

/** How a field's label or hint differs from what the table says. */
export interface FieldWords {
  label?: string;
  hint?: string;
}

/** One field of the configuration, with its problem; left empty it shows the default that holds then. */
export function ConfigField({ spec, words = {} }: { spec: FieldSpec; words?: FieldWords }) {
  const { strings, state } = usePage();
  const name = fieldName(spec.path);
  const label = words.label ?? strings[spec.label];
  const hint = words.hint ?? (spec.hint && strings[spec.hint]);
  const problem = problemText(state.check.problems, name);
  const value = valueAt(state.config, spec.path);
  const fallback = valueAt(state.check.resolved, spec.path);
  const props = { spec, label, hint, problem, value, fallback };
  return (
    <div class={`config-field ${spec.kind}`} data-field={name}>
      {spec.kind === 'check' ? (
        <CheckField {...props} />
      ) : spec.kind === 'choice' ? (
        <ChoiceField {...props} />
      ) : spec.kind === 'folder' ? (
        <FolderField {...props} />
      ) : (
        <WrittenField {...props} kind={spec.kind} />
      )}
    </div>
  );
}

interface ControlProps {
  spec: FieldSpec;
  label: string;
  hint?: string;
  problem?: string;
  value: unknown;
  fallback: unknown;
}

function WrittenField({ spec, kind, value, fallback, ...field }: ControlProps & { kind: TextKind }) {
  const { edit } = usePage();
  const [text, setText] = useState(textOf(value, kind));
  // What is typed runs ahead of what is shown.
  const typed = useRef(text);
  const change = (next: string) => {
    typed.current = next;
    setText(next);
  };
  // A value from elsewhere replaces the text; what the text says already does not, or typing would be disturbed.
  useEffect(() => {
    if (!says(typed.current, value, kind)) change(textOf(value, kind));
  }, [JSON.stringify(value)]);
  const written = (next: string) => {
    change(next);
    if (!says(next, value, kind))
      edit({ path: spec.path, value: valueOf(next, kind) ?? (spec.required ? '' : undefined) });
  };
  const placeholder = spec.required ? '' : textOf(fallback, kind);
  if (kind === 'lines') return <TextArea {...field} value={text} onInput={written} placeholder={placeholder} />;
  const inputMode = kind === 'number' ? 'decimal' : 'text';
  return <TextField {...field} value={text} onInput={written} placeholder={placeholder} inputMode={inputMode} />;
}

function CheckField({ spec, label, problem, value, fallback }: ControlProps) {
  const { edit } = usePage();
  const checked = typeof value === 'boolean' ? value : fallback === true;
  return (
    <>
      <Checkbox label={label} checked={checked} onChange={(next) => edit({ path: spec.path, value: next })} />
      {problem && <p class="note problem">{problem}</p>}
    </>
  );
}

function ChoiceField({ spec, value, fallback, ...field }: ControlProps) {
  const { strings, edit } = usePage();
  const choices = (spec.choices ?? []).map((choice) => ({
    value: choice.value,
    label: choice.label ? strings[choice.label] : (choice.name ?? choice.value),
  }));
  const standard = choices.find((choice) => choice.value === fallback);
  const text = textOf(value, 'text');
  const options = [
    // Once a choice is made, what the default would have been is not known any more.
    { value: '', label: text || !standard ? strings.standard : formatText(strings.byDefault, standard.label) },
    ...choices,
    // What a document says stays visible although it is wrong.
    ...(text && !choices.some((choice) => choice.value === text) ? [{ value: text, label: text }] : []),
  ];
  return (
    <Dropdown
      {...field}
      value={text}
      options={options}
      onChange={(next) => edit({ path: spec.path, value: next || undefined })}
    />
  );
}

function FolderField({ spec, value, fallback, ...field }: ControlProps) {
  const { strings, post, edit } = usePage();
  const text = textOf(value ?? fallback, 'text');
  return (
    <Field {...field}>
      {(ids) => (
        <div class="row folder" id={ids.control}>
          <code class="path">{text || strings.noFolder}</code>
          <Button onClick={() => post({ type: 'pickFolder', path: [...spec.path] })}>{strings.chooseFolder}</Button>
          {value !== undefined && (
            <Button
              appearance="icon"
              icon="close"
              label={strings.removeFolder}
              onClick={() => edit({ path: spec.path })}
            />
          )}
        </div>
      )}
    </Field>
  );
}
