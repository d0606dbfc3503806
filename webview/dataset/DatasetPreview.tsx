import './dataset.css';
import type { DatasetState, FileRemark } from '../../src/common/webview/fineTune';
import { valueAt } from '../../src/common/webview/fineTuneDraft';
import { sentence, usePage } from '../fineTune/page';
import { Button } from '../ui/Button';
import { formatText } from '../ui/formatText';
import { Icon } from '../ui/Icon';
import { AugmentationPreview } from './AugmentationPreview';
import { excludedFiles, fileStem, shownCaption, subjectText, withExcluded } from './captionText';
import { PictureCard } from './PictureCard';
import { PictureCards } from './PictureCards';

/** The pictures of one concept. */
export function DatasetPreview({ concept, name }: { concept: number; name: string }) {
  const { strings, state, edit, post } = usePage();
  const dataset: DatasetState = state.datasets[concept] ?? {
    status: 'reading',
    pictures: [],
    skipped: [],
    warnings: [],
  };
  const excluded = excludedFiles(state.config, concept);
  const subject = subjectText(state.config, concept);
  const template = valueAt(state.check.resolved, ['concepts', concept, 'template']);
  const captionOf = (file: string) => {
    const picture = dataset.pictures.find((p) => p.file === file);
    return picture ? shownCaption(picture, subject, typeof template === 'string' ? template : undefined) : '';
  };
  const problemsOf = (file: string) =>
    state.check.problems.filter(
      (p) => p.field === `concepts.${concept}.folder` && p.file !== undefined && fileStem(p.file) === fileStem(file),
    );
  const use = (file: string, used: boolean) =>
    edit({ path: ['concepts', concept, 'exclude'], value: withExcluded(excluded, file, used) });
  const count = dataset.pictures.length;
  const used = dataset.pictures.filter(({ file }) => !excluded.includes(file)).length;

  return (
    <section class="dataset" aria-label={formatText(strings.pictures, name)} aria-busy={dataset.status === 'reading'}>
      <div class="row spread">
        <p role="status" class="note">
          {dataset.status === 'reading' && count === 0
            ? strings.loading
            : formatText(strings.pictureCount, used, count)}
        </p>
        <Button
          appearance="icon"
          icon="refresh"
          label={strings.rescan}
          disabled={dataset.status === 'reading'}
          onClick={() => post({ type: 'rescan', concept })}
        />
      </div>
      {dataset.status === 'failed' && (
        <p class="problem">{formatText(strings.picturesFailed, dataset.problem ?? '')}</p>
      )}
      {dataset.status === 'ready' && count === 0 && <p class="problem">{strings.noPictures}</p>}
      <Remarks title={strings.folderRemarks} remarks={dataset.warnings.filter(({ file }) => file === '')} />
      <PictureCards label={formatText(strings.pictures, name)} files={dataset.pictures.map(({ file }) => file)}>
        {(file, place) => (
          <PictureCard
            concept={concept}
            picture={dataset.pictures.find((picture) => picture.file === file)!}
            caption={captionOf(file)}
            used={!excluded.includes(file)}
            onUse={(next) => use(file, next)}
            warnings={dataset.warnings.filter((warning) => warning.file === file).map(({ problem }) => problem)}
            problems={problemsOf(file).map(sentence)}
            {...place}
          />
        )}
      </PictureCards>
      <AugmentationPreview concept={concept} captionOf={captionOf} />
      {dataset.skipped.length > 0 && (
        <details open={count === 0}>
          <summary>{formatText(strings.skippedFiles, dataset.skipped.length)}</summary>
          <Remarks remarks={dataset.skipped} />
        </details>
      )}
    </section>
  );
}

function Remarks({ title, remarks }: { title?: string; remarks: readonly FileRemark[] }) {
  if (remarks.length === 0) return null;
  return (
    <ul class="remarks" aria-label={title}>
      {remarks.map(({ file, problem }) => (
        <li key={`${file} ${problem}`} class="remark warning">
          <Icon name="warning" /> {file && <code>{file}</code>} {problem}
        </li>
      ))}
    </ul>
  );
}
