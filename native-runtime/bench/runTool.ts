import { spawn } from 'node:child_process';
import { ProductError } from '../../src/common/errors';

/**
 * Runs a program to its end in a fresh process and returns the JSON that it prints, all of it or its last line; what it says on
 * standard error is shown only when it fails.
 * @throws ProductError `internal` with the end of its standard error when it fails or prints no JSON
 */
export async function runTool(command: readonly string[], part: 'all' | 'last line' = 'last line'): Promise<unknown> {
  const [program, ...args] = command as [string, ...string[]];
  const { status, output, errors } = await finished(program, args);
  const told = parsed(part === 'all' ? output : (output.trim().split('\n').at(-1) ?? ''));
  if (status === 0 && told !== undefined) return told;
  const end = errors.trim().split('\n').slice(-8).join('\n');
  const problem = status === 0 ? 'printed no JSON' : `ended with ${status}`;
  throw new ProductError('internal', command.join(' '), `${problem}\n${end}`, 'Run it by itself');
}

function finished(program: string, args: readonly string[]) {
  return new Promise<{ status: number | string; output: string; errors: string }>((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const stop = () => child.kill();
    process.once('SIGINT', stop).once('SIGTERM', stop);
    let [output, errors] = ['', ''];
    child.stdout.on('data', (part: Buffer) => (output += part.toString()));
    child.stderr.on('data', (part: Buffer) => (errors += part.toString()));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('SIGINT', stop).off('SIGTERM', stop);
      resolve({ status: code ?? signal ?? 'nothing', output, errors });
    });
  });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
