import { RECOGNISED_GOAL, type FineTuneReport } from './fineTuneProtocol';
import { code, markdownTable } from './markdownTable';
import { VERDICTS } from './verdict';
import { formatProportion } from './wilson';

/** The report as Markdown tables, every rate with its 95 % interval. */
export function formatFineTuneReport({ subjects, others }: FineTuneReport): string {
  const goal = `≥ ${Math.round(RECOGNISED_GOAL * 100)} %`;
  const rows = subjects.map(({ prompt, individual, rates }) => {
    const [recognised] = rates.individuals;
    const failures = VERDICTS.filter((name) => name !== 'success' && rates.verdicts[name].count > 0);
    return [
      code(prompt),
      individual,
      formatProportion(recognised!),
      goal,
      recognised!.rate >= RECOGNISED_GOAL ? 'yes' : 'no',
      formatProportion(rates.strict),
      failures.map((name) => `${name} ${rates.verdicts[name].count}`).join(', ') || 'none',
    ];
  });
  const names = subjects.map(({ individual }) => individual);
  const otherRows = others.map(({ model, prompt, right, changedInto }) => [
    model,
    code(prompt),
    formatProportion(right),
    ...names.map((name) => formatProportion(changedInto[name]!)),
  ]);
  return [
    markdownTable(['prompt', 'individual', 'recognised', 'goal', 'met', 'and nothing else', 'failures'], rows),
    markdownTable(
      ['model', 'prompt', 'the animal named', ...names.map((name) => `with the looks of ${name}`)],
      otherRows,
    ),
  ].join('\n');
}
