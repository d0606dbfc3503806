import { concat } from '../graph/operators/layout';
import { input, type Tensor } from '../graph/tensor';
import { componentWeights, type BaseModel } from './baseModel';
import { textEncoder, type EncodedText } from './textEncoder';
import type { AddedConditions } from './unet';

/** Text features for the UNet, from encoder results. */
export interface Conditioning {
  encoderHiddenStates: Tensor;
  textEmbeds?: Tensor;
}

/** What the UNet reads: the last normalised state, or for two encoders their last-but-one states side by side. */
export function conditioningOf(encoded: readonly EncodedText[]): Conditioning {
  if (encoded.length === 1) return { encoderHiddenStates: encoded[0]!.lastHiddenState };
  const states = encoded.map(({ hiddenStates }) => hiddenStates.at(-2)!);
  return { encoderHiddenStates: concat(states, 2), textEmbeds: encoded.at(-1)!.textEmbeds };
}

/**
 * Encodes prompts: reads `inputIds.<i>` [rows, 77] (int64) for each encoder i and, where an encoder has a pooled output,
 * `poolMask.<i>` [rows, 77].
 */
export function encodeText(base: BaseModel, rows: number, modifierRows: readonly Tensor[] = []): Conditioning {
  const encoded = base.textEncoders.map((component, i) => {
    const { config } = component;
    const weights = componentWeights(component);
    const inputs = {
      inputIds: input(`inputIds.${i}`, [rows, config.positions], 'int64'),
      modifierRows: modifierRows[i],
      poolMask: config.projection ? input(`poolMask.${i}`, [rows, config.positions]) : undefined,
    };
    const result = textEncoder(inputs, weights.get, config);
    weights.check();
    return result;
  });
  return conditioningOf(encoded);
}

/**
 * Adds rows whose text features are fed instead of encoded: `fedStates` [rows, 77, width], and `fedEmbeds` [rows, projection] where
 * there is a pooled output.
 */
export function withFedRows(conditioning: Conditioning, rows: number): Conditioning {
  const joined = (encoded: Tensor, name: string) =>
    concat([encoded, input(name, [rows, ...encoded.shape.slice(1)])], 0);
  const { encoderHiddenStates, textEmbeds } = conditioning;
  return {
    encoderHiddenStates: joined(encoderHiddenStates, 'fedStates'),
    textEmbeds: textEmbeds && joined(textEmbeds, 'fedEmbeds'),
  };
}

/** SDXL's extra conditions: the pooled text and `timeIds` [rows, 6]; nothing for other families. */
export function addedConditions({ textEmbeds }: Conditioning, rows: number): AddedConditions | undefined {
  return textEmbeds && { textEmbeds, timeIds: input('timeIds', [rows, 6]) };
}
