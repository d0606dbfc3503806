import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { atomicWrite } from '../../atomicWrite';
import { Session } from '../../device/session';
import { float32ToFloat16 } from '../../formats/halfFloat';
import { writeSafetensors } from '../../formats/safetensors';
import { input } from '../../graph/tensor';
import { encodePicture } from '../../models/autoencoder';
import { parseAutoencoderConfig } from '../../models/autoencoderConfig';
import { inputWeights } from '../../nn/weights';
import type { TensorData } from '../../tensorData';
import { vaeConfig } from '../model/configs';
import { SCENE_SIZE } from '../world/scene';
import { scenePictures } from './pictures';

const SAMPLE = 256;

/** Writes a component folder: `config.json` and its weights in half precision. */
export async function writeComponent(
  folder: string,
  config: Record<string, unknown>,
  weights: ReadonlyMap<string, TensorData>,
  file: string,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await atomicWrite(join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
  const half = new Map<string, TensorData>();
  for (const [name, { shape, data }] of weights)
    half.set(name, { dtype: 'float16', shape, data: float32ToFloat16(data as Float32Array) });
  await writeSafetensors(join(folder, file), half, { format: 'pt' });
}

/**
 * Writes `vae/` of the pocket model. The mean and deviation of every latent channel over training scenes are folded into
 * `quant_conv` and `post_quant_conv`, both 1×1: exact, and the UNet sees channels of equal scale.
 */
export async function exportVae(folder: string, trained: ReadonlyMap<string, TensorData>): Promise<void> {
  const weights = new Map(trained);
  const { mean, deviation } = await channelStatistics(weights);
  foldEncoder(weights, mean, deviation);
  foldDecoder(weights, mean, deviation);
  await writeComponent(join(folder, 'vae'), vaeConfig, weights, 'diffusion_pytorch_model.safetensors');
}

async function channelStatistics(
  weights: ReadonlyMap<string, TensorData>,
): Promise<{ mean: number[]; deviation: number[] }> {
  const config = parseAutoencoderConfig(vaeConfig, 'vae/config.json');
  const pictures = input('pictures', [SAMPLE, 3, SCENE_SIZE, SCENE_SIZE]);
  const session = await Session.create({ mean: encodePicture(pictures, inputWeights(new Map()), config).mean });
  const feed = await scenePictures(2, 0, SAMPLE);
  const { mean: latents } = await session.run({ ...Object.fromEntries(weights), pictures: feed.pictures });
  await session.release();
  const cells = (SCENE_SIZE / config.scaleFactor) ** 2;
  const values = latents!.data as Float32Array;
  const channel = (c: number) =>
    Array.from({ length: SAMPLE }, (_, n) =>
      values.subarray((n * config.latentChannels + c) * cells, (n * config.latentChannels + c + 1) * cells),
    );
  const channels = Array.from({ length: config.latentChannels }, (_, c) => {
    const parts = channel(c);
    const average = parts.reduce((sum, part) => part.reduce((s, v) => s + v, sum), 0) / (SAMPLE * cells);
    const variance =
      parts.reduce((sum, part) => part.reduce((s, v) => s + (v - average) ** 2, sum), 0) / (SAMPLE * cells);
    return { average, deviation: Math.sqrt(variance) };
  });
  return { mean: channels.map((c) => c.average), deviation: channels.map((c) => c.deviation) };
}

/** z → (z − mean) / deviation for the mean half of quant_conv's output; the log-variance half shifts by −2·log deviation. */
function foldEncoder(weights: Map<string, TensorData>, mean: number[], deviation: number[]): void {
  const [weight, bias] = [copy(weights, 'quant_conv.weight'), copy(weights, 'quant_conv.bias')];
  const inputs = weight.length / bias.length;
  mean.forEach((m, c) => {
    for (let i = 0; i < inputs; i++) weight[c * inputs + i]! /= deviation[c]!;
    bias[c] = (bias[c]! - m) / deviation[c]!;
    bias[mean.length + c]! -= 2 * Math.log(deviation[c]!);
  });
}

/** The inverse in front of post_quant_conv: W·(deviation·z + mean) + b. */
function foldDecoder(weights: Map<string, TensorData>, mean: number[], deviation: number[]): void {
  const [weight, bias] = [copy(weights, 'post_quant_conv.weight'), copy(weights, 'post_quant_conv.bias')];
  const inputs = mean.length;
  for (let o = 0; o < bias.length; o++)
    for (let i = 0; i < inputs; i++) {
      bias[o]! += weight[o * inputs + i]! * mean[i]!;
      weight[o * inputs + i]! *= deviation[i]!;
    }
}

function copy(weights: Map<string, TensorData>, name: string): Float32Array {
  const tensor = weights.get(name)!;
  const data = Float32Array.from(tensor.data as Float32Array);
  weights.set(name, { ...tensor, data });
  return data;
}
