import { readConceptFolder } from '../data/conceptFolder';
import { formatBytes } from '../formatBytes';
import { estimateRun, type RunEstimate } from '../train/estimateRun';
import { fitRun } from '../train/fitRun';
import { offerOf } from '../train/memoryChoice';
import { machineRoom, roomWarnings, type MachineRoom } from '../train/machineRoom';
import { consoleFor, withCommonOptions, type AddCommand, type CommonOptions } from './commandContext';
import { ConceptFlags } from './conceptFlags';
import type { Console } from './console';
import { formatCount, formatDuration, formatTable } from './formatting';
import type { TrainInputs } from '../train/resolveInputs';
import { addTrainFlags, readTrainInputs, type TrainFlags } from './trainInputs';

/** An estimate beside what this machine has. Sizes in bytes, times in seconds. */
export interface EstimateResult extends RunEstimate {
  steps: number;
  /** Pictures of each concept. */
  pictures: number[];
  available: MachineRoom;
}

/** `estimate`: what a run would take, with the inputs of `train`. */
export const addEstimate: AddCommand = (program, context) => {
  const concepts = new ConceptFlags();
  const command = program
    .command('estimate')
    .description('say what a run would take in memory, time and disk; nothing is trained or written')
    .argument('[config]', 'training configuration, or a concepts_list.json of the reference scripts');
  addTrainFlags(command, concepts);
  command.action(async (file: string | undefined, options: TrainFlags & CommonOptions) => {
    const console = consoleFor(context, options);
    const result = await estimateCommand(console, await readTrainInputs(file, options, concepts), options.fit ?? false);
    console.result(result, describe(result));
  });
  withCommonOptions(command, [
    'estimate --concept ./photos/mochi --class cat --base ./stable-diffusion-v1-5 --resolution 512',
    'estimate config.json',
  ]);
};

/** Reads the pictures, draws the training graph and measures the machine for a moment. @throws ProductError as `train` does. */
async function estimateCommand(
  console: Console,
  { config: asked, base }: TrainInputs,
  fit: boolean,
): Promise<EstimateResult> {
  const available = await machineRoom(asked.output);
  const found = fit ? fitRun(asked, base, available.memory) : undefined;
  if (found?.changes.length) console.warn(`changed to fit into memory: ${offerOf(found)}`);
  const config = found?.config ?? asked;
  const pictures: number[] = [];
  for (const concept of config.concepts) {
    const folder = await readConceptFolder(concept.folder, concept, { resolution: config.resolution });
    pictures.push(folder.pictures.length);
  }
  const estimate = await estimateRun(config, base, { pictures, threads: config.threads });
  for (const warning of roomWarnings(estimate, available)) console.warn(warning);
  return { steps: config.steps, pictures, ...estimate, available };
}

function describe({
  steps,
  pictures,
  trainedParameters,
  memory,
  recompute,
  disk,
  secondsPerStep,
  seconds,
  available,
}: EstimateResult): string {
  return [
    `${pictures.join(' + ')} pictures, ${steps} steps, ${formatCount(trainedParameters)} trained parameters`,
    '',
    formatTable(
      [
        ['memory', formatBytes(memory.total), `of ${formatBytes(available.memory)}`],
        ['  mapped weights', formatBytes(memory.mappedWeights)],
        ['  trained, moments, gradients', formatBytes(memory.trainedState)],
        ['  results of the graph', formatBytes(memory.activations), recompute ? 'blocks are computed again' : ''],
        ['time', `about ${formatDuration(seconds)}`, 'without prior pictures, encoding and samples'],
        ['  one step', `about ${formatDuration(secondsPerStep)}`, 'as busy as this machine is now'],
        ['disk', formatBytes(disk.checkpoints + disk.delta + disk.caches), `of ${formatBytes(available.disk)} free`],
        ['  delta', formatBytes(disk.delta)],
        ['  checkpoints', formatBytes(disk.checkpoints)],
        ['  prior and encoded pictures', formatBytes(disk.caches)],
      ].map(([name = '', value = '', note = '']) => [name, value, note]),
      [1],
    ),
  ].join('\n');
}
