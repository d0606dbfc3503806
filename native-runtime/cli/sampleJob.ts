import { basename, dirname, join } from 'node:path';
import { ProductError } from '../../src/common/errors';
import type { ComputedOn } from '../../src/common/protocol/device';
import { atomicWrite } from '../atomicWrite';
import { compareGrid, type GridVariant, type SeededPicture } from '../sample/compareGrid';
import { provenanceOf, tunedAt, type FineTune } from '../sample/fineTune';
import type { GeneratedPicture, GenerationRequest } from '../sample/generationRequest';
import type { Generator } from '../sample/generator';
import { plainPrompt } from '../sample/plainPrompt';
import { savePictures, type SavedPicture } from '../sample/savePictures';
import type { TunedWeights } from '../sample/tunedWeights';
import type { Console } from './console';
import type { ProgressBar } from './progressBar';

/** How the pictures of a command are kept. */
export interface SampleJobOptions {
  folder: string;
  /** Of the fine-tune. */
  strength: number;
  /** A grid for each prompt. */
  grid: boolean;
  /** The base's pictures as well, and one grid of both. */
  compare: boolean;
  computedOn: ComputedOn;
}

/** A picture that was made. */
export interface SampledPicture extends SavedPicture {
  prompt: string;
  variant: 'base' | 'fine-tune';
}

/** The files of a `sample` command. */
export interface SampleResult {
  pictures: SampledPicture[];
  grids: string[];
  computedOn: ComputedOn;
}

/** Makes and keeps the pictures of several prompts. */
export class SampleJob {
  private readonly result: SampleResult;
  private readonly variants: GridVariant[] = [];
  private bar: ProgressBar | undefined;

  constructor(
    private readonly console: Console,
    private readonly fineTune: FineTune,
    private readonly generator: Generator,
    private readonly tuned: TunedWeights,
    private readonly options: SampleJobOptions,
  ) {
    this.result = { pictures: [], grids: [], computedOn: options.computedOn };
  }

  /** Runs all requests. Stopped by the signal, it returns what is finished. @throws ProductError as the generator. */
  async run(
    requests: readonly GenerationRequest[],
    signal: AbortSignal,
  ): Promise<{ result: SampleResult; interrupted: boolean }> {
    try {
      for (const [i, request] of requests.entries()) {
        const rounds = requests.length * (this.options.compare ? 2 : 1);
        await this.prompt(request, signal, rounds, i);
      }
      if (this.variants.length) await this.writeComparison(requests);
      return { result: this.result, interrupted: false };
    } catch (error) {
      if (error instanceof ProductError && error.code === 'cancelled')
        return { result: this.result, interrupted: true };
      throw error;
    }
  }

  private async prompt(request: GenerationRequest, signal: AbortSignal, rounds: number, index: number): Promise<void> {
    const { delta } = this.fineTune;
    if (!delta || !this.options.compare) {
      await this.draw(request, delta ? 'fine-tune' : 'base', signal, { rounds, round: index });
      return;
    }
    const plain = plainPrompt(request.prompt, delta.modifierTokens);
    this.generator.setTuned(await tunedAt(this.fineTune, 0));
    const base = await this.draw({ ...request, prompt: plain }, 'base', signal, { rounds, round: 2 * index });
    this.generator.setTuned(this.tuned);
    const tuned = await this.draw(request, 'fine-tune', signal, { rounds, round: 2 * index + 1 });
    const strength = this.options.strength === 1 ? '' : ` at strength ${this.options.strength}`;
    this.variants.push(
      { label: `base: ${plain}`, pictures: base },
      { label: `fine-tune${strength}: ${request.prompt}`, pictures: tuned },
    );
  }

  /** Makes and saves the pictures of one request, and returns copies of them. */
  private async draw(
    request: GenerationRequest,
    variant: SampledPicture['variant'],
    signal: AbortSignal,
    { rounds, round }: { rounds: number; round: number },
  ): Promise<SeededPicture[]> {
    const kept: SeededPicture[] = [];
    const onStep = (done: number, total: number) => {
      // The first request tells how many evaluations each takes.
      this.bar ??= this.console.progress('drawing', rounds * total);
      this.bar.update(round * total + done, `picture ${this.result.pictures.length + 1}`, rounds * total);
    };
    const pictures = this.generator.generate(request, { signal, onStep });
    const saved = await savePictures(this.options.compare ? remember(pictures, kept) : pictures, {
      folder: this.options.folder,
      request,
      model: basename(this.fineTune.base.path),
      ...provenanceOf(
        variant === 'base' ? { ...this.fineTune, delta: undefined } : this.fineTune,
        this.options.strength,
      ),
      ...(request.capture === 'none' ? {} : { overlays: { style: 'heat', scale: 'own' } as const }),
      grid: this.options.grid && !this.options.compare,
      onSaved: (picture) => this.result.pictures.push({ ...picture, prompt: request.prompt, variant }),
    });
    if (saved.gridPath) this.result.grids.push(saved.gridPath);
    return kept;
  }

  /** One grid of all prompts: the base's row, then the fine-tune's. */
  private async writeComparison(requests: readonly GenerationRequest[]): Promise<void> {
    const first = this.result.pictures[0]!;
    const number = basename(first.path).split('-')[0]!;
    const path = join(dirname(first.path), `compare-${number}.png`);
    const { scheduler, steps, guidanceScale } = requests[0]!;
    const footer = `${scheduler}, ${steps} steps, guidance ${guidanceScale}; the same seeds in every row`;
    await atomicWrite(path, await compareGrid(this.variants, { title: 'base and fine-tune', footer }));
    this.result.grids.push(path);
  }
}

/** Passes pictures on and keeps a copy of each. */
async function* remember(pictures: AsyncIterable<GeneratedPicture>, kept: SeededPicture[]) {
  for await (const picture of pictures) {
    kept.push({ seed: picture.seed, image: picture.image });
    yield picture;
  }
}
