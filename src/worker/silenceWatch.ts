import type { Disposable } from 'vscode-jsonrpc/node';

/** Notices when something that should speak now and then is silent for long. The sleep of a laptop does not count as silence. */
export class SilenceWatch implements Disposable {
  private readonly timer: NodeJS.Timeout;
  private silentMs = 0;
  private lastTick: number;
  private isReported = false;

  constructor(
    limitMs: number,
    private readonly onChange: (isSilent: boolean, silentMs: number) => void,
    now: () => number = () => performance.now(),
  ) {
    const period = limitMs / 10;
    this.lastTick = now();
    this.timer = setInterval(() => {
      // A tick that comes far too late means that this process stood still too.
      this.silentMs += Math.min(now() - this.lastTick, 2 * period);
      this.lastTick = now();
      if (this.silentMs < limitMs || this.isReported) return;
      this.isReported = true;
      this.onChange(true, this.silentMs);
    }, period);
    this.timer.unref();
  }

  /** It spoke. */
  touch(): void {
    this.silentMs = 0;
    if (!this.isReported) return;
    this.isReported = false;
    this.onChange(false, 0);
  }

  dispose(): void {
    clearInterval(this.timer);
  }
}
