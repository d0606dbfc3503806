import type { ScorerConfig } from '../pocket/scorer/scorerConfig';
import { ProductError } from '../../src/common/errors';
import type { Expected } from './verdict';

/** A concept that was taught, and the individual that a scorer should recognise in its pictures. */
export interface Subject extends Required<Expected> {
  /** `<new1>`. */
  token: string;
  /** The word that follows it in prompts. */
  classNoun: string;
}

/** As prompts name it: `<new1> cat`. */
export function subjectPhrase({ token, classNoun }: Pick<Subject, 'token' | 'classNoun'>): string {
  return `${token} ${classNoun}`;
}

/**
 * The individual of that name with its species.
 * @param where the flag or folder that named it
 * @throws ProductError `bad-input` when the scorer does not know it.
 */
export function knownIndividual(name: string, { individuals }: ScorerConfig, where: string): Required<Expected> {
  const found = individuals.find((one) => one.name === name);
  if (found) return { species: found.species, individual: found.name };
  throw new ProductError(
    'bad-input',
    where,
    `the scorer knows no individual "${name}"`,
    `Choose with --individual one of ${individuals.map((one) => one.name).join(', ')}`,
  );
}
