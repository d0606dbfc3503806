import { ProductError } from '../../src/common/errors';
import { runParity } from './runParity';

const usage = `npm run parity -- <recording folder>

Compares the product with what diffusers and PyTorch recorded for the base model in the folder.
Example: npm run parity -- test/fixtures/sd1`;

/** The parity command. Returns the exit status: 0 when every check passed, 1 when one failed, 2 for bad input. */
export async function parityCommand(args: readonly string[], print: (line: string) => void): Promise<number> {
  const [folder, ...others] = args;
  if (folder === '--help' || folder === '-h') {
    print(usage);
    return 0;
  }
  if (!folder || others.length) {
    print(usage);
    return 2;
  }
  try {
    return (await runParity(folder, print)).passed ? 0 : 1;
  } catch (error) {
    if (!(error instanceof ProductError)) throw error;
    print(error.message);
    return 2;
  }
}
