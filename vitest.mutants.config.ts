import { defineConfig } from 'vitest/config';

/**
 * The tests that `npm run mutants` runs against broken code: those that state what access, checks and
 * network decide, in process. Left out are those that take long for what they see: other solvers,
 * the first engine, recordings, budgets.
 */
export default defineConfig({
  test: {
    include: ['test/{access,checks,facts,network,packets}/**/*.test.ts'],
    exclude: [
      '**/*.z3.test.ts',
      '**/first-engine.test.ts',
      '**/recorded*.test.ts',
      '**/budget.test.ts',
      '**/lint-rules.property.test.ts',
      'test/packets/packet-set.test.ts',
    ],
    setupFiles: ['test/few-runs.ts'],
    testTimeout: 120_000,
  },
});
