/** What must hold whatever goes wrong is seen to fail: worlds in which remediation breaks its word. */
import { describe, expect, it } from 'vitest';
import type { ArmWrite } from '../../shared/remediation/arm-write.ts';
import { type JournalRow, type Step, headOf } from '../../shared/remediation/journal.ts';
import type { Plan } from '../../shared/remediation/plan.ts';
import type { Remediation } from '../../shared/remediation/remediation-store.ts';
import { generateEstate } from '../../simulator/estate/generate-estate.ts';
import { auditRows, planRows } from '../pipeline/audit-rows.ts';
import { afterWrite } from '../pipeline/written-estate.ts';
import { promisesAmiss, writesAmiss } from './invariants.ts';

const { rows, settings } = generateEstate(1, 60, { unread: [], managementGroupCoverage: true });
const plans = (await planRows(rows, settings)).flatMap((one) =>
  one.kind === 'plan' ? [one.plan] : [],
);
const ofRules = plans.filter(({ kind }) => kind === 'securityRules');
const [opening] = ofRules.filter(({ diff }) =>
  diff.newlyAllowed.every(({ destinationPorts }) => !destinationPorts.includes('0-65535')),
);
const [granting] = plans.filter(({ kind }) => kind === 'roleAssignments');
if (opening === undefined || granting === undefined) throw new Error('there is nothing to plan');

const at = '2026-11-24T03:00:00.000Z';

function remediationOf(plan: Plan, ...steps: readonly Step[]): Remediation {
  const requested = { step: 'requested', plan, by: 'service' } as const;
  const journal = [requested, ...steps].map((step): JournalRow => ({ ...step, at }));
  return { head: headOf(plan.id, journal), rows: journal, version: '1' };
}

const confirmed = { step: 'confirmed', before: { images: [], passing: {} } } as const;

function done(plan: Plan): Remediation {
  const written = plan.changes.flatMap((_, index): readonly Step[] => [
    { step: 'writing', index },
    { step: 'written', index, made: true },
  ]);
  return remediationOf(
    plan,
    confirmed,
    ...written,
    { step: 'verified' },
    { step: 'ended', outcome: 'done' },
  );
}

function rolledBack(plan: Plan): Remediation {
  const taken = plan.changes.flatMap((_, index): readonly Step[] => [
    { step: 'removing', index },
    { step: 'removed', index },
  ]);
  return remediationOf(
    plan,
    confirmed,
    ...done(plan).rows.filter(({ step }) => step === 'writing' || step === 'written'),
    { step: 'failed', because: 'it is not what was proven' },
    ...taken,
    { step: 'ended', outcome: 'rolledBack' },
  );
}

/** Azure after these requests, and the report of it. */
function worldAfter(requests: readonly ArmWrite[], drifts: readonly number[] = []) {
  const after = requests.reduce<readonly object[]>(afterWrite, rows);
  return {
    azure: {
      rows: () => after,
      sent: requests.map(({ method, url }) => `${method} ${url.split('?')[0] ?? ''}`),
    },
    drifts: drifts.map((moment) => ({ at: moment, cluster: '' })),
    happened: { counts: new Map<string, number>() },
    readLatest: async () => {
      const { verdicts } = await auditRows(after, settings);
      return { verdicts: [...verdicts.values()] };
    },
  };
}

/** The plan with other properties in its requests; nothing else of it says so. */
function withProperties(plan: Plan, change: Readonly<Record<string, unknown>>): Plan {
  const changes = plan.changes.map((request) => ({
    ...request,
    body: { properties: { ...Object(request.body?.['properties']), ...change } },
  }));
  return { ...plan, changes };
}

const changesOf = (...all: readonly Plan[]) => all.flatMap(({ changes }) => changes);

