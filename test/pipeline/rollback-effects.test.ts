/** What taking a plan back would do to clusters that have come to rely on it, and how that is told. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { foresee } from '../../shared/compose.ts';
import { ownershipTypes } from '../../shared/facts/ownership-facts.ts';
import { type ResourceId, nameOf } from '../../shared/model/resource-id.ts';
import { auditedTypes } from '../../shared/pipeline/audit.ts';
import type { ArmWrite } from '../../shared/remediation/arm-write.ts';
import type { JournalRow, Step } from '../../shared/remediation/journal.ts';
import { type Plan, sealed } from '../../shared/remediation/plan.ts';
import { idIn as idOf } from '../../shared/remediation/without-writes.ts';
import {
  type ForeseenRollback,
  rollbackEffectLines,
} from '../../shared/reports/rollback-effects.ts';
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
function idIn(request: ArmWrite | undefined): ResourceId {
  if (request === undefined) throw new Error('the plan has no such request');
  return idOf(request);
}
const plain = { paint: (text: string) => text, width: 200 };

/** The journal of a plan of which all was made. */
function doneRows(plan: Plan): readonly JournalRow[] {
  const steps: readonly Step[] = [
    { step: 'requested', plan, by: 'me' },
    { step: 'approved', by: 'me', hash: plan.hash },
    { step: 'confirmed', before: { images: [], passing: {} } },
    ...plan.changes.flatMap((_, index): readonly Step[] => [
      { step: 'writing', index },
      { step: 'written', index, made: true },
    ]),
    { step: 'verified' },
    { step: 'ended', outcome: 'done' },
  ];
  return steps.map((step) => ({ ...step, at: '2026-11-26T00:00:00.000Z' }));
}

