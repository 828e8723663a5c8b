import { defineConfig } from 'vitest/config';

/**
 * The tests that `npm run mutants` runs against broken code: those that state what access, checks and
 * network decide. They are one file for each of these folders, because a file costs a worker, and a
 * worker more than most tests. Left out are those that take long for what they see: other solvers,
 * the first engine, recordings, budgets.
 */
export default defineConfig({
  test: {
    include: ['test/mutants/{access,checks,network}.ts'],
    setupFiles: ['test/mutants/few-runs.ts'],
    testTimeout: 120_000,
  },
});
