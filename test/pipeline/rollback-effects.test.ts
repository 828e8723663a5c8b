/** What taking a plan back would do to clusters that have come to rely on it, and how that is told. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { judgeProposal } from '../../shared/compose.ts';
import { ownershipTypes } from '../../shared/facts/ownership-facts.ts';
import { nameOf } from '../../shared/model/resource-id.ts';
import { auditedTypes } from '../../shared/pipeline/audit.ts';
import { removalsOf } from '../../shared/pipeline/proposed-changes.ts';
import type { Plan } from '../../shared/remediation/plan.ts';
import { idIn } from '../../shared/remediation/without-writes.ts';
import { rollbackEffectLines } from '../../shared/reports/rollback-effects.ts';
import type { WhatIf } from '../../shared/reports/what-if.ts';
import { parseSettings } from '../../shared/settings/settings.ts';
import { planRows } from './audit-rows.ts';
import { smallEstateOf } from './small-estates.ts';
import { afterWrite } from './written-estate.ts';

const manifest = {
  type: 'portcullis/manifest',
  id: '/portcullis/manifest',
  types: [...auditedTypes, ...ownershipTypes],
  authorizationScopeFilter: 'AtScopeAboveAndBelow',
};
const cluster = {
  network: 0,
  groups: [0],
  hasPodCidr: false,
  isFloating: false,
  callers: [],
  isRestricted: false,
};
const estate = smallEstateOf({
  clusters: [cluster, cluster, cluster],
  rules: [[], [], []],
  grants: [],
  isPeered: false,
  hasTagList: false,
  hasDeployer: false,
});
/** The first two clusters share their identity. */
const rows: readonly object[] = [
  manifest,
  ...(JSON.parse(
    JSON.stringify(estate.rows).replaceAll(
      estate.clusters[1]?.principalId ?? '',
      estate.clusters[0]?.principalId ?? '',
    ),
  ) as readonly object[]),
];
const plain = { paint: (text: string) => text, width: 200 };

async function withoutThem(on: readonly object[], { changes }: Plan): Promise<WhatIf> {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-'));
  const parsed = parseSettings(estate.settings);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  try {
    const path = join(folder, 'estate.jsonl');
    await writeFile(path, on.map((row) => JSON.stringify(row)).join('\n'));
    return await judgeProposal({
      source: { kind: 'estate', path },
      settings: parsed.settings,
      strict: false,
      now: () => new Date('2026-11-26T00:00:00Z'),
      proposal: removalsOf(changes.map(idIn)),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

it('names every cluster that relies on a role assignment, not only the one it was made for', async () => {
  const planned = await planRows(rows, estate.settings);
  const plan = planned.flatMap((one) =>
    one.kind === 'plan' && one.plan.checkId === 'network-contributor-granted' ? [one.plan] : [],
  )[0];
  if (plan === undefined) throw new Error('no role is planned');
  expect(nameOf(plan.clusterId)).toBe('scoring-0');
  const after = plan.changes.reduce<readonly object[]>(afterWrite, rows);
  const found = await withoutThem(after, plan);
  expect(rollbackEffectLines({ kind: 'judged', found }, plain)).toEqual([
    ' ✗ scoring-0: network-contributor-granted, pass → fail (high)',
    ' ✗ scoring-1: network-contributor-granted, pass → fail (high)',
  ]);
  const nothing = await withoutThem(after, { ...plan, changes: [] });
  expect(rollbackEffectLines({ kind: 'judged', found: nothing }, plain)).toEqual([
    '   No check of 3 clusters comes to fail by it.',
  ]);
});

it('says what it does not know', () => {
  const because = 'Azure did not\u001B[2J answer.';
  expect(rollbackEffectLines({ kind: 'unknown', because }, plain)).toEqual([
    ' ? Which checks would fail after it is not known: Azure did not [2J answer.',
  ]);
  const untold: WhatIf = {
    changes: [],
    unjudged: [],
    clusters: [],
    examined: 1,
    stillUnknown: 1,
    assumptions: [],
  };
  expect(rollbackEffectLines({ kind: 'judged', found: untold }, plain)).toEqual([
    '   No check of 1 cluster comes to fail by it.',
    ' ? Not everything that may rely on it could be read.',
  ]);
});
