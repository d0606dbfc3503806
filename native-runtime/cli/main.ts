import { buildProgram } from './program';
import { processStreams, type Streams } from './console';
import { describeFailure } from './errorLine';

/**
 * Runs the command line with the arguments after the program's name and returns the exit status. Never throws: an error is
 * one line on standard error, and its stack as well with CUSTOM_DIFFUSION_DEBUG=1.
 */
export async function runCommandLine(args: readonly string[], streams: Streams = processStreams()): Promise<number> {
  let status = 0;
  const program = buildProgram(streams, (code) => {
    status = code;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return status;
  } catch (error) {
    const failure = describeFailure(error);
    if (failure.line) streams.err.write(`${failure.line}\n`);
    if (failure.status && process.env.CUSTOM_DIFFUSION_DEBUG === '1' && error instanceof Error)
      streams.err.write(`${error.stack}\n`);
    return failure.status;
  }
}
