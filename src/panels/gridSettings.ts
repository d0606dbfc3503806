import { findSampler } from '../common/samplerNames';
import type { PromptForm } from '../common/webview/promptForm';
import type { GroupPicture } from '../pictures/pictureGroup';

/** The form that makes a picture again; its model is chosen apart. Numbers that a foreign picture lacks stay as they are. */
export function settingsOf(picture: GroupPicture): Partial<PromptForm> {
  const { prompt, negativePrompt, seed, steps, guidanceScale, scheduler, width, height, hasAttention } = picture;
  const sampler = findSampler(scheduler);
  return {
    prompt,
    negativePrompt,
    seedMode: 'count',
    count: 1,
    firstSeed: seed,
    ...(steps >= 1 ? { steps, guidance: guidanceScale, width, height } : {}),
    ...(sampler ? { sampler } : {}),
    ...(hasAttention ? { captureAttention: true } : {}),
  };
}
