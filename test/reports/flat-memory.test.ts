/** A report of a hundred thousand verdicts needs no more memory than one of ten thousand. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { reportFormats } from '../../shared/reports/report-formats.ts';

function printLarge(format: string, verdicts: number): { peak: number; length: number } {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--expose-gc', join(import.meta.dirname, 'print-large.ts'), format, String(verdicts)],
    { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout);
}

const megabyte = 1024 * 1024;

test.each(reportFormats)('%s', (format) => {
  const small = printLarge(format, 10_000);
  const large = printLarge(format, 100_000);
  // What is added is 90,000 verdicts, which take some 90 MB as they are and 60 MB as text.
  expect(large.peak - small.peak).toBeLessThan(4 * megabyte);
  const isCut = format === 'table' || format === 'markdown';
  expect(large.length / small.length).toBeGreaterThan(isCut ? 0.9 : 9);
});
