import { Console, processStreams } from './console';
import { runDemo } from './demo';
import { describeFailure } from './errorLine';
import { INTERRUPTED } from './interrupt';

/** Runs the demonstration with the arguments after the program's name, the folder to write into, and returns the exit status. */
export async function demoProgram([output = 'demo-output']: readonly string[]): Promise<number> {
  const console = new Console(processStreams(), false);
  try {
    const result = await runDemo(console, { output });
    if (!result) return INTERRUPTED;
    const lines = [
      `run:              ${result.run}`,
      `fine-tune:        ${result.delta}`,
      `before and after: ${result.grid}`,
    ];
    console.result(result, [...lines, ...result.attention.map((path) => `attention:        ${path}`)].join('\n'));
    return 0;
  } catch (error) {
    const { line, status } = describeFailure(error);
    process.stderr.write(`${line}\n`);
    if (process.env.CUSTOM_DIFFUSION_DEBUG === '1' && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return status;
  }
}
