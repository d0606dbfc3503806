import { Session, type Values } from '../device/session';
import { input, type Tensor } from '../graph/tensor';
import { componentWeights, type Component } from '../models/baseModel';
import type { AttentionMaps } from '../models/transformer';
import { unet, type UnetInputs } from '../models/unet';
import type { UnetConfig } from '../models/unetConfig';
import { float32 } from '../tensorData';
import { limits } from './limits';
import { numbersOf } from './measures';
import type { Recording, RecordedTensors } from './recording';
import type { Report } from './report';

const mapPrefix = 'attention.';

/** The UNet's output, computed by fused attention and again with every cross-attention map as an output; and every map. */
export async function unetChecks(
  recording: Recording,
  report: Report,
  prefix = '',
  component: Component<UnetConfig> = recording.base.unet,
): Promise<void> {
  const recorded = await recording.tensors('unet');
  const feeds = recordedFeeds(recorded);
  const weights = componentWeights(component);
  const inputs = graphInputs(feeds);
  const maps: AttentionMaps = new Map();
  const fused = unet(inputs, weights.get, component.config);
  const mapped = unet(inputs, weights.get, component.config, maps);
  weights.check();
  const outputs: Record<string, Tensor> = { fused, mapped };
  for (const [layer, map] of maps) outputs[mapPrefix + layer] = map;
  const session = await Session.create(outputs, recording.session);
  const results = await session.run(feeds);
  await session.release();
  report.compare(`${prefix}unet output`, results['fused'], recorded.get('output'), limits.unet);
  report.compare(`${prefix}unet output with maps`, results['mapped'], recorded.get('output'), limits.unet);
  const recordedMaps = recorded.below(mapPrefix);
  report.exact(
    `${prefix}unet layers with maps`,
    [...new Set([...maps.keys(), ...recordedMaps.keys()])].filter((name) => !maps.has(name) || !recordedMaps.has(name)),
  );
  for (const [layer, map] of recordedMaps)
    report.compare(`${prefix}attention ${layer}`, results[mapPrefix + layer], map, limits.attention);
}

function recordedFeeds(recorded: RecordedTensors): Values {
  const timestep = recorded.get('timestep');
  return {
    sample: recorded.get('sample'),
    timestep: float32(timestep.shape, Array.from(numbersOf(timestep))),
    encoderHiddenStates: recorded.get('encoder_hidden_states'),
    ...Object.fromEntries(recorded.below('added.')),
  };
}

function graphInputs(feeds: Values): UnetInputs {
  const given = (name: string) => input(name, feeds[name]!.shape);
  return {
    sample: given('sample'),
    timestep: given('timestep'),
    encoderHiddenStates: given('encoderHiddenStates'),
    added: feeds['time_ids'] && { textEmbeds: given('text_embeds'), timeIds: given('time_ids') },
  };
}