describe('what is in Azure of ours', () => {
  it('is well where every plan is carried out', async () => {
    const world = worldAfter(changesOf(...plans));
    expect(ofRules.length).toBeGreaterThan(10);
    expect(writesAmiss(world, plans.map(done))).toEqual([]);
    expect(await promisesAmiss(world, plans.map(done))).toEqual([]);
  });

  it('is amiss where a rule opens another port than its journal says', async () => {
    const world = worldAfter(changesOf(withProperties(opening, { destinationPortRange: '2222' })));
    expect(writesAmiss(world, [done(opening)])).toContainEqual(
      expect.stringMatching(/^destinationPortRange is "2222" instead of .*securityrules/),
    );
  });

  it('is amiss where a role goes to somebody else', async () => {
    const world = worldAfter(changesOf(withProperties(granting, { principalId: 'other' })));
    expect(writesAmiss(world, [done(granting)])).toContainEqual(
      expect.stringMatching(/^principalId is "other" instead of .*roleassignments/),
    );
  });

  it('is amiss where a rule is left that was rolled back', async () => {
    const world = worldAfter(changesOf(opening));
    expect(writesAmiss(world, [rolledBack(opening)])).toContainEqual(
      expect.stringMatching(/^there is something of ours that no journal has: .*securityrules/),
    );
    const clean = worldAfter([...opening.changes, ...opening.undo]);
    expect(writesAmiss(clean, [rolledBack(opening)])).toEqual([]);
  });

  it('is well where the same was tried before and taken back, whichever is told first', async () => {
    const world = worldAfter(opening.changes);
    expect(writesAmiss(world, [rolledBack(opening), done(opening)])).toEqual([]);
    expect(writesAmiss(world, [done(opening), rolledBack(opening)])).toEqual([]);
  });

  it('is amiss where nobody planned it', async () => {
    const world = worldAfter(changesOf(opening, granting));
    expect(writesAmiss(world, [done(opening)])).toContainEqual(
      expect.stringMatching(/^not planned: put .*roleassignments/),
    );
  });
});

describe('what a plan promises', () => {
  const wide: readonly [string, Readonly<Record<string, unknown>>, RegExp][] = [
    [
      'another port',
      { destinationPortRange: undefined, destinationPortRanges: ['443', '2222'] },
      /^\w+ 2222, and not shown/,
    ],
    ['a wider range', { destinationPortRange: '1-65535' }, /^\w+ 1-65535, and not shown/],
    ['every port', { destinationPortRange: '*' }, /^every port, and not shown/],
  ];

  it.each(wide)('is broken where it also opens %s', async (_, change, says) => {
    const plan = withProperties(opening, change);
    const world = worldAfter(changesOf(plan));
    expect(await promisesAmiss(world, [done(plan)])).toContainEqual(expect.stringMatching(says));
    // Nor may it say so and fail.
    expect(await promisesAmiss(world, [rolledBack(plan)])).not.toEqual([]);
  });

  it('is broken where a role goes to somebody whom it does not show', async () => {
    const plan = withProperties(granting, { principalId: 'other' });
    const world = worldAfter(changesOf(plan));
    expect(await promisesAmiss(world, [done(plan)])).toContainEqual(
      expect.stringMatching(/^granted, and not shown: .* to other$/),
    );
  });

  it('is broken where its check does not pass in the end', async () => {
    // What was written does not let through what it is for.
    const idle = withProperties(opening, { sourceAddressPrefix: '192.0.2.1' });
    const world = worldAfter(changesOf(idle));
    expect(await promisesAmiss(world, [done(opening)])).toEqual([
      `${opening.id} promised a pass of ${opening.clusterId} ${opening.checkId}: fail`,
    ]);
  });

  it('is not asked for where somebody changed the estate since', async () => {
    const idle = withProperties(opening, { sourceAddressPrefix: '192.0.2.1' });
    const world = worldAfter(changesOf(idle), [Date.parse(at) + 1]);
    expect(await promisesAmiss(world, [done(opening)])).toEqual([]);
  });
});
