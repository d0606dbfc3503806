import type { Workbench } from '../../e2e/support/workbench';

/** Closes the editor in front by a middle click on its tab. */
export async function closeEditor({ page }: Workbench): Promise<void> {
  const tabs = page.locator('.part.editor').getByRole('tab');
  const before = await tabs.count();
  for (let attempt = 0; attempt < 5 && (await tabs.count()) >= before; attempt++) {
    await page
      .locator('.part.editor [role=tab][aria-selected=true]')
      .first()
      .click({ button: 'middle', timeout: 10_000 });
    await page.waitForTimeout(200);
  }
}
