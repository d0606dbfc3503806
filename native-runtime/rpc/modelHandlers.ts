import { deltaSummary } from '../delta/deltaSummary';
import { weightHeader } from '../formats/weightHeader';
import { basePath } from '../models/baseChoice';
import { loadBaseModel } from '../models/loadBaseModel';
import type { BaseModel } from '../models/baseModel';
import { layerList, modelSummary } from '../models/modelSummary';
import { productMedia } from '../productMedia';
import { analysePrompt } from '../sample/analysePrompt';
import type { LoadedModels } from './loadedModels';
import type { HandlerGroup } from './server';

/** Answers what models, fine-tunes and weight files are, and how a model reads a prompt. */
export function modelHandlers(
  models: LoadedModels,
): HandlerGroup<'model/summary' | 'model/layers' | 'delta/summary' | 'file/header' | 'prompt/analyse'> {
  return {
    'model/summary': async ({ base }) => modelSummary(await openNamedBase(base), base),
    'model/layers': async ({ base }) => layerList(await openNamedBase(base)),
    'delta/summary': ({ path }) => deltaSummary(path),
    'file/header': ({ path }) => weightHeader(path),
    'prompt/analyse': ({ model, prompt }) =>
      models.use(model, async (loaded) => {
        const { tokenizers } = await loaded.promptTokens();
        return analysePrompt(prompt, { tokenizer: tokenizers[0]!, classNouns: loaded.classNouns });
      }),
  };
}

/** Opens the base model of a request. @throws ProductError as `basePath` and `loadBaseModel` */
export function openNamedBase(choice: string): Promise<BaseModel> {
  return loadBaseModel(basePath(choice, process.cwd(), 'base'), productMedia());
}
