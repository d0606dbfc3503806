import { individualScene, type IndividualSceneOptions } from './individuals';
import { renderScene } from './renderScene';
import { SCENE_SIZE } from './scene';

/** The pixels of an individual's scene: RGB bytes, `[size, size, 3]`. @throws ProductError for an unknown name or place. */
export async function renderIndividual(
  name: string,
  options: IndividualSceneOptions = {},
  size = SCENE_SIZE,
): Promise<Uint8Array> {
  return renderScene(individualScene(name, options), size);
}
