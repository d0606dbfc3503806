import { basename } from 'node:path';
import * as z from 'zod';
import { ProductError } from '../common/errors';
import type { Services } from '../services';
import { isCancelled } from '../worker/errors';
import type { ChosenFile } from './promptModels';

const KEY = 'customDiffusion.prompt.files';
const MOST = 10;

const chosenFiles = z.array(
  z.object({
    label: z.string(),
    base: z.string().optional(),
    delta: z.string().optional(),
    tokens: z.array(z.object({ token: z.string(), classNoun: z.string().optional() })),
  }),
);

/** Model files that were chosen by hand, newest first; kept with the workspace. */
export class PromptFiles {
  constructor(private readonly services: Services) {}

  /** The files as of now. */
  get files(): ChosenFile[] {
    const parsed = chosenFiles.safeParse(this.services.context.workspaceState.get(KEY) ?? []);
    return parsed.success ? parsed.data : [];
  }

  /**
   * Finds out what a file is and adds it. A base of its own is given only when the file does not say it.
   * @throws ProductError what the runtime says of a file that is neither a fine-tune nor a base model
   */
  async add(path: string, defaultBase: string): Promise<ChosenFile> {
    const file = await this.look(path, defaultBase);
    const others = this.files.filter(({ base, delta }) =>
      file.delta ? delta !== path : delta !== undefined || base !== path,
    );
    await this.services.context.workspaceState.update(KEY, [file, ...others].slice(0, MOST));
    return file;
  }

  private async look(path: string, defaultBase: string): Promise<ChosenFile> {
    const { runtime } = this.services;
    try {
      const { name, base, modifierTokens, classNouns } = await runtime.request('delta/summary', { path });
      const tokens = modifierTokens.map((token) => ({
        token,
        ...(classNouns[token] ? { classNoun: classNouns[token] } : {}),
      }));
      return { label: name || basename(path), delta: path, base: base ?? defaultBase, tokens };
    } catch (error) {
      if (isCancelled(error) || !(error instanceof ProductError) || error.code === 'not-found') throw error;
      // Not a fine-tune; a whole model can be drawn with as well. What is said is about the fine-tune it is not.
      await runtime.request('model/summary', { base: path }).catch(() => {
        throw error;
      });
      return { label: basename(path), base: path, tokens: [] };
    }
  }
}
