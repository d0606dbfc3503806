import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { downloadFiles, type DownloadOptions } from '../../../src/downloads/downloadFiles';
import { fileChoices } from '../../../src/downloads/fileChoice';
import type { Pace } from '../../../src/downloads/pace';
import { makePlan } from '../../../src/downloads/makePlan';
import type { DownloadPlan } from '../../../src/downloads/plan';
import { listRepository } from '../../../src/downloads/repositoryListing';
import { temporaryFolder } from '../../support/temporaryFolder';
import { HubServer } from './hubServer';
import { diffusersRepository } from './servedRepository';

/** Patience for tests. */
export const quick: Pace = { idleMs: 1500, firstWaitMs: 2, longestWaitMs: 10, longestRetryAfterMs: 1500, attempts: 4 };

/** The large file that the fault cases look at. */
export const WEIGHTS = 'unet/diffusion_pytorch_model.fp16.safetensors';

/** A hub and a place for downloads. */
export class DownloadScene {
  private count = 0;
  readonly root = temporaryFolder();
  folder = join(this.root, 'first');

  private constructor(readonly hub: HubServer) {}

  static async create(): Promise<DownloadScene> {
    return new DownloadScene(await HubServer.start(diffusersRepository()));
  }

  /** A sound hub and a folder that is not there. */
  reset(): void {
    this.hub.reset(diffusersRepository());
    this.folder = join(this.root, `model ${this.count++}`);
  }

  list(token?: string, revision = 'main', pace = quick) {
    const access = { endpoint: this.hub.endpoint, token, pace };
    return listRepository({ repository: 'someone/tiny-diffusion', revision }, access, new AbortController().signal);
  }

  /** The plan for the 16-bit folder. */
  async plan(): Promise<DownloadPlan> {
    const listing = await this.list();
    return makePlan(listing, fileChoices(listing)[0]!);
  }

  async download(plan?: DownloadPlan, options: Partial<DownloadOptions> & { token?: string } = {}): Promise<string> {
    const { token, ...rest } = options;
    const access = { endpoint: this.hub.endpoint, token, pace: quick };
    const usual = { access, signal: new AbortController().signal, onBytes: () => {} };
    return downloadFiles(plan ?? (await this.plan()), this.folder, { ...usual, ...rest });
  }

  /** Paths of the files below a folder. */
  filesIn(folder: string): string[] {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(folder.length + 1)
          .replaceAll('\\', '/'),
      )
      .sort();
  }

  /** Whether every file of a finished download is what the hub has. */
  isWhole(plan: DownloadPlan): boolean {
    return plan.files.every(({ path }) =>
      readFileSync(join(this.folder, path)).equals(this.hub.repository.files[path]!),
    );
  }
}
