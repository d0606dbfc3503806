import type { ModelFamily } from '../../native-runtime/formats/identify';
import type { WeightInfo } from '../../native-runtime/formats/weightFile';
import { input } from '../../native-runtime/graph/tensor';
import { decodeLatents, encodePicture } from '../../native-runtime/models/autoencoder';
import { parseAutoencoderConfig } from '../../native-runtime/models/autoencoderConfig';
import type { BaseModel, Component } from '../../native-runtime/models/baseModel';
import { unetShapes } from '../../native-runtime/models/layerTable';
import { publishedConfigs } from '../../native-runtime/models/publishedConfigs';
import { textEncoder } from '../../native-runtime/models/textEncoder';
import { parseTextEncoderConfig } from '../../native-runtime/models/textEncoderConfig';
import { parseUnetConfig } from '../../native-runtime/models/unetConfig';
import { inputWeights, type Weights } from '../../native-runtime/nn/weights';
import { parseSchedulerConfig } from '../../native-runtime/sample/schedulers/schedulerConfig';
import { elementCount } from '../../native-runtime/tensorData';

const where = 'published';

/** A published model at its full size without its weights: graphs of it can be drawn, but not run. */
export function publishedBase(family: ModelFamily): BaseModel {
  const configs = publishedConfigs[family];
  const unetConfig = parseUnetConfig(configs.unet, where);
  const vaeConfig = parseAutoencoderConfig(configs.vae, where);
  const pixels = 2 * vaeConfig.scaleFactor;
  return {
    path: where,
    family,
    unet: component(unetConfig, new Map(unetShapes(unetConfig))),
    vae: component(
      vaeConfig,
      shapesOf((weights) => {
        encodePicture(input('picture', [1, 3, pixels, pixels]), weights, vaeConfig);
        decodeLatents(input('latents', [1, vaeConfig.latentChannels, 2, 2]), weights, vaeConfig);
      }),
    ),
    textEncoders: configs.textEncoders.map((json) => {
      const config = parseTextEncoderConfig(json, where);
      const inputIds = input('ids', [1, config.positions], 'int64');
      const poolMask = input('mask', [1, config.positions]);
      const shapes = shapesOf((weights) => textEncoder({ inputIds, poolMask }, weights, config));
      return { ...component(config, shapes), tokenizerFolder: where };
    }),
    scheduler: parseSchedulerConfig(configs.scheduler, where),
    fingerprint: family,
  };
}

function shapesOf(draw: (weights: Weights) => unknown): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  draw(inputWeights(shapes));
  return shapes;
}

function component<C>(config: C, shapes: ReadonlyMap<string, readonly number[]>): Component<C> {
  let byteOffset = 0;
  const tensors = new Map<string, WeightInfo>();
  for (const [name, shape] of shapes) {
    const byteLength = 4 * elementCount(shape);
    tensors.set(name, { name, dtype: 'float32', shape, byteLength, byteOffset });
    byteOffset += byteLength;
  }
  const read = () => Promise.reject(new Error('there are no weights'));
  return {
    config,
    file: { path: where, container: 'safetensors', tensors, metadata: {}, read },
    sources: new Map([...shapes].map(([name, shape]) => [name, { name, shape }])),
  };
}
