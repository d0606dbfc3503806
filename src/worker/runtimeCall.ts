import { ProductError } from '../common/errors';
import type { RequestName, RequestParams, RequestResult } from '../common/protocol/runtimeProtocol';
import { l10n } from '../translation';
import { LinkedCancellation, type CancellationTokenLike } from './cancellation';
import { cancelled } from './errors';
import type { RuntimeProcess } from './runtimeProcess';
import { SilenceWatch } from './silenceWatch';

/** One request under way, with its time limit and its cancellation. */
export class RuntimeCall<N extends RequestName> {
  private readonly cancellation: LinkedCancellation;

  constructor(
    readonly name: N,
    private readonly params: RequestParams<N>,
    token?: CancellationTokenLike,
  ) {
    this.cancellation = new LinkedCancellation(token);
  }

  cancel(): void {
    this.cancellation.cancel();
  }

  dispose(): void {
    this.cancellation.dispose();
  }

  /**
   * Sends the request and waits for its answer.
   * @param limitMs how long it may take; undefined for as long as it takes
   * @param onIgnored called when it took too long and was not even answered after its cancellation
   * @throws ProductError
   */
  async send(
    runtime: RuntimeProcess,
    limitMs: number | undefined,
    graceMs: number,
    onIgnored: () => void,
  ): Promise<RequestResult<N>> {
    if (this.cancellation.isCancelled) throw cancelled(this.name);
    const answer = runtime.request(this.name, this.params, this.cancellation.token);
    if (limitMs === undefined) return answer;
    let watch: SilenceWatch | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      // The sleep of a laptop is not counted.
      watch = new SilenceWatch(limitMs, (isSilent) => {
        if (!isSilent) return;
        this.cancellation.cancel();
        // The caller hears of it now; whether the process still lives shows in its answer to the cancellation.
        const ignored = setTimeout(onIgnored, graceMs);
        ignored.unref();
        void answer.catch(() => {}).finally(() => clearTimeout(ignored));
        const problem = l10n.t('the runtime did not answer within {0} seconds', Math.round(limitMs / 1000));
        const remedy = l10n.t('Try again; the log may say what it was busy with');
        reject(new ProductError('internal', this.name, problem, remedy));
      });
    });
    return Promise.race([answer, tooLate]).finally(() => watch?.dispose());
  }
}
