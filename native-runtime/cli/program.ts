import { Command } from 'commander';
import packageFile from '../../package.json';
import { addAttention } from './attention';
import type { Streams } from './console';
import type { AddCommand } from './commandContext';
import { addDevice } from './device';
import { addEstimate } from './estimate';
import { addInspect } from './inspect';
import { addLayers } from './layers';
import { addSample } from './sample';
import { addScore } from './score';
import { addStudy } from './study';
import { addTrain } from './train';

/** Every command of the program, in the order of the help. */
const commands: readonly AddCommand[] = [
  addTrain,
  addSample,
  addAttention,
  addScore,
  addStudy,
  addInspect,
  addEstimate,
  addLayers,
  addDevice,
];

/**
 * The program with all its commands. It never ends the process: usage errors are thrown as CommanderError.
 * @param setStatus told the exit status of a command that ends without an error but not with success
 */
export function buildProgram(streams: Streams, setStatus: (status: number) => void): Command {
  const program = new Command('custom-diffusion')
    .description('Teach Stable Diffusion your own subjects, and see why a picture came out as it did.')
    .version(packageFile.version)
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => streams.out.write(text),
      writeErr: (text) => streams.err.write(text),
      // Told by whoever catches the error, on one line.
      outputError: () => {},
    })
    .addHelpText('after', '\nEach command has its own help, with an example: custom-diffusion train --help');
  for (const add of commands) add(program, { streams, setStatus });
  return program;
}
