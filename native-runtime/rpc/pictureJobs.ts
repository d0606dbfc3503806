import { basename } from 'node:path';
import { ProductError } from '../../src/common/errors';
import type { ModelChoice, PictureRequest, SavedPictureRecord } from '../../src/common/protocol/sampling';
import { findSampler, samplerNames } from '../../src/common/samplerNames';
import type { RunsOn } from '../device/requireDevice';
import { nativeSide } from '../models/modelSummary';
import type { BaseModel } from '../models/baseModel';
import { provenanceOf } from '../sample/fineTune';
import type { GeneratedPicture, GenerationRequest } from '../sample/generationRequest';
import { savePictures, type SavedPicture } from '../sample/savePictures';
import type { LoadedModel } from './loadedModel';

/** Pictures of one model and prompt, on their way to a folder. */
export interface PictureJob {
  model: LoadedModel;
  choice: ModelChoice;
  request: PictureRequest;
  /** What draws. */
  session: RunsOn;
  folder: string;
  /** A sheet of the pictures as well. */
  grid: boolean;
  signal: AbortSignal;
  /** From 0 to 1. */
  onProgress: (share: number) => void;
  onPicture: (picture: SavedPictureRecord) => void;
  onWarning: (message: string) => void;
  /** Sees every picture before it is saved. */
  onImage?: (picture: GeneratedPicture) => void;
}

/**
 * Makes and keeps the pictures of a request, telling of each one when it is on disk.
 * @returns the sheet's path, if there is one
 * @throws ProductError naming the field at fault before any work; `cancelled` when stopped, with the finished pictures kept
 */
export async function makePictures(job: PictureJob): Promise<string | undefined> {
  const { model, choice, folder, signal, onProgress, onWarning } = job;
  const { fineTune } = model;
  const strength = choice.strength ?? 1;
  const request = generationRequest(fineTune.base, job.request);
  const generator = await model.generatorAt(strength, job.session);
  model.warnings.forEach(onWarning);
  const onStep = (done: number, total: number) => onProgress(done / total);
  const pictures = generator.generate(request, { signal, onStep, onWarning });
  const { gridPath } = await savePictures(shown(pictures, job.onImage), {
    folder,
    request,
    model: basename(fineTune.base.path),
    ...provenanceOf(fineTune, strength),
    grid: job.grid,
    onSaved: (saved) => job.onPicture(recordOf(saved, request, choice)),
  });
  return gridPath;
}

async function* shown(pictures: AsyncIterable<GeneratedPicture>, onImage: PictureJob['onImage']) {
  for await (const picture of pictures) {
    onImage?.(picture);
    yield picture;
  }
}

/** The request in the generator's words. @throws ProductError `bad-input` for a sampler that does not exist */
function generationRequest(base: BaseModel, request: PictureRequest): GenerationRequest {
  const { prompt, negativePrompt, seeds, steps, guidanceScale, captureAttention, attentionDetail = 'layers' } = request;
  const scheduler = findSampler(request.scheduler);
  if (!scheduler)
    throw new ProductError(
      'bad-input',
      'scheduler',
      `there is no sampler "${request.scheduler}"`,
      `Choose one of ${samplerNames.join(', ')}`,
    );
  const side = nativeSide(base);
  return {
    prompt,
    ...(negativePrompt ? { negativePrompt } : {}),
    seeds,
    width: request.width ?? side,
    height: request.height ?? side,
    steps,
    scheduler,
    guidanceScale,
    // One at a time: each is seen as soon as it is there, and any number of seeds has the same graph.
    batch: 1,
    capture: captureAttention ? captureLevels[attentionDetail] : 'none',
  };
}

const captureLevels = { mean: 'mean', layers: 'perLayer', steps: 'perStep' } as const;

function recordOf(saved: SavedPicture, request: GenerationRequest, model: ModelChoice): SavedPictureRecord {
  const { prompt, negativePrompt = '', width, height, steps, scheduler, guidanceScale } = request;
  const { path, seed, attentionPath } = saved;
  const made = { width, height, prompt, negativePrompt, seed, steps, scheduler, guidanceScale, model };
  return { path, ...(attentionPath === undefined ? {} : { attentionPath }), ...made };
}
