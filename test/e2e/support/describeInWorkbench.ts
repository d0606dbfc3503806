import { describe, inject } from 'vitest';

/** `describe` for tests that need the workbench: skipped, with the reason in the name, where there is none. */
export function describeInWorkbench(name: string, tests: () => void): void {
  const { unavailable } = inject('workbench');
  if (unavailable) describe.skip(`${name} (${unavailable})`, tests);
  else describe(name, tests);
}
