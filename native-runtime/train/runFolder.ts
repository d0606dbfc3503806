import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ResolvedTrainConfig } from '../../src/common/config/resolvedTrainConfig';
import { ProductError } from '../../src/common/errors';
import { asDiskError, atomicWrite } from '../atomicWrite';
import { elementCount } from '../tensorData';
import { toolVersion } from '../toolVersion';
import type { FileHash } from './fileHash';
import type { PreparedRun } from './prepareRun';
import { trainedShapes } from './stepGraph';

/** Where the parts of a run lie. */
export class RunFolder {
  constructor(readonly folder: string) {}

  get config(): string {
    return join(this.folder, 'config.json');
  }

  get log(): string {
    return join(this.folder, 'log.jsonl');
  }

  get manifest(): string {
    return join(this.folder, 'manifest.json');
  }

  get delta(): string {
    return join(this.folder, 'delta.safetensors');
  }

  get checkpoints(): string {
    return join(this.folder, 'checkpoints');
  }

  get samples(): string {
    return join(this.folder, 'samples');
  }
}

/** How a run stands; `running` in a folder without a lock means that its process died. */
export type RunStatus = 'running' | 'stopped' | 'finished' | 'failed';

/** What `manifest.json` of a run adds to its configuration. */
export interface RunProgress {
  status: RunStatus;
  step: number;
  /** The file of the delta, once there is one. */
  delta?: FileHash;
  /** Why the run failed. */
  error?: string;
  /** See `ErrorCode`. */
  errorCode?: string;
}

/**
 * Makes the folder of a new run: `<output>/<date>T<time>-<name>`, with a number behind it when two start in one minute.
 * @throws ProductError `bad-input` when it cannot be made.
 */
export async function createRunFolder(
  config: Pick<ResolvedTrainConfig, 'output' | 'name'>,
  now = new Date(),
): Promise<RunFolder> {
  const output = resolve(config.output);
  const two = (n: number) => String(n).padStart(2, '0');
  const date = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}T${two(now.getHours())}-${two(now.getMinutes())}`;
  try {
    await mkdir(output, { recursive: true });
    for (let n = 1; n < 1000; n++) {
      const folder = join(output, `${date}-${config.name}${n > 1 ? `-${n}` : ''}`);
      // Never into something that exists: mkdir without `recursive` fails on files, folders and links alike.
      const made = await mkdir(folder).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'EEXIST') return false;
          throw error;
        },
      );
      if (made) return new RunFolder(folder);
    }
  } catch (error) {
    throw asDiskError(error, output);
  }
  throw new ProductError('conflict', output, 'a thousand runs of this name started in this minute');
}

/** Writes the configuration, complete: read again it gives the same run. */
export async function writeRunConfig(folder: RunFolder, config: ResolvedTrainConfig): Promise<void> {
  await atomicWrite(folder.config, `${JSON.stringify(config, null, 2)}\n`);
}

/** Writes what the run is made of and how it stands. */
export async function writeRunManifest(folder: RunFolder, run: PreparedRun, progress: RunProgress): Promise<void> {
  const { config, base, identity, warnings } = run;
  const manifest = {
    format: 'custom-diffusion-run',
    version: 1,
    tool: toolVersion,
    ...progress,
    steps: config.steps,
    // What the run was computed on; the configuration may say "auto".
    device: run.session.device,
    mixedPrecision: run.session.mixedPrecision,
    // Lengths, so that the host can say why a process died that read beyond the end of one.
    base: { path: base.path, ...identity.base, files: run.baseWatch.sizes },
    concepts: config.concepts.map(({ modifierToken, classNoun }, i) => ({
      modifierToken,
      classNoun,
      ...identity.concepts[i],
    })),
    trainedParameters: [...trainedShapes(run.base, run.stepOptions).values()].reduce(
      (sum, shape) => sum + elementCount(shape),
      0,
    ),
    warnings,
  };
  await atomicWrite(folder.manifest, `${JSON.stringify(manifest, null, 2)}\n`);
}
