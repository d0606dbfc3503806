import { l10n } from '../translation';
import { SilenceWatch } from '../worker/silenceWatch';
import { HubFailure } from './hubFailure';

/** Ends a request that brings nothing for a while; the sleep of a laptop is not counted. */
export class IdleWatch {
  private readonly controller = new AbortController();
  private readonly watch: SilenceWatch;

  constructor(
    private readonly milliseconds: number,
    private readonly where: string,
  ) {
    this.watch = new SilenceWatch(milliseconds, (isSilent) => {
      if (isSilent) this.controller.abort(this.failure());
    });
  }

  /** Fires when nothing came for too long. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Something came. */
  touch(): void {
    this.watch.touch();
  }

  stop(): void {
    this.watch.dispose();
  }

  private failure(): HubFailure {
    const seconds = Math.max(1, Math.round(this.milliseconds / 1000));
    return new HubFailure(
      'stalled',
      this.where,
      l10n.t('the server sent nothing for {0} s', seconds),
      l10n.t('Check the connection and try again; what has arrived is kept'),
    );
  }
}
