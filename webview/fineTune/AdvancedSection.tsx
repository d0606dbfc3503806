import { loadViewState, saveViewState } from '../ui/host';
import { ConfigField } from './ConfigField';
import { advancedGroups } from './fieldTable';
import { usePage } from './page';

/** Everything that few people change. */
export function AdvancedSection() {
  const { strings } = usePage();
  const { advanced } = loadViewState({ advanced: false });
  return (
    <details
      class="advanced"
      open={advanced}
      onToggle={(event) => saveViewState({ advanced: (event.currentTarget as HTMLDetailsElement).open })}
    >
      <summary>{strings.advanced}</summary>
      {advancedGroups.map(({ title, fields }) => (
        <section key={title} aria-label={strings[title]}>
          <h3>{strings[title]}</h3>
          <div class="columns">
            {fields.map((spec) => (
              <ConfigField key={spec.label} spec={spec} />
            ))}
          </div>
        </section>
      ))}
    </details>
  );
}
