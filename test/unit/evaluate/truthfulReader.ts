import { renderImages, sceneOfPrompt } from '../../../native-runtime/evaluate/renderedPictures';
import type { SceneReading } from '../../../native-runtime/evaluate/sceneReading';
import type { PictureSource, SceneReader } from '../../../native-runtime/evaluate/survey';
import { INDIVIDUALS } from '../../../native-runtime/pocket/world/individuals';
import type { Scene } from '../../../native-runtime/pocket/world/scene';
import type { RgbImage } from '../../../native-runtime/sample/png';

/** What a perfect scorer reads in a scene. */
export function truthOf({ animals, background }: Scene): SceneReading {
  const detections = animals.map(({ species, individual, coat, pattern, box }) => ({
    species,
    confidence: 1,
    box,
    ...(individual ? { individual } : {}),
    individualConfidence: individual ? 1 : 0,
    likeness: Object.fromEntries(
      INDIVIDUALS.map((one) => [one.name, one.coat === coat && one.pattern === pattern ? 1 : 0]),
    ),
  }));
  return { detections, background, backgroundConfidence: 1 };
}

/** A model that renders a scene for each prompt and seed, and a reader that knows which scene each of its pictures shows. */
export class TruthfulWorld implements SceneReader {
  private readonly scenes = new WeakMap<RgbImage, Scene>();
  /** How many pictures each call of `score` was given. */
  readonly chunks: number[] = [];

  /** @param blank pictures of one pixel, where only the reader matters */
  constructor(
    private readonly sceneFor: (prompt: string, seed: number) => Scene = sceneOfPrompt,
    private readonly blank = true,
  ) {}

  readonly source: PictureSource = (prompt, seeds) => this.render(prompt, seeds);

  score(pictures: readonly RgbImage[]): Promise<SceneReading[]> {
    this.chunks.push(pictures.length);
    return Promise.resolve(pictures.map((picture) => truthOf(this.scenes.get(picture)!)));
  }

  private async *render(prompt: string, seeds: readonly number[]) {
    const scenes = seeds.map((seed) => this.sceneFor(prompt, seed));
    const images = this.blank
      ? scenes.map((): RgbImage => ({ width: 1, height: 1, data: new Uint8Array(3) }))
      : await renderImages(scenes);
    for (const [i, seed] of seeds.entries()) {
      this.scenes.set(images[i]!, scenes[i]!);
      yield { seed, image: images[i]! };
    }
  }
}
