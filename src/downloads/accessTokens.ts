import type { Memento, SecretStorage } from 'vscode';

/** Endpoints that a token is kept for; secrets cannot be listed. */
const ENDPOINTS = 'customDiffusion.hubTokens';

/** Access tokens of hubs, one for each address, in the editor's secret storage and nowhere else. */
export class AccessTokens {
  constructor(
    private readonly secrets: Pick<SecretStorage, 'get' | 'store' | 'delete'>,
    private readonly memory: Pick<Memento, 'get' | 'update'>,
  ) {}

  async get(endpoint: string): Promise<string | undefined> {
    return (await this.secrets.get(keyOf(endpoint))) || undefined;
  }

  async keep(endpoint: string, token: string): Promise<void> {
    await this.memory.update(ENDPOINTS, [...new Set([...this.endpoints(), endpoint])]);
    await this.secrets.store(keyOf(endpoint), token);
  }

  /** Forgets every token. @returns how many there were */
  async forgetAll(): Promise<number> {
    const endpoints = this.endpoints();
    for (const endpoint of endpoints) await this.secrets.delete(keyOf(endpoint));
    await this.memory.update(ENDPOINTS, undefined);
    return endpoints.length;
  }

  private endpoints(): string[] {
    const kept = this.memory.get<unknown>(ENDPOINTS);
    return Array.isArray(kept) ? kept.filter((one): one is string => typeof one === 'string') : [];
  }
}

/** Whether a text can be a token: it goes into a header, where nothing else may get. */
export function isToken(text: string): boolean {
  return /^[\x21-\x7e]{8,500}$/.test(text);
}

function keyOf(endpoint: string): string {
  return `customDiffusion.hubToken ${endpoint}`;
}
