import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { input } from '../../../native-runtime/graph/tensor';
import { decodeLatents, encodePicture } from '../../../native-runtime/models/autoencoder';
import { parseAutoencoderConfig } from '../../../native-runtime/models/autoencoderConfig';
import { inputWeights } from '../../../native-runtime/nn/weights';
import { vaeConfig } from '../../../native-runtime/pocket/model/configs';
import { picturesOf } from '../../../native-runtime/pocket/scorer/examples';
import { Reconstructor } from '../../../native-runtime/pocket/scorer/reconstructor';
import { initialWeights } from '../../../native-runtime/pocket/training/initialise';
import { drawScene } from '../../../native-runtime/pocket/world/drawScene';
import { RandomStream } from '../../../native-runtime/random';

const config = parseAutoencoderConfig({ ...vaeConfig, block_out_channels: [8, 8, 8] }, 'config.json');
let reconstructor: Reconstructor;
let pictures: Float32Array[];

beforeAll(async () => {
  const shapes = new Map<string, readonly number[]>();
  const weights = inputWeights(shapes);
  decodeLatents(encodePicture(input('pictures', [1, 3, 64, 64]), weights, config).mean, weights, config);
  reconstructor = await Reconstructor.over(config, initialWeights(shapes, 4), 'memory');
  pictures = await picturesOf(Array.from({ length: 9 }, (_, i) => drawScene(6, i)));
});
afterAll(() => reconstructor.release());

const streams = () => pictures.map((_, i) => new RandomStream(9, 'test', 0, i));

describe('Reconstructor', () => {
  it('reconstructs each picture by itself, however many there are', async () => {
    const all = await reconstructor.reconstruct(pictures);
    const [last] = await reconstructor.reconstruct([pictures[8]!]);
    expect(all).toHaveLength(9);
    expect(all[8]).toEqual(last);
    expect(all[0]).not.toEqual(all[1]);
    expect(all.flatMap((one) => [...one]).every((value) => Math.abs(value) <= 1)).toBe(true);
  });

  it('disturbs about half of the latents, the same way for the same streams', async () => {
    const plain = await reconstructor.reconstruct(pictures);
    const once = await reconstructor.reconstruct(pictures, streams());
    const again = await reconstructor.reconstruct(pictures, streams());
    expect(again).toEqual(once);
    const disturbed = once.filter((pixels, i) => pixels.some((value, at) => value !== plain[i]![at])).length;
    expect(disturbed).toBeGreaterThan(1);
    expect(disturbed).toBeLessThan(8);
  });
});
