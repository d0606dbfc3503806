import { Uri, type Webview } from 'vscode';
import type { SampleGridRecord } from '../common/protocol/training';
import type { SampleView } from '../common/webview/run';

/** The sample pictures as addresses that a page may load. */
export function sampleViews(grids: readonly SampleGridRecord[], webview: Webview): SampleView[] {
  const addressOf = (path: string) => webview.asWebviewUri(Uri.file(path)).toString();
  return grids
    .map(({ step, gridPath, pictures }) => ({
      step,
      grid: gridPath && addressOf(gridPath),
      pictures: pictures.map(({ path, prompt, seed, attentionPath }) => ({
        src: addressOf(path),
        prompt,
        seed,
        hasAttention: attentionPath !== undefined,
      })),
    }))
    .sort((a, b) => a.step - b.step);
}

/** The file of a picture that the page names by its step and place; null is the whole grid. */
export function samplePath(
  grids: readonly SampleGridRecord[],
  step: number,
  picture: number | null,
): string | undefined {
  const grid = grids.find((one) => one.step === step);
  return picture === null ? grid?.gridPath : grid?.pictures[picture]?.path;
}
