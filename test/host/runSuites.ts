import { suites } from 'host-suites';

/** How one host test went. */
export interface HostResult {
  suite: string;
  name: string;
  passed: boolean;
  error?: string;
  milliseconds: number;
}

const patience = 120_000;

/** Runs every function that a suite exports, one after the other, and never throws itself. */
export async function runSuites(): Promise<HostResult[]> {
  const results: HostResult[] = [];
  for (const [suite, tests] of Object.entries(suites)) {
    for (const [name, test] of Object.entries(tests)) {
      if (typeof test !== 'function') continue;
      results.push(await runTest(suite, name, test as () => unknown));
    }
  }
  return results;
}

async function runTest(suite: string, name: string, test: () => unknown): Promise<HostResult> {
  const started = performance.now();
  const took = () => Math.round(performance.now() - started);
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not finished after ${patience / 1000} s`)), patience);
    });
    await Promise.race([test(), late]);
    return { suite, name, passed: true, milliseconds: took() };
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { suite, name, passed: false, error: text, milliseconds: took() };
  } finally {
    clearTimeout(timer);
  }
}
