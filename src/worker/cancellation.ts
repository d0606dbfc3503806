import { CancellationTokenSource, type Disposable } from 'vscode-jsonrpc/node';

/** A cancellation token as VS Code and vscode-jsonrpc both have it. */
export interface CancellationTokenLike {
  readonly isCancellationRequested: boolean;
  onCancellationRequested(listener: () => void): Disposable;
}

/** A token of our own that also fires when the caller's does. */
export class LinkedCancellation {
  private readonly source = new CancellationTokenSource();
  private readonly link: Disposable | undefined;

  constructor(outer?: CancellationTokenLike) {
    if (outer?.isCancellationRequested) this.source.cancel();
    this.link = outer?.onCancellationRequested(() => this.source.cancel());
  }

  get token() {
    return this.source.token;
  }

  get isCancelled(): boolean {
    return this.source.token.isCancellationRequested;
  }

  cancel(): void {
    this.source.cancel();
  }

  /** Lets go of the caller's token, which may live for long. */
  dispose(): void {
    this.link?.dispose();
    this.source.dispose();
  }
}
