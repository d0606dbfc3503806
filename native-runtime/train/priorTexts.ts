import { Session, type Values } from '../device/session';
import { encodeText } from '../models/conditioning';
import type { PreparedRun } from './prepareRun';

/** The text features of one caption, as a training graph is fed them for a row (`withFedRows`). */
export type FedText = Values;

/**
 * Encodes the captions of prior pictures, which stay the same through a run. Undefined where the training graph encodes them itself.
 */
export async function encodePriorTexts(run: PreparedRun): Promise<ReadonlyMap<string, FedText> | undefined> {
  if (!run.stepOptions.fedPriors) return undefined;
  const { encoderHiddenStates: fedStates, textEmbeds: fedEmbeds } = encodeText(run.base, 1);
  const session = await Session.create({ fedStates, ...(fedEmbeds && { fedEmbeds }) }, run.session);
  const texts = new Map<string, FedText>();
  for (const { prior } of run.config.concepts)
    if (!texts.has(prior.prompt)) texts.set(prior.prompt, await session.run(run.prompts.feeds([prior.prompt])));
  await session.release();
  return texts;
}
