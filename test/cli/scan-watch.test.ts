import { expect, test } from 'vitest';
import { watchScan } from '../../cli/scan-watch.ts';
import type { ScanProgress } from '../../shared/reports/scan.ts';

function watched() {
  const progress: ScanProgress[] = [];
  const trouble: string[] = [];
  const findings: string[] = [];
  const watch = watchScan('scheduled-scan', {
    onProgress: (event) => progress.push(event),
    onTrouble: (line) => trouble.push(line),
    onFinding: (line) => findings.push(line),
  });
  const say = (entry: object) => {
    watch.line(JSON.stringify({ level: 'information', function: 'scheduled-scan', ...entry }));
  };
  return { watch, progress, trouble, findings, say };
}

test('progress is what the functions say of it, and nothing else', () => {
  const { progress, trouble, say } = watched();
  const told = (event: unknown) => ({
    message: JSON.stringify({ message: 'scan progress', progress: event }),
  });
  say(told({ stage: 'reading', done: 0 }));
  say(told({ stage: 'judging', done: 3, total: 10 }));
  say({ ...told({ stage: 'judging', done: 9 }), function: 'scan-shard' });
  for (const odd of [null, 7, {}, { stage: 'x' }, { stage: 7, done: 1 }]) say(told(odd));
  say({ message: 'invocation started' });
  expect(progress).toEqual([
    { stage: 'reading', done: 0 },
    { stage: 'judging', done: 3, total: 10 },
    { stage: 'judging', done: 9 },
  ]);
  expect(trouble).toEqual([]);
});

test('a finding is told after the scan, and not those of the scan itself', () => {
  const { findings, say } = watched();
  const clusterId = '/subscriptions/s/resourcegroups/g/providers/x/managedclusters/aks';
  const finding = { message: 'finding', transition: 'opened', checkId: 'a-check', clusterId };
  say({ message: JSON.stringify(finding), function: 'scan-shard' });
  say({ message: '{"message":"scan saved"}', function: 'scan-shard' });
  say({ message: JSON.stringify(finding), function: 'check-cluster' });
  expect(findings).toEqual(['opened: a-check on aks']);
});

test('the scan is saved when whoever ends it says so', async () => {
  const { watch, say } = watched();
  let saved = false;
  const waiting = watch.saved.then(() => {
    saved = true;
  });
  say({ message: 'invocation succeeded' });
  await Promise.resolve();
  expect(saved).toBe(false);
  say({ function: 'scan-shard', message: '{"message":"scan saved","gaps":0}' });
  await waiting;
});

test('a run that failed is told with its cause', async () => {
  const { watch, trouble, say } = watched();
  say({ level: 'error', message: 'scan failed Error: lost the tenant' });
  say({ level: 'error', message: 'invocation failed', error: 'Error: lost\n  at scan' });
  await expect(watch.saved).rejects.toMatchObject({
    message: 'Error: lost\n  at scan',
    stack: 'Error: lost\n  at scan',
  });
  expect(trouble).toEqual([]);
});

test('warnings, errors and what is no log line are trouble', () => {
  const { watch, trouble, say } = watched();
  watch.line('(node:1) Warning: something old');
  watch.line('7');
  say({ level: 'warning', message: 'a function is late', function: 'other' });
  say({ level: 'error', message: 'invocation failed', function: 'api', error: 'Error: x' });
  expect(trouble).toEqual([
    '(node:1) Warning: something old',
    '7',
    'a function is late',
    'invocation failed: Error: x',
  ]);
});
