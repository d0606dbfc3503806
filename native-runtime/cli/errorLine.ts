import { CommanderError } from 'commander';
import { exitStatus, ProductError } from '../../src/common/errors';
import { asMemoryFailure } from '../memoryFailure';
import { INTERRUPTED } from './interrupt';

/** How a failed command ends. */
export interface Failure {
  /** One line; empty when everything is said already. */
  line: string;
  status: number;
}

/** What the command line says about an error, on one line, and its exit status: 2 for bad input, 130 for Ctrl-C, else 1. */
export function describeFailure(thrown: unknown): Failure {
  const error = asMemoryFailure(thrown);
  if (error instanceof CommanderError) return describeUsage(error);
  if (error instanceof ProductError) {
    const status = error.code === 'cancelled' ? INTERRUPTED : exitStatus(error);
    return { line: `error: ${oneLine(error.message)}`, status };
  }
  const message = error instanceof Error ? error.message : String(error);
  const remedy = 'This is a fault in the program; CUSTOM_DIFFUSION_DEBUG=1 shows where';
  return { line: `error: ${oneLine(message)}. ${remedy}`, status: 1 };
}

function describeUsage(error: CommanderError): Failure {
  if (error.exitCode === 0) return { line: '', status: 0 };
  if (error.code === 'commander.help') return { line: '', status: 2 };
  const text = oneLine(error.message).replace(/^error: /, '');
  const remedy = /Did you mean|Choose|Give/.test(text) ? '' : '. See --help';
  return { line: `error: ${text}${remedy}`, status: 2 };
}

/** Control characters would let a file name draw on the terminal. */
function oneLine(text: string): string {
  return text
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .replace(/\p{Cc}/gu, '�')
    .trim();
}