async function takenBack(
  on: readonly object[],
  rowsDone: readonly JournalRow[],
): Promise<ForeseenRollback> {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-'));
  const parsed = parseSettings(estate.settings);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  try {
    const path = join(folder, 'estate.jsonl');
    await writeFile(path, on.map((row) => JSON.stringify(row)).join('\n'));
    return await foresee({
      source: { kind: 'estate', path },
      settings: parsed.settings,
      strict: false,
      now: () => new Date('2026-11-26T00:00:00Z'),
      rows: rowsDone,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function rolePlan(): Promise<Plan> {
  const planned = await planRows(rows, estate.settings);
  const plan = planned.flatMap((one) =>
    one.kind === 'plan' && one.plan.checkId === 'network-contributor-granted' ? [one.plan] : [],
  )[0];
  if (plan === undefined) throw new Error('no role is planned');
  expect(nameOf(plan.clusterId)).toBe('scoring-0');
  return plan;
}

const told = (foreseen: ForeseenRollback) =>
  rollbackEffectLines({ kind: 'judged', ...foreseen }, plain);

it('names every cluster that relies on a role assignment, not only the one it was made for', async () => {
  const plan = await rolePlan();
  const after = plan.changes.reduce<readonly object[]>(afterWrite, rows);
  const foreseen = await takenBack(after, doneRows(plan));
  expect(told(foreseen)).toEqual([
    ' ✗ scoring-0: network-contributor-granted, pass → fail (high)',
    ' ✗ scoring-1: network-contributor-granted, pass → fail (high)',
  ]);
  expect(foreseen.removals).toEqual([
    {
      id: idIn(plan.undo[0]),
      method: 'DELETE',
      url: plan.undo[0]?.url,
      role: plan.diff.newlyGranted[0],
      outcome: 'removed',
      because: null,
    },
  ]);
});

it('takes for removed only what is removed: what was there before, or is gone already, is not', async () => {
  const plan = await rolePlan();
  const after = plan.changes.reduce<readonly object[]>(afterWrite, rows);
  const done = doneRows(plan);
  const notOurs = done.map((row) => (row.step === 'written' ? { ...row, made: false } : row));
  const at = '2026-11-26T00:00:00.000Z';
  const asked: JournalRow = { step: 'rollbackAsked', by: 'me', because: '', at };
  const gone = [...done, asked, { step: 'removed', index: 0, at } as const];
  for (const journal of [notOurs, gone]) {
    const foreseen = await takenBack(after, journal);
    expect(foreseen.removals).toEqual([]);
    expect(told(foreseen)).toEqual(['   No check of 3 clusters comes to fail by it.']);
  }
});

it('says what is left because somebody changed it, and that nothing fails by what stays', async () => {
  const plan = await rolePlan();
  const [change] = plan.changes;
  if (change === undefined) throw new Error('the plan has a change');
  const theirs = (properties: object) => ({
    ...change,
    body: { properties: { ...Object(change.body?.['properties']), ...properties } },
  });
  for (const properties of [
    { condition: 'x', description: 'ours now' },
    { principalId: 'other' },
  ]) {
    const after = [theirs(properties)].reduce<readonly object[]>(afterWrite, rows);
    const foreseen = await takenBack(after, doneRows(plan));
    expect(foreseen.removals).toMatchObject([{ outcome: 'left' }]);
    expect(told(foreseen)).toEqual([
      ` ? ${nameOf(idIn(change))} is left: Somebody changed it since; it is no longer ours.`,
      '   No check of 3 clusters comes to fail by it.',
    ]);
  }
});

it('says that it is left where a lock above it keeps it, and not known where a deployment stack may', async () => {
  const plan = await rolePlan();
  const [change] = plan.changes;
  const given = plan.diff.newlyGranted[0];
  if (change === undefined || given === undefined) throw new Error('the plan gives a role');
  const name = nameOf(idIn(change));
  const after = plan.changes.reduce<readonly object[]>(afterWrite, rows);
  const lock = {
    id: `${given.scope}/providers/Microsoft.Authorization/locks/keep`,
    type: 'Microsoft.Authorization/locks',
    name: 'keep',
    properties: { level: 'CanNotDelete' },
  };
  const locked = await takenBack([...after, lock], doneRows(plan));
  expect(locked.removals).toMatchObject([{ outcome: 'left' }]);
  expect(told(locked)).toEqual([
    ` ? ${name} is left: ${name} is under lock keep (CanNotDelete) on ${nameOf(given.scope)}, which bars taking a change back.`,
    '   No check of 3 clusters comes to fail by it.',
  ]);
  const stack = {
    id: `${given.scope.split('/').slice(0, 3).join('/')}/providers/Microsoft.Resources/deploymentStacks/landing-zone`,
    type: 'Microsoft.Resources/deploymentStacks',
    name: 'landing-zone',
    properties: {
      resources: [{ id: given.scope, status: 'managed' }],
      denySettings: { mode: 'denyDelete', applyToChildScopes: true },
    },
  };
  const denied = await takenBack([...after, stack], doneRows(plan));
  expect(denied.removals).toMatchObject([{ outcome: 'unknown' }]);
  // It may go, and what would come of that is no secret.
  expect(told(denied)).toContain(' ✗ scoring-0: network-contributor-granted, pass → fail (high)');
  expect(told(denied)[0]).toMatch(/is not known: Deployment stack landing-zone, .* may keep it/);
});

it('does not take a role for removed where no network was read below what it is for: nobody looked for locks there', async () => {
  const plan = await rolePlan();
  const after = plan.changes.reduce<readonly object[]>(afterWrite, rows);
  const blind = after.filter(
    (row) => !/virtualnetworks$|networksecuritygroups$/i.test(String(Reflect.get(row, 'type'))),
  );
  const foreseen = await takenBack(blind, doneRows(plan));
  expect(foreseen.removals).toMatchObject([
    { outcome: 'unknown', because: expect.stringMatching(/^No network .* its locks/) },
  ]);
});

it('takes what it does not see for unknown and not for gone: an index lags', async () => {
  const plan = await rolePlan();
  const foreseen = await takenBack(rows, doneRows(plan));
  expect(foreseen.removals).toMatchObject([{ outcome: 'unknown' }]);
  expect(told(foreseen)).toEqual([
    ` ? Whether ${nameOf(idIn(plan.undo[0]))} is removed is not known: It is not among what was read: somebody has removed it, or Azure does not show it yet.`,
    ' ? Not everything that may rely on it could be read.',
  ]);
});

it('never takes for ours what does not bear our mark, whatever a journal says', async () => {
  const plan = await rolePlan();
  const changes = plan.changes.map((change) => ({
    ...change,
    body: { properties: { ...Object(change.body?.['properties']), description: 'theirs' } },
  }));
  const { id: _, hash: __, ...draft } = { ...plan, changes };
  const after = changes.reduce<readonly object[]>(afterWrite, rows);
  const foreseen = await takenBack(after, doneRows(sealed(draft)));
  expect(foreseen.removals).toMatchObject([
    { outcome: 'left', because: 'It does not bear our mark; only what we made is taken away.' },
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
    hiding: [],
    assumptions: [],
  };
  expect(told({ removals: [], found: untold })).toEqual([
    ' ? Not everything that may rely on it could be read.',
  ]);
});
