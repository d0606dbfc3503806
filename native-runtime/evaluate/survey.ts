import type { SeededPicture } from '../sample/compareGrid';
import type { RgbImage } from '../sample/png';
import { JudgedSheet, type Judgement } from './judgedSheet';
import type { SceneReading } from './sceneReading';

/** Gives a picture for each seed of a prompt, in the order of the seeds. */
export type PictureSource = (prompt: string, seeds: readonly number[]) => AsyncIterable<SeededPicture>;

/** Reads pictures: a scorer, or anything that answers as one. */
export interface SceneReader {
  score(pictures: readonly RgbImage[]): Promise<SceneReading[]>;
}

/** How a caller follows a survey. */
export interface SurveyHooks {
  /** Pictures read so far, over all prompts. */
  onPicture?(done: number, prompt: string): void;
  /** Given a sheet of each prompt's pictures when it is done; without a listener none is kept. */
  onSheet?(prompt: string, sheet: JudgedSheet): void | Promise<void>;
}

/** Pictures read at once; at most this many are in memory at full size. */
const CHUNK = 16;

/** Asks a source for pictures and has them read, prompt by prompt. */
export class Survey {
  private done = 0;

  constructor(
    private readonly source: PictureSource,
    private readonly reader: SceneReader,
    private readonly hooks: SurveyHooks = {},
  ) {}

  /** The readings of a prompt's pictures, in the order of the seeds; `judge` says what a sheet tells about each. */
  async ask(
    prompt: string,
    seeds: readonly number[],
    judge: (reading: SceneReading) => Judgement,
  ): Promise<SceneReading[]> {
    const { onPicture, onSheet } = this.hooks;
    const readings: SceneReading[] = [];
    const sheet = new JudgedSheet();
    for await (const chunk of chunksOf(this.source(prompt, seeds), CHUNK)) {
      const read = await this.reader.score(chunk.map(({ image }) => image));
      for (const [i, picture] of chunk.entries()) {
        if (onSheet) await sheet.add(picture, judge(read[i]!));
        onPicture?.(++this.done, prompt);
      }
      readings.push(...read);
    }
    await onSheet?.(prompt, sheet);
    return readings;
  }
}

async function* chunksOf<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let chunk: T[] = [];
  for await (const item of items) {
    chunk.push(item);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length) yield chunk;
}
