import { Session, type SessionOptions } from '../device/session';
import { input, type Tensor } from '../graph/tensor';
import { componentWeights, type BaseModel } from '../models/baseModel';
import { textEncoder } from '../models/textEncoder';
import { limits } from './limits';
import { poolMask } from './promptFeeds';
import type { Recording, RecordedTensors } from './recording';
import type { Report } from './report';

type TextEncoder = BaseModel['textEncoders'][number];

/** Every hidden state, the normalised last one, and the pooled output of each text encoder. */
export async function textEncoderChecks(
  recording: Recording,
  report: Report,
  prefix = '',
  encoders: readonly TextEncoder[] = recording.base.textEncoders,
): Promise<void> {
  const recorded = await recording.tensors('text_encoder');
  for (const [i, encoder] of encoders.entries())
    await checkEncoder(recording.session, recorded, encoder, i, report, prefix);
}

async function checkEncoder(
  options: SessionOptions,
  recorded: RecordedTensors,
  encoder: TextEncoder,
  i: number,
  report: Report,
  prefix: string,
): Promise<void> {
  const [ids, rows] = [recorded.get(`${i}.input_ids`), recorded.get(`modifier_rows.${i}`)];
  const weights = componentWeights(encoder);
  const inputs = {
    inputIds: input('inputIds', ids.shape, 'int64'),
    modifierRows: input('modifierRows', rows.shape),
    poolMask: encoder.config.projection ? input('poolMask', ids.shape) : undefined,
  };
  const { hiddenStates, lastHiddenState, textEmbeds } = textEncoder(inputs, weights.get, encoder.config);
  weights.check();
  const outputs: Record<string, Tensor> = { last_hidden_state: lastHiddenState };
  hiddenStates.forEach((state, j) => (outputs[`hidden_states.${j}`] = state));
  if (textEmbeds) outputs['text_embeds'] = textEmbeds;
  const session = await Session.create(outputs, options);
  const results = await session.run({ inputIds: ids, modifierRows: rows, poolMask: poolMask(ids, encoder.config) });
  await session.release();
  // The names come from both sides: what only one of them has must not go unnoticed.
  const names = new Set([...Object.keys(outputs), ...recorded.below(`${i}.`).keys()]);
  names.delete('input_ids');
  for (const name of names)
    report.compare(
      `${prefix}text encoder ${i} ${name}`,
      results[name],
      recorded.get(`${i}.${name}`),
      limits.textEncoder,
    );
}
