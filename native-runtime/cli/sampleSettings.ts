import { Option, type Command } from 'commander';
import { defaultsFor } from '../../src/common/config/trainDefaults';
import { samplerNames, type SamplerName } from '../../src/common/samplerNames';
import type { SampleSettings } from '../evaluate/generatorSource';
import type { BaseModel } from '../models/baseModel';
import { parseSampler, realNumber, wholeNumber } from './arguments';

/** How measured pictures are made; what is left out depends on the base model. */
export interface SampleFlags {
  sampleSteps?: number;
  scheduler?: SamplerName;
  guidance?: number;
}

/** `--scheduler`, by name or by the title that the A1111 web UI shows. */
export function samplerOption(): Option {
  return new Option('--scheduler <name>', `sampler: ${samplerNames.join(', ')}`).argParser(parseSampler);
}

/** Adds the flags of commands that measure pictures. */
export function addSampleFlags(command: Command): void {
  command
    .addOption(new Option('--sample-steps <n>', 'sampler steps').argParser(wholeNumber(1, 1000)))
    .addOption(samplerOption())
    .addOption(
      new Option('--guidance <scale>', 'how closely the prompt is followed; 1 is none').argParser(realNumber(0, 100)),
    );
}

/** Settings at the base's own size. @param concepts how many were taught; 1 for a base alone */
export function sampleSettings(baseChoice: string, base: BaseModel, flags: SampleFlags, concepts = 1): SampleSettings {
  const usual = defaultsFor(baseChoice, concepts).sample;
  const side = base.unet.config.sampleSize * base.vae.config.scaleFactor;
  return {
    width: side,
    height: side,
    steps: flags.sampleSteps ?? usual.steps,
    scheduler: flags.scheduler ?? usual.scheduler,
    guidanceScale: flags.guidance ?? usual.guidanceScale,
  };
}

/** The seeds 1 to n. */
export function firstSeeds(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}
