import { readFileSync } from 'node:fs';

/** What the closing line needs of the report that Vitest writes with `--reporter=json`. */
export interface TestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/**
 * `N passed, N failed`, with `, N skipped` where tests were skipped, and whether the run counts as
 * green. A run that is red never says `0 failed`: a file that could not run, a step of `verify`
 * other than the tests, and a run without a single executed test count as one failure.
 */
export function closingLine(
  report: TestReport | undefined,
  verified: boolean,
): { readonly line: string; readonly green: boolean } {
  const passed = report?.numPassedTests ?? 0;
  const skipped = (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0);
  const counted = (report?.numFailedTests ?? 0) + brokenFiles(report);
  const green = verified && counted === 0 && passed > 0;
  const failed = green ? 0 : Math.max(counted, 1);
  const tail = skipped === 0 ? '' : `, ${skipped} skipped`;
  return { line: `${passed} passed, ${failed} failed${tail}`, green };
}

/** Files that failed as a whole: their tests were never counted. */
function brokenFiles(report: TestReport | undefined): number {
  const files = report?.testResults ?? [];
  return files.filter(
    (file) =>
      file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length;
}

function readReport(file: string): TestReport | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as TestReport;
  } catch (cause) {
    console.error(`No test report: ${String(cause)}`);
    return undefined;
  }
}

if (import.meta.main) {
  const [file = 'reports/vitest.json', verified = 'true'] = process.argv.slice(2);
  const { line, green } = closingLine(readReport(file), verified === 'true');
  console.log(line);
  process.exitCode = green ? 0 : 1;
}
