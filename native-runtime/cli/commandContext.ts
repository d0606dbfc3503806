import { Option, type Command } from 'commander';
import { deviceChoices, precisionChoices, type ComputingChoice } from '../../src/common/protocol/device';
import { oneOf, wholeNumber } from './arguments';
import { Console, type Streams } from './console';

/** What every command is given. */
export interface CommandContext {
  streams: Streams;
  /** Sets the exit status of a command that ends without an error but not with success. */
  setStatus: (status: number) => void;
}

/** Adds one command to the program. */
export type AddCommand = (program: Command, context: CommandContext) => void;

/** The option of every command. */
export interface CommonOptions {
  json?: boolean;
}

/** Adds `--json` and the examples at the end of the help. */
export function withCommonOptions(command: Command, examples: readonly string[]): Command {
  return command
    .option('--json', 'print the result as JSON on standard output; notes go to standard error')
    .addHelpText(
      'after',
      `\nExample${examples.length > 1 ? 's' : ''}:\n${examples.map((e) => `  $ custom-diffusion ${e}`).join('\n')}`,
    );
}

/** The console for a command's options. */
export function consoleFor({ streams }: CommandContext, options: CommonOptions): Console {
  return new Console(streams, options.json ?? false);
}

function threadsOption(): Option {
  return new Option('--threads <n>', 'threads on the CPU (default: one for each core)').argParser(wholeNumber(1, 1024));
}

/** `--device`, `--precision` and `--threads`, of commands that run the model. */
export interface ComputingFlags extends ComputingChoice {
  threads?: number;
}

/** Adds {@link ComputingFlags}. */
export function addComputingFlags(command: Command): Command {
  const devices = `what computes: ${deviceChoices.join(', ')} (default: auto)`;
  const precisions = `products in 16 bits (mixed) or 32 (single): ${precisionChoices.join(', ')} (default: auto)`;
  return command
    .addOption(new Option('--device <device>', devices).argParser(oneOf(deviceChoices)))
    .addOption(new Option('--precision <precision>', precisions).argParser(oneOf(precisionChoices)))
    .addOption(threadsOption());
}
