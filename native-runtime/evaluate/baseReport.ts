import { BASE_GOALS, type BaseReport } from './baseProtocol';
import { code, markdownTable } from './markdownTable';
import { VERDICTS } from './verdict';
import { formatProportion, type Proportion } from './wilson';

/** The report as Markdown: every rate with its 95 % interval and its goal, then the confusion of animals. */
export function formatBaseReport({
  animals,
  anyAnimal,
  confusion,
  pair,
  backgrounds,
  anyBackground,
}: BaseReport): string {
  const { animal, pair: pairGoal, background } = BASE_GOALS;
  const rows = [
    ...animals.map(({ prompt, named, right }) => row(code(prompt), `a ${named} and nothing else`, right, animal)),
    row('all of these', 'the named animal', anyAnimal, animal),
    row(code(pair.prompt), 'both present', pair.rates.all, pairGoal),
    row(code(pair.prompt), 'one of each and nothing else', pair.rates.strict),
    row(code(pair.prompt), 'background: grass', pair.background, background),
    ...backgrounds.map(({ prompt, named, right }) => row(code(prompt), `background: ${named}`, right, background)),
    row('all of these', 'the named background', anyBackground, background),
  ];
  const failures = VERDICTS.filter((name) => name !== 'success' && pair.rates.verdicts[name].count > 0);
  const verdicts = failures.map((name) => `${name} ${formatProportion(pair.rates.verdicts[name])}`).join('; ');
  return [
    markdownTable(['prompt', 'shown', 'rate (95 % interval), pictures', 'goal', 'met'], rows),
    ...(verdicts ? [`Failures of ${code(pair.prompt)}: ${verdicts}.\n`] : []),
    confusion.toMarkdown(),
  ].join('\n');
}

function row(prompt: string, shown: string, rate: Proportion, goal?: number): string[] {
  if (goal === undefined) return [prompt, shown, formatProportion(rate), '', ''];
  return [prompt, shown, formatProportion(rate), `≥ ${Math.round(goal * 100)} %`, rate.rate >= goal ? 'yes' : 'no'];
}
