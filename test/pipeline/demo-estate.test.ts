/** The estate that comes with the command tells the truth about itself. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { auditSource } from './audit-rows.ts';

interface Truth {
  readonly clusterId: string;
  readonly checkId: string;
  readonly kind: string;
  readonly severity?: string;
}

function json<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}

it('gets the verdicts that were built into it', async () => {
  const truth = json<readonly Truth[]>('demo/truth.json');
  const { verdicts } = await auditSource({ kind: 'demo' }, json('demo/portcullis.settings.json'));
  const wrong = truth.filter(({ clusterId, checkId, kind, severity }) => {
    const verdict = verdicts.get(`${clusterId.toLowerCase()} ${checkId}`);
    return verdict?.kind !== kind || (kind === 'fail' && verdict.severity !== severity);
  });
  expect(wrong).toEqual([]);
  expect(verdicts.size).toBe(truth.length);
});
