import { cudaRemedy, examineCuda } from '../../native-runtime/device/cudaSetup';
import { runOneOperator } from '../../native-runtime/device/probe';

/** Why tests cannot use CUDA here; undefined where they can. Says so, since a test that is skipped proves nothing. */
export async function whyNoCuda(): Promise<string | undefined> {
  const setup = await examineCuda();
  const problem =
    setup.obstacle?.problem ??
    (setup.libraries ? await runOneOperator('cuda').then(() => undefined, messageOf) : cudaRemedy(setup, ''));
  if (problem !== undefined) console.warn(`\nSKIPPED, nothing of CUDA was tested: ${problem}\n`);
  return problem;
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
