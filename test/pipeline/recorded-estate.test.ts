/** Recorded clusters: nothing crashes, and nothing is said that cannot be proven. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../shared/checks/catalogue.ts';
import { auditSource } from './audit-rows.ts';

const everyCluster = { scope: { clusters: 'all' } };
const recorded = resolve(process.env['PORTCULLIS_FIXTURES'] ?? '../shared/fixtures', 'estate');

const estates = [
  { name: 'the trimmed copy', path: 'test/fixtures/recorded-estate.jsonl', clusters: 131 },
  { name: 'the whole recording', path: recorded, clusters: 280 },
];

describe.each(estates)('$name', ({ path, clusters }) => {
  // The whole recording is not part of the project; where it lies elsewhere, PORTCULLIS_FIXTURES says so.
  it.skipIf(!existsSync(path))('gives every cluster its verdicts, and never a defect', async () => {
    const { verdicts, tail } = await auditSource({ kind: 'estate', path }, everyCluster);
    expect(verdicts.size).toBe(clusters * catalogue.length);
    expect(tail.gaps.filter(({ why }) => why.includes('the check failed'))).toEqual([]);
    const silent = [...verdicts.values()].filter(
      ({ kind, missing }) =>
        kind === 'unknown' &&
        ((missing ?? []).length === 0 ||
          missing?.some(({ what, scope, why }) => [what, scope, why].includes(''))),
    );
    expect(silent).toEqual([]);
  });

  it.skipIf(!existsSync(path))('passes and fails only with evidence', async () => {
    const { verdicts } = await auditSource({ kind: 'estate', path }, everyCluster);
    const decided = [...verdicts.values()].filter(({ kind }) => kind === 'pass' || kind === 'fail');
    expect(decided.filter(({ evidence }) => evidence.length === 0)).toEqual([]);
    // No role assignment above the subscriptions was recorded, so none can be proven absent.
    expect(
      decided.filter((one) => one.checkId === 'network-contributor-granted' && one.kind === 'fail'),
    ).toEqual([]);
  });
});
