import { describeComputing } from '../device/requireDevice';
import { code, markdownTable } from './markdownTable';
import { BASE_ROW, studyPrompts, type StudyReport, type StudyRow } from './studyProtocol';
import type { Subject } from './subject';
import { VERDICTS, type Verdict } from './verdict';
import type { Proportion } from './wilson';

const MEANINGS: Record<Verdict, string> = {
  success: 'exactly the two animals, each the right individual',
  swapped: 'both species, each with the looks of the other individual',
  duplicate: 'one animal missing, the other there twice',
  missing: 'one animal missing, or both',
  mixed: 'a creature between the two, or one that wears the other’s looks',
  extra: 'both animals, and more besides',
  unrecognised: 'both species, but not both the individuals',
};

/** A study as Markdown: how it was made, strict success and each failure per mode and prompt, and what the words mean. */
export function formatStudy(report: StudyReport): string {
  const subjects = report.subjects as [Subject, Subject];
  const { settings, seeds, training } = report;
  const prompts = studyPrompts(subjects);
  const failures = VERDICTS.filter((name) => name !== 'success');
  const names = subjects.map(({ token, individual }) => `${code(token)} is ${individual}`).join(', ');
  const species = subjects.map((s) => s.species).join(' and ');
  const result = markdownTable(
    ['mode', 'prompt', 'success', 'both species', ...subjects.map((s) => s.individual), ...failures],
    report.rows.map((row) => resultRow(row, failures)),
  );
  const costs = markdownTable(
    ['mode', 'steps', 'learning rate', 'weights that learn', 'training time, s'],
    training.map((t) => [t.mode, t.steps, t.learningRate, t.trainedParameters, Math.round(t.seconds)]),
  );
  const { scheduler, steps, guidanceScale } = settings;
  return (
    [
      '# Two concepts in one picture',
      `${names}; ${seeds.length} seeds; ${scheduler}, ${steps} steps, guidance ${guidanceScale}; drawn on ${describeComputing(report.computedOn)}. Percentages with their 95 % intervals (Wilson).`,
      prompts.map((prompt, i) => `${i + 1}. ${code(prompt)}`).join('\n'),
      result.trimEnd(),
      ...(report.rows.some(({ mode }) => mode === BASE_ROW)
        ? [
            `The rows "${BASE_ROW}" are the model before the fine-tune, with the prompts without their tokens: any ${species} will do.`,
          ]
        : []),
      VERDICTS.map((name) => `- ${name}: ${MEANINGS[name]}`).join('\n'),
      ...(training.length ? [costs.trimEnd()] : []),
    ].join('\n\n') + '\n'
  );
}

function resultRow({ mode, number, rates }: StudyRow, failures: readonly Verdict[]): (string | number)[] {
  // The base does not know the individuals.
  const individuals = mode === BASE_ROW ? rates.individuals.map(() => '–') : rates.individuals.map(short);
  const verdicts = failures.map((name) => short(rates.verdicts[name]));
  return [mode, number, short(rates.strict), short(rates.all), ...individuals, ...verdicts];
}

function short({ rate, low, high }: Proportion): string {
  const percent = (value: number) => Math.round(100 * value);
  return `${percent(rate)} (${percent(low)}–${percent(high)})`;
}
