import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A disk of its own that is small enough to be filled. */
export class SmallDisk {
  private constructor(readonly folder: string) {}

  /** Mounts one at a folder for the test that runs; undefined where only root may. @param size such as `8m` */
  static mount(folder: string, size: string): SmallDisk | undefined {
    mkdirSync(folder, { recursive: true });
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'ignore' });
    } catch {
      return undefined;
    }
    onTestFinished(() => void execFileSync('umount', ['-l', folder]));
    return new SmallDisk(folder);
  }

  /** Takes all the space there is, to the last byte. */
  fill(): void {
    writeFileSync(this.ballast, '');
    for (const size of [65_536, 4096, 1])
      try {
        for (;;) appendFileSync(this.ballast, Buffer.alloc(size));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
  }

  /** Gives it back. */
  free(): void {
    rmSync(this.ballast);
  }

  private get ballast(): string {
    return join(this.folder, 'ballast');
  }
}
