import { defineConfig } from 'vitest/config';

/** Tests of the packaged extension: what is in the package, and what it does in a real VS Code window. */
export default defineConfig({
  test: {
    include: ['test/package/**/*.test.ts', 'test/e2e/**/*.test.ts'],
    globalSetup: 'test/e2e/support/globalSetup.ts',
    pool: 'forks',
    // One window at a time: each has a server, a browser and a runtime of its own.
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 30_000,
    // A browser on a busy machine misses a click now and then; what fails twice is broken.
    retry: 1,
  },
});
