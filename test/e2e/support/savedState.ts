import type { Page } from 'playwright-core';

/** Waits until the state that the window has written down, such as its open editors, mentions a text. */
export async function waitForSavedState(page: Page, text: string, timeout: number): Promise<void> {
  await page.waitForFunction(`(${savedStateMentions})(${JSON.stringify(text)})`, undefined, { timeout, polling: 500 });
}

/** Runs in the page: looks through the databases in which a window in a browser keeps its state. */
const savedStateMentions = `async (text) => {
  const read = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  for (const { name } of await indexedDB.databases()) {
    if (!name.startsWith('vscode-web-state-db-')) continue;
    const database = await read(indexedDB.open(name));
    try {
      const values = await read(database.transaction('ItemTable').objectStore('ItemTable').getAll());
      if (values.some((value) => typeof value === 'string' && value.includes(text))) return true;
    } finally {
      database.close();
    }
  }
  return false;
}`;
