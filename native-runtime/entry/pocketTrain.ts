import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Argument, Command } from 'commander';
import { exitStatus } from '../../src/common/errors';
import { openSafetensors, readTensors } from '../formats/safetensors';
import { exportScorer } from '../pocket/scorer/exportScorer';
import { Reconstructor } from '../pocket/scorer/reconstructor';
import { scorerConfig } from '../pocket/scorer/scorerConfig';
import { trainScorer } from '../pocket/scorer/trainScorer';
import { exportVae } from '../pocket/training/exportVae';
import { trainAutoencoder } from '../pocket/training/trainAutoencoder';
import { trainUnet } from '../pocket/training/trainUnet';

/** The stages in their order, and how many updates each is meant to have. */
const stages = { autoencoder: 4000, unet: 8000, scorer: 2400 } as const;
type Stage = keyof typeof stages;

interface Options {
  training: string;
  model: string;
  updates?: number;
}

let stop = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    stop = true;
  });

async function runStage(stage: Stage, { training, model, updates = stages[stage] }: Options): Promise<void> {
  const stopped = () => stop;
  if (stage === 'autoencoder') {
    const { weights } = await trainAutoencoder(training, model, updates, stopped);
    // The UNet learns in the space of one autoencoder, so an exported one is replaced only by hand.
    if (!existsSync(join(model, 'vae'))) await exportVae(model, weights);
  } else if (stage === 'unet') await trainUnet(training, model, updates, stopped);
  else {
    const reconstructor = await Reconstructor.open(join(model, 'vae'));
    const state = await trainScorer(join(training, 'scorer'), updates, stopped, { reconstructor });
    await exportScorer(join(model, 'scorer'), state.weights, scorerConfig, state.updates);
  }
}

async function exportAutoencoder({ training, model }: Options): Promise<void> {
  const all = await readTensors(await openSafetensors(join(training, 'autoencoder.safetensors')));
  const prefix = 'weight.';
  const weights = [...all].filter(([name]) => name.startsWith(prefix));
  await exportVae(model, new Map(weights.map(([name, tensor]) => [name.slice(prefix.length), tensor])));
}

async function main(): Promise<void> {
  const program = new Command('pocket:train')
    .description(
      'Trains the pocket model with our own engine: autoencoder, UNet with text encoder, scorer. Goes on where it stopped.',
    )
    .addArgument(
      new Argument('[stage]', 'one stage; all of them in order if left out').choices([
        ...Object.keys(stages),
        'export-vae',
      ]),
    )
    .option('--training <folder>', 'where the state and the record are kept', '.pocket-training')
    .option('--model <folder>', 'the model folder to write', 'media/pocket')
    .option('--updates <count>', 'train up to this many updates in all', Number)
    .parse();
  const options = program.opts<Options>();
  const [stage] = program.args;
  if (stage === 'export-vae') await exportAutoencoder(options);
  else
    for (const name of stage ? [stage as Stage] : (Object.keys(stages) as Stage[]))
      if (!stop) await runStage(name, options);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = exitStatus(error);
});
