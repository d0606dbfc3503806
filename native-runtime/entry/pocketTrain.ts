import { trainAutoencoder } from '../pocket/training/trainAutoencoder';

let stop = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    stop = true;
  });

const [stage = 'autoencoder', folder = '.pocket-training', updates = '2000'] = process.argv.slice(2);
async function main(): Promise<void> {
  if (stage === 'autoencoder') await trainAutoencoder(folder, Number(updates), () => stop);
}
void main();
