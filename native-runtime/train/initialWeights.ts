import type { ResolvedConcept } from '../../src/common/config/resolvedTrainConfig';
import { ProductError } from '../../src/common/errors';
import { matchesTrainable, type TrainableSelection } from '../../src/common/freezeModes';
import { toFloat32 } from '../formats/halfFloat';
import { takeSource } from '../formats/compvis';
import type { BaseModel, Component } from '../models/baseModel';
import { float32, type TensorData } from '../tensorData';
import type { ClipTokenizer } from '../tokenizer/clipTokenizer';
import { modifierRows } from './modifierRows';
import type { PromptEncoder } from './promptEncoder';

/**
 * What a run starts from, in the order of `trainedShapes`: the selected weights of the base in float32, and for each text encoder
 * `modifier_rows.<i>` [tokens, width], each row the mean of its initialiser's embeddings.
 * @throws ProductError `bad-token` for an initialiser that is no word of the vocabulary
 */
export async function initialWeights(
  base: BaseModel,
  selection: TrainableSelection,
  prompts: PromptEncoder,
  concepts: readonly ResolvedConcept[],
): Promise<Map<string, TensorData>> {
  const names = [...base.unet.sources.keys()].filter((name) => matchesTrainable(name, selection));
  const weights = await readFloat32(base.unet, names);
  for (const [i, encoder] of base.textEncoders.entries()) {
    const table = (await readFloat32(encoder, [tableName])).get(tableName)!;
    const tokenizer = prompts.tokenizers[i]!;
    const rows = concepts.map((concept) => meanRow(table, initialiserIds(tokenizer, concept)));
    const width = encoder.config.hiddenSize;
    const matrix = float32([rows.length, width]);
    rows.forEach((row, k) => matrix.data.set(row, k * width));
    weights.set(modifierRows(i), matrix);
  }
  return weights;
}

const tableName = 'text_model.embeddings.token_embedding.weight';

/** The fragments of the published recipe, which vocabularies other than CLIP's may lack. */
const recipeFragments = new Set(['ktn', 'pll', 'ucd']);

/**
 * The ids a modifier token starts from. Where a vocabulary lacks the recipe's fragments, the class noun stands in.
 * @throws ProductError `bad-token`
 */
export function initialiserIds(
  tokenizer: ClipTokenizer,
  concept: Pick<ResolvedConcept, 'initialiser' | 'classNoun'>,
): number[] {
  const { initialiser, classNoun } = concept;
  const missing = recipeFragments.has(initialiser) && tokenizer.idOf(initialiser) === undefined;
  return tokenizer.resolveInitialiser(missing ? classNoun : initialiser);
}

/** Tensors of a component by their diffusers names, as float32. */
async function readFloat32<C>(component: Component<C>, names: readonly string[]): Promise<Map<string, TensorData>> {
  const tensors = new Map<string, TensorData>();
  for (const name of names) {
    const source = component.sources.get(name);
    if (!source || !component.file.tensors.has(source.name))
      throw new ProductError(
        'bad-model',
        component.file.path,
        `missing tensor ${name}`,
        'Download the base model again',
      );
    const stored = (await component.file.read([source.name])).get(source.name)!;
    const tensor = takeSource(stored, source);
    tensors.set(name, { dtype: 'float32', shape: tensor.shape, data: toFloat32(tensor) });
  }
  return tensors;
}

function meanRow(table: TensorData, ids: readonly number[]): Float32Array {
  const width = table.shape[1]!;
  const mean = new Float32Array(width);
  for (const id of ids) for (let j = 0; j < width; j++) mean[j]! += (table.data[id * width + j] as number) / ids.length;
  return mean;
}
