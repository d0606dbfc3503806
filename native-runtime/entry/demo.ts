import { Console, processStreams } from '../cli/console';
import { runDemo } from '../cli/demo';
import { describeFailure } from '../cli/errorLine';
import { INTERRUPTED } from '../cli/interrupt';

async function main(): Promise<void> {
  const console = new Console(processStreams(), false);
  const result = await runDemo(console, { output: process.argv[2] ?? 'demo-output' });
  if (!result) {
    process.exitCode = INTERRUPTED;
    return;
  }
  const lines = [
    `run:              ${result.run}`,
    `fine-tune:        ${result.delta}`,
    `before and after: ${result.grid}`,
  ];
  console.result(result, [...lines, ...result.attention.map((path) => `attention:        ${path}`)].join('\n'));
}

main().catch((error: unknown) => {
  const { line, status } = describeFailure(error);
  process.stderr.write(`${line}\n`);
  if (process.env.CUSTOM_DIFFUSION_DEBUG === '1' && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exitCode = status;
});
