import { ProductError } from '../common/errors';
import { l10n } from '../translation';
import type { ListedFile, RepositoryListing } from './repositoryListing';
import { isSafeName } from './safeName';

/** One way to take a base model from a repository. */
export interface FileChoice {
  /** `half`: 16-bit weights; `full`: the weights as published; `single`: one file that is the whole model. */
  kind: 'half' | 'full' | 'single';
  files: ListedFile[];
  /** The file that is the model, for `single`. */
  singleFile?: string;
  /** Whether weights come as pickles, because there are no others. */
  pickles: boolean;
}

/** Classes of diffusers whose models can be trained and drawn with. */
const usableClasses = new Set(['StableDiffusionPipeline', 'StableDiffusionXLPipeline']);

const small =
  /^(unet|vae|text_encoder(_2)?)\/config\.json$|^scheduler\/scheduler_config\.json$|^tokenizer(_2)?\/(vocab\.json|merges\.txt|tokenizer_config\.json|special_tokens_map\.json|added_tokens\.json|tokenizer\.json)$|^model_index\.json$|^LICEN[CS]E(\.(md|txt))?$/i;

/**
 * The ways to take a base model from a repository: a diffusers folder in 16-bit weights or as published, or, where there is no
 * such folder, one of its single files. Pickles count only where there are no safetensors.
 * @throws ProductError `unsupported-model` or `bad-model` when there is none
 */
export function fileChoices({ repository, files, pipelineClass }: RepositoryListing): FileChoice[] {
  if (pipelineClass !== undefined && !usableClasses.has(pipelineClass))
    throw new ProductError(
      'unsupported-model',
      repository,
      l10n.t('it holds a {0}, which is no base model that can be used here', pipelineClass),
      l10n.t('Choose a Stable Diffusion 1.x, 2.x or XL model for pictures from text'),
    );
  const usable = files.filter(({ path }) => isSafeName(path));
  const folder = usable.some(({ path }) => path === 'unet/config.json');
  const choices = folder ? folderChoices(repository, usable) : singleChoices(usable);
  if (choices.length > 0) return choices;
  throw new ProductError(
    'bad-model',
    repository,
    l10n.t('there is no Stable Diffusion model in it'),
    l10n.t('Choose a repository with a diffusers folder or a .safetensors file of a whole model'),
  );
}

function folderChoices(repository: string, files: ListedFile[]): FileChoice[] {
  const has = (path: string) => files.some((file) => file.path === path);
  const parts = ['unet', 'vae', 'text_encoder', ...(has('text_encoder_2/config.json') ? ['text_encoder_2'] : [])];
  const missing = [...parts.map((part) => `${part}/config.json`), 'scheduler/scheduler_config.json'].find(
    (path) => !has(path),
  );
  if (missing)
    throw new ProductError(
      'bad-model',
      repository,
      l10n.t('there is no {0} in it', missing),
      l10n.t('Choose another repository'),
    );
  const configs = files.filter(({ path }) => small.test(path));
  const half = parts.map((part) => weightsOf(part, 'half', files));
  const full = parts.map((part) => weightsOf(part, 'full', files));
  const without = parts.find((_, i) => !half[i] && !full[i]);
  if (without)
    throw new ProductError(
      'unsupported-model',
      repository,
      l10n.t('{0}/ holds no weight file that can be read in one piece', without),
      l10n.t('Choose another repository, or download a single file'),
    );
  const choice = (kind: 'half' | 'full', wanted: typeof half, other: typeof half): FileChoice => {
    const weights = wanted.map((file, i) => (file ?? other[i])!);
    // What people and programs tell a model by comes last.
    const last = configs.filter(({ path }) => path === 'model_index.json');
    const first = configs.filter(({ path }) => path !== 'model_index.json');
    return { kind, files: [...first, ...weights, ...last], pickles: weights.some(({ path }) => path.endsWith('.bin')) };
  };
  const whole = full[0] ? [choice('full', full, half)] : [];
  return [...(half[0] ? [choice('half', half, full)] : []), ...whole];
}

/** The weight file of a part. The names are those that the engine looks for. */
function weightsOf(part: string, kind: 'half' | 'full', files: ListedFile[]): ListedFile | undefined {
  const stem = part.startsWith('text_encoder') ? 'model' : 'diffusion_pytorch_model';
  const find = (name: string) => files.find(({ path }) => path === `${part}/${name}`);
  if (kind === 'half') return find(`${stem}.fp16.safetensors`);
  const published = find(`${stem}.safetensors`);
  if (published || find(`${stem}.fp16.safetensors`)) return published;
  return find(`${stem}.bin`) ?? find('pytorch_model.bin');
}

function singleChoices(files: ListedFile[]): FileChoice[] {
  const top = files.filter(({ path }) => !path.includes('/'));
  const safe = top.filter(({ path }) => /\.safetensors$/i.test(path));
  const models = safe.length > 0 ? safe : top.filter(({ path }) => /\.ckpt$/i.test(path));
  const licence = top.filter(({ path }) => /^LICEN[CS]E(\.(md|txt))?$/i.test(path));
  return models
    .sort((a, b) => b.size - a.size)
    .map((model) => ({
      kind: 'single',
      files: [...licence, model],
      singleFile: model.path,
      pickles: safe.length === 0,
    }));
}
