import { join } from 'node:path';
import { openSafetensors, readTensors } from '../formats/safetensors';
import { exportVae } from '../pocket/training/exportVae';
import { trainAutoencoder } from '../pocket/training/trainAutoencoder';
import { trainUnet } from '../pocket/training/trainUnet';

const usage = 'pocketTrain <autoencoder | export-vae | unet> <training folder> <model folder> <updates>';

let stop = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    stop = true;
  });

async function main([stage, folder, model, updates]: string[]): Promise<void> {
  if (!stage || !folder || !model) throw new Error(usage);
  const stopped = () => stop;
  if (stage === 'autoencoder') await trainAutoencoder(folder, model, Number(updates), stopped);
  else if (stage === 'export-vae') await exportVae(model, await autoencoderWeights(folder));
  else if (stage === 'unet') await trainUnet(folder, model, Number(updates), stopped);
  else throw new Error(usage);
}

async function autoencoderWeights(folder: string) {
  const all = await readTensors(await openSafetensors(join(folder, 'autoencoder.safetensors')));
  const prefix = 'weight.';
  return new Map(
    [...all].filter(([name]) => name.startsWith(prefix)).map(([name, t]) => [name.slice(prefix.length), t]),
  );
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
