import { defineConfig } from 'vitest/config';

/** Tests that need an NVIDIA processor; elsewhere they are skipped, and say so. */
export default defineConfig({
  test: {
    include: ['test/cuda/**/*.test.ts'],
    // CUDA's memory is given back only when a process ends.
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
