/** The closing line of CI never calls a red run green. */
import { describe, expect, it } from 'vitest';
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

const brokenFile = { status: 'failed', assertionResults: [] };
const failedTest = { status: 'failed', assertionResults: [{ status: 'failed' }] };

describe('closing line', () => {
  it.each([
    ['all pass', report({ numPassedTests: 7 }), true, '7 passed, 0 failed', true],
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
});
