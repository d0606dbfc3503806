import type { Page } from 'playwright-core';

/** Waits until the list of open editors that the window has written down mentions a text. */
export async function waitForSavedEditor(page: Page, text: string, timeout: number): Promise<void> {
  const deadline = Date.now() + timeout;
  while (!(await page.evaluate(`(${savedEditorsMention})(${JSON.stringify(text)})`))) {
    if (Date.now() > deadline) throw new Error(`the window has not written down that ${text} is open`);
    await page.waitForTimeout(500);
  }
}

/** Runs in the page: looks through the databases in which a window in a browser keeps its state. */
const savedEditorsMention = `async (text) => {
  const read = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  for (const { name } of await indexedDB.databases()) {
    if (!name.startsWith('vscode-web-state-db-')) continue;
    const database = await read(indexedDB.open(name));
    try {
      const table = database.transaction('ItemTable').objectStore('ItemTable');
      const editors = await read(table.get('memento/workbench.parts.editor'));
      if (typeof editors === 'string' && editors.includes(text)) return true;
    } finally {
      database.close();
    }
  }
  return false;
}`;
