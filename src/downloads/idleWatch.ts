import { l10n } from '../translation';
import { HubFailure } from './hubFailure';

/** Ends a request that brings nothing for a while. */
export class IdleWatch {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly milliseconds: number,
    private readonly where: string,
  ) {
    this.touch();
  }

  /** Fires when nothing came for too long. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Something came. */
  touch(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.controller.abort(this.failure()), this.milliseconds);
  }

  stop(): void {
    clearTimeout(this.timer);
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
