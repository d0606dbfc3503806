import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { samplerTitles } from '../../src/common/samplerNames';
import { asDiskError, atomicWrite } from '../atomicWrite';
import { attentionPathFor, saveAttention } from '../attention/attentionFile';
import { patientRename } from '../patientRename';
import { Generator } from '../sample/generator';
import type { GeneratedPicture } from '../sample/generationRequest';
import { composeGrid } from '../sample/grid';
import { savePicture, type RgbImage } from '../sample/png';
import type { TensorData } from '../tensorData';
import { toolVersion } from '../toolVersion';
import { stepName } from './checkpoint';
import type { PreparedRun } from './prepareRun';
import { tunedWeights } from './runDelta';

/** A finished grid of samples. */
export interface SampleGrid {
  step: number;
  folder: string;
  /** `grid.png`: a row for each prompt, a column for each seed. */
  grid: string;
  /** The single pictures, prompt by prompt. */
  pictures: SamplePicture[];
}

/** One picture of a grid. */
export interface SamplePicture {
  path: string;
  prompt: string;
  seed: number;
  attentionPath?: string;
}

/** Draws the sample pictures of a run; its graphs are compiled once, when the first ones are drawn. */
export class SampleGrids {
  private generator?: Generator;

  constructor(
    private readonly run: PreparedRun,
    private readonly samples: string,
  ) {}

  /** Whether pictures are wanted at this step and not there yet. The last step always gets them. */
  isDue(step: number): boolean {
    const { sample, steps } = this.run.config;
    return sample.every > 0 && (step % sample.every === 0 || step === steps) && !existsSync(this.folderOf(step));
  }

  /**
   * Draws every prompt with every seed. The folder appears when all pictures are in it.
   * @throws ProductError `cancelled`, `disk-full`, `not-finite`
   */
  async draw(step: number, weights: ReadonlyMap<string, TensorData>, signal?: AbortSignal): Promise<SampleGrid> {
    const draft = join(this.samples, `.${randomBytes(6).toString('hex')}.tmp`);
    try {
      await mkdir(draft, { recursive: true });
      const generator = await this.prepared(weights);
      const pictures: SamplePicture[] = [];
      const folder = this.folderOf(step);
      const cells: RgbImage[][] = [];
      for (const [p, prompt] of this.run.config.sample.prompts.entries()) {
        const row: RgbImage[] = [];
        for await (const picture of generator.generate(this.request(prompt), { signal })) {
          const name = `${p + 1}-${picture.seed}`;
          await this.save(join(draft, name), prompt, step, picture);
          const path = join(folder, `${name}.png`);
          const { seed, attention } = picture;
          pictures.push({ path, prompt, seed, ...(attention ? { attentionPath: attentionPathFor(path) } : {}) });
          row.push(picture.image);
        }
        cells.push(row);
      }
      await atomicWrite(join(draft, 'grid.png'), await this.grid(step, cells));
      await this.run.baseWatch.requireUnchanged();
      await patientRename(draft, folder);
      return { step, folder, grid: join(folder, 'grid.png'), pictures };
    } catch (error) {
      await rm(draft, { recursive: true, force: true }).catch(() => {});
      throw asDiskError(error, this.samples);
    }
  }

  /** Frees the device memory. */
  async release(): Promise<void> {
    await this.generator?.release();
  }

  private folderOf(step: number): string {
    return join(this.samples, `step-${stepName(step)}`);
  }

  private async prepared(weights: ReadonlyMap<string, TensorData>): Promise<Generator> {
    const tuned = tunedWeights(this.run, weights);
    if (this.generator) this.generator.setTuned(tuned);
    else this.generator = await Generator.create(this.run.base, { tuned, session: this.run.session });
    return this.generator;
  }

  private request(prompt: string) {
    const { sample, resolution } = this.run.config;
    const { seeds, steps, scheduler, guidanceScale, captureAttention } = sample;
    const capture = captureAttention ? ('mean' as const) : ('none' as const);
    return { prompt, seeds, width: resolution, height: resolution, steps, scheduler, guidanceScale, capture };
  }

  private async save(
    stem: string,
    prompt: string,
    step: number,
    { seed, image, attention, words }: GeneratedPicture,
  ): Promise<void> {
    const { base, config } = this.run;
    const { steps, scheduler, guidanceScale } = config.sample;
    const { width, height } = image;
    const parameters = {
      prompt,
      steps,
      sampler: samplerTitles[scheduler],
      guidanceScale,
      seed,
      width,
      height,
      model: basename(base.path),
    };
    const record = {
      kind: 'training sample',
      tool: toolVersion,
      base: base.fingerprint,
      run: config.name,
      scheduler,
      trainingStep: step,
    };
    await savePicture(`${stem}.png`, image, { parameters, record });
    if (attention)
      await saveAttention(`${stem}.attention.safetensors`, {
        aggregate: attention,
        prompt,
        words,
        picture: { width, height },
      });
  }

  private grid(step: number, cells: RgbImage[][]): Promise<Buffer> {
    const { sample, resolution } = this.run.config;
    return composeGrid({
      title: step === 0 ? 'before training' : `step ${step}`,
      rows: sample.prompts,
      columns: sample.seeds.map((seed) => `seed ${seed}`),
      cells,
      cellSize: Math.min(256, Math.max(96, resolution)),
    });
  }
}
