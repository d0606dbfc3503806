import { existsSync } from 'node:fs';
import type { PictureAttention, TokenMaps } from '../../src/common/protocol/attention';
import { ProductError } from '../../src/common/errors';
import { attentionPathFor, loadAttention, type SavedAttention } from '../attention/attentionFile';

/** Pictures whose maps are kept at hand. */
const MOST_PICTURES = 4;

/** The maps of the pictures that are being shown. */
export class ShownAttention {
  /** By picture, in order of last use. */
  private readonly shown = new Map<string, SavedAttention>();

  /** The maps saved beside a picture; null when there are none. @throws ProductError as `loadAttention` */
  async saved(picture: string): Promise<PictureAttention | null> {
    const path = attentionPathFor(picture);
    if (!existsSync(picture) || !existsSync(path)) return null;
    const maps = await loadAttention(path);
    this.keep(picture, maps);
    return describe('saved', picture, maps);
  }

  /** Keeps the maps of a look at a picture, for its own path and that of what the model saw. */
  looked(asked: string, picture: string, maps: SavedAttention): PictureAttention {
    this.keep(asked, maps);
    this.keep(picture, maps);
    return describe('looked', picture, maps);
  }

  /**
   * The maps of one layer or one step of what was shown last for a picture; the mean if neither is named.
   * @throws ProductError `not-found` when there are none
   */
  async maps(picture: string, layer: string | undefined, step: number | undefined): Promise<TokenMaps> {
    if (!this.shown.has(picture)) await this.saved(picture);
    const maps = this.shown.get(picture);
    if (!maps)
      throw new ProductError('not-found', picture, 'there are no attention maps of this picture', 'Look at it again');
    const { mean, perLayer, perStep } = maps.aggregate;
    if (layer !== undefined)
      return perLayer.get(layer) ?? missing('layer', `there are no maps of the layer "${layer}"`);
    if (step !== undefined) return perStep[step - 1] ?? missing('step', `there are no maps of step ${step}`);
    return mean;
  }

  private keep(picture: string, maps: SavedAttention): void {
    this.shown.delete(picture);
    this.shown.set(picture, maps);
    const [oldest] = this.shown.keys();
    if (this.shown.size > MOST_PICTURES && oldest !== undefined) this.shown.delete(oldest);
  }
}

function describe(source: PictureAttention['source'], picture: string, maps: SavedAttention): PictureAttention {
  const { aggregate, prompt, words } = maps;
  return {
    source,
    picture,
    ...maps.picture,
    prompt,
    words: words.map(({ text, positions, isModifier, isSpecial = false }) => ({
      text,
      positions: [...positions],
      isModifier,
      isSpecial,
    })),
    mean: aggregate.mean,
    layers: [...aggregate.perLayer.keys()],
    steps: aggregate.perStep.length,
  };
}

function missing(where: string, problem: string): never {
  throw new ProductError('not-found', where, problem, 'Choose one of those that were kept');
}
