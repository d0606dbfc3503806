import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/unit/**/*.test.ts', 'test/parity/**/*.test.ts', 'test/runtime/**/*.test.ts'],
    // ONNX Runtime is not safe to tear down inside worker threads, so each test file gets a process.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
  },
});
