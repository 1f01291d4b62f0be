import { defineConfig } from 'vitest/config';

const node = { environment: 'node' as const };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...node,
          name: 'unit',
          include: [
            '{domain,services,adapters,api,detectors,workflows,activities,config,stack,bench,chaos,scripts,workers,console/src}/**/*.test.ts',
          ],
          exclude: ['**/*.{int,wf,e2e}.test.ts'],
        },
      },
      { test: { ...node, name: 'replay', include: ['test/replay/**/*.replay.test.ts'], testTimeout: 30_000 } },
      {
        test: {
          ...node,
          name: 'engines',
          include: ['**/*.{int,wf,e2e}.test.ts'],
          exclude: ['node_modules/**'],
          globalSetup: ['test/engines.setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          pool: 'forks',
          fileParallelism: false,
        },
      },
    ],
  },
});
