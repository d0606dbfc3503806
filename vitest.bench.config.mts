import { defineConfig } from 'vitest/config';

/** Measurements of the packaged extension in a real VS Code window; `npm run bench:ui` runs them and prints what they found. */
export default defineConfig({
  test: {
    include: ['test/bench/ui/**/*.bench.ts'],
    globalSetup: 'test/e2e/support/globalSetup.ts',
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 300_000,
    teardownTimeout: 30_000,
  },
});
