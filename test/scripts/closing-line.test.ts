/** The closing line of CI never calls a red run green. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { closingLine } from '../../scripts/closing-line.ts';
import type { TestReport } from '../../scripts/closing-line.ts';

function report(counts: Partial<TestReport>): TestReport {
  return {
    numPassedTests: 0,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [],
    ...counts,
  };
}

const greenFile = { status: 'passed', assertionResults: [{ status: 'passed' }] };
const emptyFile = { status: 'passed', assertionResults: [] };
const brokenTeardown = { status: 'failed', assertionResults: [{ status: 'passed' }] };
const brokenFile = { status: 'failed', assertionResults: [] };
const failedTest = { status: 'failed', assertionResults: [{ status: 'failed' }] };

describe('closing line', () => {
  it.each([
    [
      'all pass',
      report({ numPassedTests: 7, testResults: [greenFile, emptyFile] }),
      true,
      '7 passed, 0 failed',
      true,
    ],
    [
      'some are skipped',
      report({ numPassedTests: 7, numPendingTests: 2, numTodoTests: 1 }),
      true,
      '7 passed, 0 failed, 3 skipped',
      true,
    ],
    [
      'a test fails',
      report({ numPassedTests: 6, numFailedTests: 1, testResults: [failedTest] }),
      false,
      '6 passed, 1 failed',
      false,
    ],
    [
      'a test fails, yet verify claims success',
      report({ numPassedTests: 6, numFailedTests: 1 }),
      true,
      '6 passed, 1 failed',
      false,
    ],
    [
      'a file cannot be loaded',
      report({ numPassedTests: 6, numFailedTests: 1, testResults: [failedTest, brokenFile] }),
      false,
      '6 passed, 2 failed',
      false,
    ],
    [
      'a file fails after its tests',
      report({
        numPassedTests: 6,
        numFailedTests: 1,
        testResults: [greenFile, failedTest, brokenTeardown],
      }),
      false,
      '6 passed, 2 failed',
      false,
    ],
    ['another step fails', report({ numPassedTests: 7 }), false, '7 passed, 1 failed', false],
    [
      'every test is skipped',
      report({ numPendingTests: 3 }),
      true,
      '0 passed, 1 failed, 3 skipped',
      false,
    ],
    ['no test was run', undefined, true, '0 passed, 1 failed', false],
  ])('%s', (_, given, verified, line, green) => {
    expect(closingLine(given, verified)).toEqual({ line, green });
  });

  describe('as a command', () => {
    const folder = mkdtempSync(join(tmpdir(), 'closing-line-'));
    afterAll(() => rmSync(folder, { recursive: true }));

    function close(
      file: string,
      verified: string,
    ): readonly [stdout: string, status: number | null] {
      const script = join(import.meta.dirname, '../../scripts/closing-line.ts');
      const run = spawnSync(process.execPath, [script, file, verified], { encoding: 'utf8' });
      return [run.stdout, run.status];
    }

    it('prints the line alone and exits with what it says', () => {
      const file = join(folder, 'report.json');
      writeFileSync(file, JSON.stringify(report({ numPassedTests: 7 })));
      expect(close(file, 'true')).toEqual(['7 passed, 0 failed\n', 0]);
      expect(close(file, 'false')).toEqual(['7 passed, 1 failed\n', 1]);
      expect(close(join(folder, 'absent.json'), 'true')).toEqual(['0 passed, 1 failed\n', 1]);
    });
  });
});
