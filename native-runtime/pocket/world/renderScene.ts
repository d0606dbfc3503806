import sharp from 'sharp';
import { SCENE_SIZE, type Scene } from './scene';
import { sceneStripSvg } from './sceneSvg';

/** The pixels of a scene: RGB bytes, `[size, size, 3]`. */
export async function renderScene(scene: Scene, size = SCENE_SIZE): Promise<Uint8Array> {
  return renderScenes([scene], size);
}

/**
 * The pixels of several scenes: RGB bytes, `[scenes, size, size, 3]`. One SVG document for all of them costs less
 * than one for each; about 16 at a time is best.
 */
export async function renderScenes(scenes: readonly Scene[], size = SCENE_SIZE): Promise<Uint8Array> {
  const pixels = await sharp(Buffer.from(sceneStripSvg(scenes, size)))
    .removeAlpha()
    .raw()
    .toBuffer();
  return new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.length);
}
