import { defineConfig } from 'vitest/config';

const node = { environment: 'node' as const };
/**
 * Each of these files has a database, a namespace of workflows and a bucket of its own, commands no device, stops no
 * engine, and waits for nothing that a busy machine could make late.
 */
const sideBySide = [
  'test/integration/**/*.int.test.ts',
  'test/browser/**/*.e2e.test.ts',
  'activities/**/*.int.test.ts',
];
const onEngines = {
  globalSetup: ['test/engines.setup.ts'],
  testTimeout: 180_000,
  hookTimeout: 300_000,
  pool: 'forks' as const,
};

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...node,
          name: 'unit',
          // Nothing in them replaces a module or a global: loading everything once per worker halves their time.
          isolate: false,
          // One for each processor; left out, it would be one less, which is a single one where there are two.
          maxWorkers: '100%',
          include: [
            '{domain,services,adapters,api,detectors,workflows,activities,config,stack,bench,chaos,simulate,conformance,scripts,workers,console/src}/**/*.test.ts',
          ],
          exclude: ['**/*.{int,wf,e2e}.test.ts'],
        },
      },
      {
        test: {
          ...node,
          name: 'replay',
          maxWorkers: '100%',
          include: ['test/replay/**/*.replay.test.ts'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          ...node,
          ...onEngines,
          name: 'engines',
          isolate: false,
          include: ['**/*.{int,wf,e2e}.test.ts'],
          exclude: ['node_modules/**', ...sideBySide],
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...node,
          ...onEngines,
          name: 'side-by-side',
          isolate: false,
          include: sideBySide,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
