import { ProductError } from '../../src/common/errors';
import { takeSource } from '../formats/compvis';
import { toFloat32 } from '../formats/halfFloat';
import type { BaseModel } from '../models/baseModel';
import { checkTuned, type TunedWeights } from '../sample/tunedWeights';
import { float32, type TensorData } from '../tensorData';
import type { Delta } from './delta';

/**
 * A delta at a strength: W = W₀ + s·(W − W₀) for each weight, with s = 0 the base, 1 the delta and beyond exaggerated.
 * Modifier tokens have no counterpart in the base to blend with: their embeddings count in full at every strength.
 * @throws ProductError `bad-model` when the delta belongs to another base, `bad-input` for a strength that is no number.
 */
export async function blendDelta(
  base: BaseModel,
  delta: Pick<Delta, 'unet' | 'modifierTokens'>,
  strength: number,
): Promise<TunedWeights> {
  if (!Number.isFinite(strength) || Math.abs(strength) > 10)
    throw new ProductError('bad-input', 'strength', `is ${strength}`, 'Use 0 for the base, 1 for the whole fine-tune');
  checkTuned(base, delta);
  if (strength === 1) return { unet: delta.unet, modifierTokens: delta.modifierTokens };
  const start = await baseUnetWeights(base, [...delta.unet.keys()]);
  const blended = [...delta.unet].map(([name, tuned]): [string, TensorData] => {
    const from = start.get(name)!.data as Float32Array;
    const to = toFloat32(tuned);
    return [
      name,
      float32(
        tuned.shape,
        from.map((w, i) => w + strength * (to[i]! - w)),
      ),
    ];
  });
  return { unet: new Map(blended), modifierTokens: delta.modifierTokens };
}

/** UNet weights of the base by their diffusers names, as float32. @throws ProductError `bad-model` for a name it lacks. */
export async function baseUnetWeights(
  { unet, path }: BaseModel,
  names: readonly string[],
): Promise<Map<string, TensorData>> {
  const sources = names.map((name) => {
    const source = unet.sources.get(name);
    if (!source) throw new ProductError('bad-model', path, `there is no UNet weight ${name}`);
    return source;
  });
  const stored = await unet.file.read(new Set(sources.map(({ name }) => name)));
  return new Map(
    sources.map((source, i) => {
      const taken = takeSource(stored.get(source.name)!, source);
      return [names[i]!, float32(source.shape, toFloat32(taken))];
    }),
  );
}
