import { env, l10n, Uri, window } from 'vscode';
import { readConfiguration } from '../configuration';
import type { Services } from '../services';
import { AccessTokens, isToken } from './accessTokens';
import { hubEndpoint } from './hubEndpoint';
import { isHubFailure, type HubFailure } from './hubFailure';
import type { HubAccess } from './hubRequest';
import { patient, type Pace } from './pace';

/** The hub of the settings, with the token that is kept for it. */
export class HubSession {
  readonly endpoint = hubEndpoint(readConfiguration('models.hubEndpoint'), process.env['HF_ENDPOINT']);
  private readonly tokens: AccessTokens;

  constructor({ context }: Services) {
    this.tokens = new AccessTokens(context.secrets, context.globalState);
  }

  /** The page of a repository. */
  pageOf(repository: string): string {
    return `${this.endpoint}/${repository}`;
  }

  /**
   * Does some work that talks to the hub. Where the hub wants to know who asks, the user is asked for a token, which is kept
   * once it has worked; undefined when they would rather not.
   */
  async ask<T>(repository: string, pace: Pace, work: (access: HubAccess) => PromiseLike<T>): Promise<T | undefined> {
    const kept = await this.tokens.get(this.endpoint);
    for (let token = kept; ;) {
      try {
        const result = await work({ endpoint: this.endpoint, token, pace });
        if (token !== undefined && token !== kept) await this.tokens.keep(this.endpoint, token);
        return result;
      } catch (error) {
        if (!isHubFailure(error, 'unauthorised', 'gated')) throw error;
        token = await this.askForToken(error, repository);
        if (token === undefined) return undefined;
      }
    }
  }

  private async askForToken(failure: HubFailure, repository: string): Promise<string | undefined> {
    const enter = l10n.t('Enter Access Token…');
    const page = l10n.t('Open Page');
    let choice = await window.showWarningMessage(failure.message, enter, page);
    while (choice === page) {
      await env.openExternal(Uri.parse(this.pageOf(repository)));
      // Access is asked for there; the token can be entered afterwards.
      choice = await window.showWarningMessage(failure.message, enter, page);
    }
    if (choice !== enter) return undefined;
    const text = await window.showInputBox({
      title: l10n.t('Access Token for {0}', new URL(this.endpoint).host),
      prompt: l10n.t('It is kept in the secret storage of the editor and sent to this hub only.'),
      placeHolder: 'hf_…',
      password: true,
      ignoreFocusOut: true,
      validateInput: (typed) => (isToken(typed.trim()) ? undefined : l10n.t('This is not an access token')),
    });
    return text?.trim();
  }
}

/** For questions that a user waits for. */
export const brisk: Pace = { ...patient, attempts: 3 };
