import { defineConfig } from 'vitest/config';

const hour = 3_600_000;

/** `--mode deep` multiplies the sizes of property tests, oracles and generated estates. */
export default defineConfig(({ mode }) => ({
  test: {
    dir: 'test',
    setupFiles: ['test/property-seed.ts'],
    testTimeout: mode === 'deep' ? 2 * hour : 120_000,
    hookTimeout: mode === 'deep' ? 2 * hour : 120_000,
    // A busy machine takes ten times as long as an idle one.
    expect: { poll: { timeout: 100_000 } },
    coverage: { include: ['shared/**', 'cli/**', 'functions/**', 'localhost/**', 'simulator/**'] },
  },
}));
