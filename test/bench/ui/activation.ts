import type { Workbench } from '../../e2e/support/workbench';

/**
 * How long our code held up the extension host when it was activated, in ms: what VS Code itself measured (loading the bundle
 * and calling `activate`) and shows under *Developer: Show Running Extensions*.
 */
export async function activationTime(workbench: Workbench): Promise<number> {
  await workbench.openViewContainer('Custom Diffusion');
  await workbench.runCommand('Developer: Show Running Extensions');
  const entry = workbench.page
    .locator('.runtime-extensions-editor .extension')
    .filter({ has: workbench.page.getByText('Custom Diffusion', { exact: true }) });
  const time = entry.locator('.activation-time');
  await time.filter({ hasText: /\d+ms/ }).waitFor();
  const text = await time.innerText();
  // It lies over the window in some versions of VS Code and is an ordinary editor in others.
  await workbench.page.keyboard.press('Escape');
  return Number(/(\d+)ms/.exec(text)?.[1]);
}
