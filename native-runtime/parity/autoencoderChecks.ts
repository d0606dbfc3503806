import { Session } from '../device/session';
import { input } from '../graph/tensor';
import { decodeLatents, encodePicture } from '../models/autoencoder';
import type { AutoencoderConfig } from '../models/autoencoderConfig';
import { componentWeights, type Component } from '../models/baseModel';
import { sampledLatents, unscaledLatents } from '../models/latents';
import { limits } from './limits';
import type { Recording } from './recording';
import type { Report } from './report';

/** The autoencoder's two halves: the distribution of a picture's latents, latents drawn from it, and a decoded picture. */
export async function autoencoderChecks(
  recording: Recording,
  report: Report,
  prefix = '',
  vae: Component<AutoencoderConfig> = recording.base.vae,
): Promise<void> {
  const recorded = await recording.tensors('vae');
  const feeds = { image: recorded.get('image'), noise: recorded.get('noise'), z: recorded.get('z') };
  const weights = componentWeights(vae);
  const distribution = encodePicture(input('image', feeds.image.shape), weights.get, vae.config);
  const latents = sampledLatents(distribution, input('noise', feeds.noise.shape), vae.config);
  const decoded = decodeLatents(unscaledLatents(input('z', feeds.z.shape), vae.config), weights.get, vae.config);
  weights.check();
  const session = await Session.create(
    { mean: distribution.mean, logvar: distribution.logvar, latents, decoded },
    recording.session,
  );
  const results = await session.run(feeds);
  await session.release();
  for (const name of ['mean', 'logvar', 'latents', 'decoded'])
    report.compare(`${prefix}autoencoder ${name}`, results[name], recorded.get(name), limits.autoencoder);
}
