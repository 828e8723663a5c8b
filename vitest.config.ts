import { defineConfig } from 'vitest/config';

/** `--mode deep` multiplies the sizes of property tests, oracles and generated estates. */
export default defineConfig({
  test: {
    dir: 'test',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A busy machine takes ten times as long as an idle one.
    expect: { poll: { timeout: 100_000 } },
    coverage: { include: ['shared/**', 'cli/**', 'functions/**', 'localhost/**', 'simulator/**'] },
  },
});
